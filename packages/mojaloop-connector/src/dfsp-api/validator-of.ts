import type { TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';

/** The schemas are constants of this folder, so that this is bounded by the code. */
const validators = new WeakMap<TSchema, Validator>();

/** The validator of a schema: compiled once, however many of the API a process makes. */
export function validatorOf(schema: TSchema): Validator {
  const known = validators.get(schema);
  if (known !== undefined) return known;
  const made = Compile(schema) as Validator;
  validators.set(schema, made);
  return made;
}
