import type { TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';

/** The schemas are constants of the APIs, so that this is bounded by the code. */
const validators = new WeakMap<TSchema, Validator>();

/** The validator of a schema: compiled once, however many of an API a process makes. */
export function validatorOf(schema: TSchema): Validator {
  const known = validators.get(schema);
  if (known !== undefined) return known;
  const made = Compile(schema) as Validator;
  validators.set(schema, made);
  return made;
}

/** One finding of a validator, as far as it is told. */
export interface SchemaFault {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: object;
}

/**
 * Which member is wrong, and what was expected: `to.extensionList[3].key is longer than 32 characters`; without a full stop, and never with the
 * value. `formOf`: what a text must look like, where its pattern alone would tell nobody.
 */
export function faultInWords(fault: SchemaFault | undefined, formOf: (pattern: string) => string | undefined): string {
  if (fault === undefined) return 'The body is not valid';
  const params = fault.params as {
    requiredProperties?: string[];
    limit?: number;
    type?: string;
    allowedValues?: unknown[];
    pattern?: string | RegExp;
  };
  const where = fault.instancePath
    .slice(1)
    .split('/')
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~').slice(0, 64))
    .reduce((path, segment) => (/^\d+$/.test(segment) ? `${path}[${segment}]` : path === '' ? segment : `${path}.${segment}`), '');
  const what = where === '' ? 'The body' : where;
  switch (fault.keyword) {
    case 'required': {
      const missing = params.requiredProperties?.[0] ?? 'a member';
      return `${where === '' ? missing : `${where}.${missing}`} is missing`;
    }
    case 'boolean':
      return `${what} is not a member that this request has`;
    case 'type':
      return `${what} is not ${TYPES[params.type ?? ''] ?? `of type ${params.type}`}`;
    case 'enum':
      return `${what} is not one of ${params.allowedValues?.join(', ')}`;
    case 'pattern':
      return withForm(
        `${what} has the wrong format`,
        formOf(typeof params.pattern === 'object' ? params.pattern.source : (params.pattern ?? '')),
      );
    case 'minLength':
      return `${what} is empty`;
    case 'maxLength':
      return `${what} is longer than ${params.limit} characters`;
    case 'minItems':
      return `${what} has fewer than ${params.limit} elements`;
    case 'maxItems':
      return `${what} has more than ${params.limit} elements`;
    case 'minProperties':
      return `${what} has no member`;
    case 'maxProperties':
      return `${what} has more than ${params.limit} ${params.limit === 1 ? 'member' : 'members'}`;
    case 'minimum':
      return `${what} is less than ${params.limit}`;
    case 'maximum':
      return `${what} is more than ${params.limit}`;
    default:
      return `${what} is not valid (${fault.keyword})`;
  }
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  object: 'an object',
  array: 'a list',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
};

function withForm(text: string, form: string | undefined): string {
  return form === undefined ? text : `${text}: ${form}`;
}
