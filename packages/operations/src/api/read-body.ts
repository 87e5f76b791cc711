import { dataTypes, FspiopError, hasDuplicateMembers, parseJson } from '@payment-manager/fspiop';
import { faultInWords, validatorOf } from '@payment-manager/runtime/schema-check';
import Type, { type TSchema } from 'typebox';
import { type BodySchema, type OneOf, RequestRefused } from './route.ts';

/** What of a text must not be blank. */
const NOT_BLANK = '\\S';
/** An id of a payment, in paths and in reports. */
export const ID_PATTERN = '^[0-9A-Za-z-]{1,64}$';
export const CURRENCY_PATTERN = '^[A-Z]{3}$';

/** A text of a person: 1 to `longest` characters, not only blanks. */
export const words = (longest: number) => Type.String({ minLength: 1, maxLength: longest, pattern: NOT_BLANK });

const FORMS: Readonly<Record<string, string>> = {
  [NOT_BLANK]: 'it must not be blank',
  [ID_PATTERN]: 'it is 1 to 64 letters, digits or dashes',
  [(dataTypes.Amount as { readonly pattern?: string }).pattern ?? '']: 'it is decimal text like "25" or "1.5"',
  [CURRENCY_PATTERN]: 'it is three capital letters, like USD',
};

/**
 * The body of a request, checked against its schema, which is compiled at the first body. Members that the schema does not name are left alone.
 * A member that occurs twice is refused: readers differ in which one counts.
 *
 * @throws RequestRefused
 */
export function readBody(schema: BodySchema, bytes: Uint8Array): unknown {
  const body = parsed(bytes);
  check('of' in schema ? kindOf(schema) : schema, body);
  if ('of' in schema) check(schema.of[(body as Readonly<Record<string, string>>)[schema.member] as string] as TSchema, body);
  return body;
}

function parsed(bytes: Uint8Array): unknown {
  try {
    const body = parseJson(bytes);
    if (hasDuplicateMembers(bytes)) throw new RequestRefused('A member occurs twice in the body.');
    return body;
  } catch (error) {
    if (error instanceof FspiopError) throw new RequestRefused('The body is not JSON.');
    throw error;
  }
}

function check(schema: TSchema, body: unknown): void {
  const validator = validatorOf(schema);
  if (!validator.Check(body)) throw new RequestRefused(`${faultInWords(validator.Errors(body)[0], (pattern) => FORMS[pattern])}.`);
}

/** Constants of the routes, so that this is bounded by the code. */
const KINDS = new WeakMap<OneOf, TSchema>();

function kindOf(schema: OneOf): TSchema {
  const known = KINDS.get(schema);
  if (known !== undefined) return known;
  const made = Type.Object({ [schema.member]: Type.Enum(Object.keys(schema.of)) });
  KINDS.set(schema, made);
  return made;
}
