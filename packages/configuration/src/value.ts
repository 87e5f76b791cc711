import { Value } from 'typebox/value';
import type { ConfigKey, LeafSchema } from './keys.ts';

/** Whether the value is what the key takes. */
export function isValid(key: ConfigKey, value: unknown): boolean {
  return Value.Check(key.schema, value);
}

/** What a key takes, in plain words. */
export function expectation(schema: LeafSchema): string {
  if (schema.enum !== undefined) return `one of ${schema.enum.map((word) => (typeof word === 'number' ? word : `'${word}'`)).join(', ')}`;
  if (schema.type === 'boolean') return 'true or false';
  if (schema.type === 'integer') {
    return `a whole number from ${schema.minimum} to ${schema.maximum}${schema.unit === undefined ? '' : ` (${UNIT_NAMES[schema.unit] ?? schema.unit})`}`;
  }
  if (schema.type === 'array') return `a list; each item ${expectation(schema.items as LeafSchema)}`;
  if (schema.kind === 'fee limits')
    return "limits as quoted text by currency, each an amount, a percentage or both: { USD: '1.5 and 2%' }, without superfluous zeros";
  if (schema.kind === 'texts') return "texts by name, those that look like numbers in quotes: { branch: '0012' }";
  if (schema.kind === 'paths') return 'paths of files by name: { password: /run/secrets/password }';
  if (schema.type === 'object') return 'numbers of decimals, 0 to 4, by currency code, like { SLE: 2 }';
  return TEXT_KINDS[schema.kind ?? ''] ?? 'text of 1 to 512 characters';
}

const UNIT_NAMES: Readonly<Record<string, string>> = { ms: 'milliseconds', bytes: 'bytes' };

const TEXT_KINDS: Readonly<Record<string, string>> = {
  URL: 'an http or https URL without user, query and fragment',
  path: 'the path of a file or folder',
  colour: "a colour like '#0b6068', in quotes: without them # begins a comment",
  'FSP id': 'an FSP id: 1 to 32 letters, digits, dots, hyphens or underscores, the first a letter or digit',
  environment: 'a name of 1 to 32 small letters, digits and -, a letter first',
  'currency code': 'a currency code of three capital letters',
};

/**
 * The value that the text of an environment variable stands for. Text that does not parse comes back as it is, so that
 * the check that follows refuses it in the same words as in the file.
 */
export function fromEnvironment(schema: LeafSchema, text: string): unknown {
  if (schema.enum !== undefined) return schema.enum.find((word) => String(word) === text) ?? text;
  if (schema.type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  if (schema.type === 'integer') return /^-?[0-9]{1,16}$/.test(text) ? Number(text) : text;
  if (schema.type === 'array') return items(text).map((item) => fromEnvironment(schema.items as LeafSchema, item));
  if (schema.type === 'object') return pairs(text);
  return text;
}

function items(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function pairs(text: string): unknown {
  const parts = items(text).map((item) => [item.slice(0, Math.max(0, item.indexOf('='))), item.slice(item.indexOf('=') + 1)] as const);
  if (parts.some(([name]) => name === '')) return text;
  return Object.fromEntries(parts);
}
