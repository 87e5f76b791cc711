import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { FspiopError } from './errors.ts';
import { BODY_SCHEMAS, LATER_MEMBERS } from './messages.ts';
import { CURRENCIES } from './money.ts';
import type { Operation } from './resources.ts';
import { type VersionFamily, versionFamily } from './versions.ts';

/** The part of JSON Schema that our messages use. */
export interface MessageSchema {
  readonly type?: string;
  readonly title?: string;
  readonly properties?: Readonly<Record<string, MessageSchema>>;
  readonly required?: readonly string[];
  readonly items?: MessageSchema;
}

/** One finding of the validator, as far as it is used. */
interface Finding {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: object;
}

/** What is compiled once for each message and version family. */
interface CompiledMessage {
  readonly schema: MessageSchema;
  check(body: unknown): boolean;
  firstFinding(body: unknown): Finding | undefined;
  /** Where currencies stand; `*` is every item of an array. */
  readonly currencyPaths: readonly (readonly string[])[];
}

const COMPILED = new Map<string, CompiledMessage | undefined>();

/** Compiled on first use, so that a start does not pay for messages that never come. */
function compiledMessage(operation: Operation, family: VersionFamily): CompiledMessage | undefined {
  const key = `${operation} ${family}`;
  if (!COMPILED.has(key)) COMPILED.set(key, compileMessage(operation, family));
  return COMPILED.get(key);
}

function compileMessage(operation: Operation, family: VersionFamily): CompiledMessage | undefined {
  const latest = BODY_SCHEMAS[operation];
  if (latest === undefined) return undefined;
  const schema = inFamily(latest as MessageSchema, family);
  const validator = Compile(schema as TSchema);
  return {
    schema,
    check: (body) => validator.Check(body),
    firstFinding: (body) => validator.Errors(body)[0],
    currencyPaths: currencyPaths(schema),
  };
}

/** The schema without the members that the version does not have yet. */
function inFamily(schema: MessageSchema, family: VersionFamily): MessageSchema {
  if (schema.items !== undefined) return { ...schema, items: inFamily(schema.items, family) };
  if (schema.properties === undefined) return schema;
  const later = LATER_MEMBERS[schema.title ?? ''] ?? {};
  const properties: Record<string, MessageSchema> = {};
  for (const [name, member] of Object.entries(schema.properties)) {
    if (family >= (later[name] ?? '1.0')) properties[name] = inFamily(member, family);
  }
  return { ...schema, properties };
}

function currencyPaths(schema: MessageSchema): string[][] {
  if (schema.title === 'Currency') return [[]];
  const paths: string[][] = [];
  if (schema.items !== undefined) for (const path of currencyPaths(schema.items)) paths.push(['*', ...path]);
  for (const [name, member] of Object.entries(schema.properties ?? {}))
    for (const path of currencyPaths(member)) paths.push([name, ...path]);
  return paths;
}

/** The schema of a message in a version: members it does not know are left out. Undefined for messages without body. */
export function messageSchema(operation: Operation, version: string): MessageSchema | undefined {
  return compiledMessage(operation, versionFamily(version))?.schema;
}

export interface ValidationOptions {
  /** Currencies that the deployment allows besides the API's list. */
  extraCurrencies?: readonly string[];
}

/**
 * Checks a received body against the schema of its message and version. Members that the version does not know are
 * ignored (docs/protocol.md, 3). Throws 3102 for what is missing, 3103 for an array that is too long, 3100 for a wrong type, format,
 * length or enumeration, as the hub and the Mojaloop SDK do (docs/protocol.md, 4). The description names the member by its path, by
 * which the testing toolkit looks for it, and never its value.
 */
export function validateMessage(operation: Operation, version: string, body: unknown, options: ValidationOptions = {}): void {
  const message = compiledMessage(operation, versionFamily(version));
  if (message === undefined) return;
  if (!message.check(body)) throw refusal(message.firstFinding(body));
  for (const path of message.currencyPaths) checkCurrencies(body, path, 0, '', options.extraCurrencies);
}

function checkCurrencies(
  value: unknown,
  path: readonly string[],
  depth: number,
  where: string,
  extra: readonly string[] | undefined,
): void {
  if (value === undefined) return;
  const name = path[depth];
  if (name === undefined) {
    if (!CURRENCIES.has(value as string) && extra?.includes(value as string) !== true)
      throw new FspiopError('3100', `${where} is not a known currency`);
  } else if (name === '*') {
    for (const [index, item] of (value as unknown[]).entries()) checkCurrencies(item, path, depth + 1, `${where}.${index}`, extra);
  } else {
    const member = (value as Readonly<Record<string, unknown>>)[name];
    checkCurrencies(member, path, depth + 1, where === '' ? name : `${where}.${name}`, extra);
  }
}

/** Code and words for each kind of finding. */
const FINDINGS: Readonly<Record<string, readonly [code: string, words: string]>> = {
  required: ['3102', 'is missing'],
  maxItems: ['3103', 'has too many elements'],
  minItems: ['3100', 'has too few elements'],
  type: ['3100', 'has the wrong type'],
  pattern: ['3100', 'has the wrong format'],
  enum: ['3100', 'is not one of the allowed values'],
  minLength: ['3100', 'is empty'],
  maxLength: ['3100', 'is too long'],
};

function refusal(finding: Finding | undefined): FspiopError {
  if (finding === undefined) return new FspiopError('3100');
  const segments = finding.instancePath.split('/').slice(1);
  if (finding.keyword === 'required') {
    const { requiredProperties } = finding.params as { requiredProperties?: readonly string[] };
    segments.push(requiredProperties?.[0] ?? 'member');
  }
  const [code, words] = FINDINGS[finding.keyword] ?? ['3100', 'is not valid'];
  return new FspiopError(code, `${segments.length === 0 ? 'body' : segments.join('.')} ${words}`);
}

/**
 * What of a body a strict sender sends in a version: members that its schema does not know are left out (docs/protocol.md, 3:
 * strict out, tolerant in), so are undefined and null members and empty containers (docs/protocol.md, 1). The body itself stays
 * untouched; a message without body gives undefined.
 */
export function onlyKnownMembers(operation: Operation, version: string, body: unknown): unknown {
  const schema = messageSchema(operation, version);
  return schema === undefined ? undefined : (known(schema, body) ?? {});
}

/** Undefined when nothing is left. */
function known(schema: MessageSchema, value: unknown): unknown {
  if (value === undefined || value === null) return undefined;
  if (schema.items !== undefined) return Array.isArray(value) ? knownItems(schema.items, value) : value;
  if (schema.properties === undefined || typeof value !== 'object' || Array.isArray(value)) return value;
  const members = value as Readonly<Record<string, unknown>>;
  const kept: Record<string, unknown> = {};
  let count = 0;
  for (const name in schema.properties) {
    const member = Object.hasOwn(members, name) ? known(schema.properties[name] as MessageSchema, members[name]) : undefined;
    if (member === undefined) continue;
    kept[name] = member;
    count++;
  }
  return count === 0 ? undefined : kept;
}

function knownItems(schema: MessageSchema, items: readonly unknown[]): unknown {
  const kept = items.map((item) => known(schema, item)).filter((item) => item !== undefined);
  return kept.length === 0 ? undefined : kept;
}
