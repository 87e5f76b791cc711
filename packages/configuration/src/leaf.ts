import { type TSchema, Type } from 'typebox';
import { ENVIRONMENT_FORM } from './keys.ts';

/**
 * The few kinds of values that a configuration key can have. Every key says what it means; where a unit applies it is
 * in the key's name (`…Ms`, `…Bytes`), so that neither the file nor the environment needs to parse units.
 */
interface About<D> {
  /** One or two sentences for the reference of all keys. */
  readonly description: string;
  /** Absent: the key must be given, or is optional when wrapped in `optional`. */
  readonly default?: D;
  readonly example?: string;
}

function options<D>(about: About<D>): { description: string; default?: D; example?: string } {
  return {
    description: about.description,
    ...(about.default === undefined ? {} : { default: about.default }),
    ...(about.example === undefined ? {} : { example: about.example }),
  };
}

/** Free text, 1 to 512 characters. */
export function text(about: About<string>) {
  return Type.String({ ...options(about), minLength: 1, maxLength: 512 });
}

/** An FSP id as FSPIOP allows it: 1 to 32 characters; the characters are those that are also safe in a file name. */
export function fspId(about: About<string>) {
  return Type.String({ ...options(about), kind: 'FSP id', pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$', maxLength: 32 });
}

/** The name of an environment. */
export function environmentOf(about: About<string>) {
  return Type.String({ ...options(about), kind: 'environment', pattern: ENVIRONMENT_FORM.source });
}

/** A file or folder; relative paths are taken from the folder of the configuration file. */
export function path(about: About<string>) {
  return Type.String({ ...options(about), kind: 'path', minLength: 1, maxLength: 4096 });
}

/** An absolute http or https URL without user, query and fragment. */
export function url(about: About<string>) {
  return Type.String({ ...options(about), kind: 'URL', pattern: '^https?://[^\\s/?#@]+(/[^\\s?#@]*)?$', maxLength: 512 });
}

/** An absolute http or https URL with `{date}` at least once in its path or query, and without user and fragment. The host is fixed. */
export function urlOfDay(about: About<string>) {
  const form = '^https?://[^\\s/?#@{}]+/[^\\s#@{}]*\\{date\\}([^\\s#@{}]|\\{date\\})*$';
  return Type.String({ ...options(about), kind: 'URL with {date}', pattern: form, maxLength: 512 });
}

/** A colour as `#rrggbb`. */
export function colour(about: About<string>) {
  return Type.String({ ...options(about), kind: 'colour', pattern: '^#[0-9A-Fa-f]{6}$' });
}

/** Whether something is on. */
export function flag(about: About<boolean>) {
  return Type.Boolean(options(about));
}

/** A whole number within limits. */
export function integer(about: About<number>, minimum: number, maximum: number, unit?: string) {
  return Type.Integer({ ...options(about), minimum, maximum, ...(unit === undefined ? {} : { unit }) });
}

/** A duration in milliseconds, at most 7 days. */
export function durationMs(about: About<number>, minimum = 1) {
  return integer(about, minimum, 604_800_000, 'ms');
}

/** A size in bytes. */
export function bytes(about: About<number>, minimum: number, maximum: number) {
  return integer(about, minimum, maximum, 'bytes');
}

/** A TCP port; 0 takes any free one (the log line `ready` tells which). */
export function port(about: About<number>) {
  return integer(about, 0, 65_535);
}

/** One of a few words (or numbers). */
export function oneOf<const V extends string | number>(values: readonly V[], about: About<V>) {
  return Type.Unsafe<V>(Type.Enum([...values] as (string | number)[], options(about)));
}

/** A list of texts. In the environment: separated by commas. */
export function list(item: TSchema, about: About<string[]>) {
  return Type.Unsafe<string[]>(Type.Array(item, { ...options(about), maxItems: 1000 }));
}

const AMOUNT_FORM = '(?:0|[1-9][0-9]{0,17})(?:\\.[0-9]{0,3}[1-9])?';
const PERCENT_FORM = '(?:100|[1-9]?[0-9](?:\\.[0-9]{0,3}[1-9])?)%';

/** Limits as text, by currency: an amount, a percentage, or both. In the environment: `USD=1.5 and 2%,XOF=500`. */
export function feeLimitsByCurrency(about: About<Record<string, string>>) {
  const limit = Type.String({ pattern: `^(?:${AMOUNT_FORM}|${PERCENT_FORM}|${AMOUNT_FORM} and ${PERCENT_FORM})$` });
  return Type.Unsafe<Record<string, string>>(
    Type.Record(Type.String({ pattern: '^[A-Z]{3}$' }), limit, { ...options(about), kind: 'fee limits' }),
  );
}

/** What such a limit says, as decimal texts. */
export function readFeeLimit(text: string): { readonly absolute?: string; readonly percent?: string } {
  const parts = text.split(' and ');
  const percent = parts.find((part) => part.endsWith('%'))?.slice(0, -1);
  const absolute = parts.find((part) => !part.endsWith('%'));
  return { ...(absolute !== undefined && { absolute }), ...(percent !== undefined && { percent }) };
}

/** Numbers of decimals (0 to 4) by currency code. */
export function decimalsByCurrency(about: About<Record<string, number>>) {
  const decimals = Type.Integer({ minimum: 0, maximum: 4 });
  return Type.Unsafe<Record<string, number>>(Type.Record(Type.String({ pattern: '^[A-Z]{3}$' }), decimals, options(about)));
}

const NAME = Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_]{0,63}$' });

/** Texts of at most 2,048 characters by name. In the environment: `name=text,other=text`. */
export function textsByName(about: About<Record<string, string>>) {
  return Type.Unsafe<Record<string, string>>(Type.Record(NAME, Type.String({ maxLength: 2_048 }), { ...options(about), kind: 'texts' }));
}

/** Files by name; relative paths are taken from the folder of the configuration file. */
export function pathsByName(about: About<Record<string, string>>) {
  const one = Type.String({ minLength: 1, maxLength: 4096 });
  return Type.Unsafe<Record<string, string>>(Type.Record(NAME, one, { ...options(about), kind: 'paths' }));
}

/** A key that may be left out without there being a default. */
export function optional<S extends TSchema>(schema: S) {
  return Type.Optional(schema);
}

/** A group of keys. Unknown keys are refused. */
export function group<P extends Record<string, TSchema>>(description: string, properties: P) {
  return Type.Object(properties, { description, additionalProperties: false });
}
