import { isIP } from 'node:net';
import { CURRENCIES, dataTypes, FspiopError, hasDuplicateMembers, parseJson } from '@payment-manager/fspiop';
import type { HttpHandler, HttpRequest } from '@payment-manager/runtime';
import { faultInWords, validatorOf } from '@payment-manager/runtime/schema-check';
import type { TSchema } from 'typebox';
import { requestRefused } from './answers.ts';

/**
 * Lets no web page use this API, which asks nobody who they are: a page that a clerk has open reaches it by their browser, also at an
 * address that no other machine reaches. Refused (403) before anything else is looked at:
 *
 * - what has an `Origin`: browsers name the page from which a request is made; a core has none
 * - what a browser says to be for another site (`Sec-Fetch-Site`): its own pages and typed addresses are let in, so that `/docs` is readable
 * - what was sent to another name than an IP address, `localhost` or one of `hostNames`: a page may give its own name our address (DNS
 *   rebinding), and then nothing is foreign to it but that name
 */
export function refuseWebPages(handler: HttpHandler, hostNames: readonly string[]): HttpHandler {
  const names = new Set(['localhost', ...hostNames.map((name) => name.toLowerCase())]);
  return (request) => {
    const objection = objectionTo(request, names);
    return objection === undefined ? handler(request) : Promise.resolve(requestRefused(objection, 403));
  };
}

function objectionTo({ headers }: HttpRequest, names: ReadonlySet<string>): string | undefined {
  if (headers['origin'] !== undefined) return 'Web pages may not use this API: the request has an Origin.';
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'none' && site !== 'same-origin')
    return 'Web pages may not use this API: the request is from another site (Sec-Fetch-Site).';
  if (knows(names, headers['host'])) return undefined;
  return 'This API is called by IP address, as localhost, or by a name that `outbound.hostNames` lists. The Host of this request is none of them.';
}

function knows(names: ReadonlySet<string>, host = ''): boolean {
  const name = host.replace(/:[0-9]{0,5}$/, '').replace(/^\[(.*)\]$/, '$1');
  return isIP(name) !== 0 || names.has(name.toLowerCase());
}

const KEY = /^[\x20-\x7e]{1,255}$/;
const TRACE_PARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.{1,64})?$/;
const TRACE_STATE_LENGTH_MAX = 512;

type Headers = Readonly<Record<string, string>>;

/** The Idempotency-Key: absent, 1 to 255 printable ASCII characters, or `false` when it is anything else. */
export function idempotencyKey(headers: Headers): string | undefined | false {
  const key = headers['idempotency-key'];
  return key === undefined || KEY.test(key) ? key : false;
}

/** The caller's trace (W3C Trace Context). A malformed one is no reason to refuse a payment: it is not continued. */
export function traceOf(headers: Headers): { traceparent: string; tracestate?: string } | undefined {
  const { traceparent, tracestate } = headers;
  if (traceparent === undefined || !TRACE_PARENT.test(traceparent)) return undefined;
  return tracestate === undefined || tracestate.length > TRACE_STATE_LENGTH_MAX ? { traceparent } : { traceparent, tracestate };
}

/**
 * Whether the body says to be JSON. Demanded not for form's sake: a web page that a clerk has open can send anything
 * else to this API without asking, JSON it cannot (a browser asks first, and is refused).
 */
export function isJsonContent(headers: Headers): boolean {
  return /^application\/(?:json|[\w.+-]+\+json)\s*(?:;|$)/i.test(headers['content-type'] ?? '');
}

/** A body that was read, or one sentence that says what is wrong with it and where. Values are not repeated in it. */
export type ReadBody = { readonly ok: true; readonly body: unknown } | { readonly ok: false; readonly message: string };

/** Reads the bytes of a body, and checks it. */
export type BodyReader = (bytes: Uint8Array) => ReadBody;

/** The part of JSON Schema that the API's schemas use. */
interface Node {
  readonly type?: string;
  readonly title?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
}

const refused = (message: string): ReadBody => ({ ok: false, message });

/**
 * Makes the reader of a body; the schema is compiled at the first body. Two things are done beyond the check:
 *
 * - As the SDK's validator does, whole numbers are taken where text is expected, digits where a number is, and "true"
 *   and "false" where a boolean is. Other than there, nothing that is not exact: 100 is the amount "100", 99.5 is a float
 *   and refused (promise 6).
 * - A member that occurs twice is refused: readers differ in which one counts, and one of them may be the amount.
 */
export function bodyReader(schema: TSchema, extraCurrencies: readonly string[]): BodyReader {
  return (bytes) => {
    let body: unknown;
    try {
      body = parseJson(bytes);
    } catch (error) {
      if (error instanceof FspiopError) return refused(`The ${error.errorDescription}.`);
      throw error;
    }
    if (hasDuplicateMembers(bytes)) return refused('A member occurs twice in the body.');
    body = coerced(schema as Node, body);
    const validator = validatorOf(schema);
    if (!validator.Check(body)) return refused(`${faultInWords(validator.Errors(body)[0], formOf)}.`);
    const currency = unknownCurrency(schema as Node, body, extraCurrencies, '');
    return currency === undefined ? { ok: true, body } : refused(`${currency} is not a currency of this scheme.`);
  };
}

function coerced(node: Node, value: unknown): unknown {
  if (Array.isArray(value)) {
    const { items } = node;
    return items === undefined ? value : value.map((item) => coerced(items, item));
  }
  if (typeof value === 'object' && value !== null) {
    const members = value as Record<string, unknown>;
    for (const [name, member] of Object.entries(node.properties ?? {}))
      if (Object.hasOwn(members, name)) members[name] = coerced(member, members[name]);
    return members;
  }
  if (node.type === 'string' && typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return String(value);
  if (node.type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true';
  if (node.type === 'integer' && typeof value === 'string' && /^\d{1,10}$/.test(value)) return Number(value);
  return value;
}

/** Where a currency stands that neither the API's list nor the deployment has. */
function unknownCurrency(node: Node, value: unknown, extra: readonly string[], where: string): string | undefined {
  if (value === undefined) return undefined;
  if (node.title === 'Currency') return CURRENCIES.has(value as string) || extra.includes(value as string) ? undefined : where;
  if (node.items !== undefined) {
    const { items } = node;
    return (value as unknown[])
      .map((item, index) => unknownCurrency(items, item, extra, `${where}[${index}]`))
      .find((found) => found !== undefined);
  }
  for (const [name, member] of Object.entries(node.properties ?? {})) {
    const found = unknownCurrency(member, (value as Record<string, unknown>)[name], extra, where === '' ? name : `${where}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What a text must look like, where the pattern alone would tell nobody. */
function formOf(pattern: string): string | undefined {
  return Object.entries(FORMS).find(([name]) => (dataTypes[name as keyof typeof FORMS] as { pattern?: string }).pattern === pattern)?.[1];
}

const FORMS = {
  Amount: 'an amount is decimal text without a sign, with at most four decimals and no trailing zeros, like "25" or "1.5" (not "1.50")',
  Currency: 'a currency is three capital letters, like USD',
  DateTime: 'a time is like 2026-03-31T08:14:55.120Z',
  DateOfBirth: 'a date is like 1990-05-14',
  MerchantClassificationCode: 'it is one to four digits',
} as const;
