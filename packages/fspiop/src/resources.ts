import { FspiopError } from './errors.ts';
import { isCorrelationId } from './ids.ts';

/** What a message is: method and resource, `/error` where it is the error callback. The key of every table of this room. */
export type Operation =
  | 'GET /parties'
  | 'PUT /parties'
  | 'PUT /parties/error'
  | 'GET /participants'
  | 'PUT /participants'
  | 'PUT /participants/error'
  | 'POST /quotes'
  | 'GET /quotes'
  | 'PUT /quotes'
  | 'PUT /quotes/error'
  | 'POST /transfers'
  | 'GET /transfers'
  | 'PUT /transfers'
  | 'PUT /transfers/error'
  | 'PATCH /transfers'
  | 'PATCH /transfers/error'
  | 'POST /ping'
  | 'PUT /ping';

export type Resource = 'parties' | 'participants' | 'quotes' | 'transfers' | 'ping';

/** A party as the paths name it, decoded. */
export interface PartyKey {
  type: string;
  id: string;
  subId?: string;
}

/** A path and method that we know, taken apart. */
export interface Route {
  operation: Operation;
  resource: Resource;
  /** The id in the path, for quotes and transfers (absent for POST). */
  id?: string;
  /** The party in the path. Decoded: `/`, `?` and NUL are data here, see `partyPath`. */
  party?: PartyKey;
  /** The query parameter `currency` of `GET /participants`. */
  currency?: string;
}

/** What a resource offers on its three kinds of paths. `NEVER`: in the API, but not for a DFSP to offer (501). */
const NEVER = 'never offered';
interface ResourceTable {
  resource: Resource;
  identifiedBy: 'id' | 'party';
  collection: Readonly<Record<string, Operation | typeof NEVER>>;
  item: Readonly<Record<string, Operation | typeof NEVER>>;
  error: Readonly<Record<string, Operation | typeof NEVER>>;
}

/** The route table; a new resource is a new entry. */
const RESOURCES: ReadonlyMap<string, ResourceTable> = new Map<string, ResourceTable>([
  [
    'parties',
    {
      resource: 'parties',
      identifiedBy: 'party',
      collection: {},
      item: { GET: 'GET /parties', PUT: 'PUT /parties' },
      error: { PUT: 'PUT /parties/error' },
    },
  ],
  [
    'participants',
    {
      resource: 'participants',
      identifiedBy: 'party',
      collection: { POST: NEVER },
      item: { GET: 'GET /participants', PUT: 'PUT /participants', POST: NEVER, DELETE: NEVER },
      error: { PUT: 'PUT /participants/error' },
    },
  ],
  [
    'quotes',
    {
      resource: 'quotes',
      identifiedBy: 'id',
      collection: { POST: 'POST /quotes' },
      item: { GET: 'GET /quotes', PUT: 'PUT /quotes' },
      error: { PUT: 'PUT /quotes/error' },
    },
  ],
  [
    'transfers',
    {
      resource: 'transfers',
      identifiedBy: 'id',
      collection: { POST: 'POST /transfers' },
      item: { GET: 'GET /transfers', PUT: 'PUT /transfers', PATCH: 'PATCH /transfers' },
      error: { PUT: 'PUT /transfers/error', PATCH: 'PATCH /transfers/error' },
    },
  ],
  // outside the specification: a hub tries with it whether a DFSP is reached, and whether signatures hold (docs/protocol.md, 3)
  ['ping', { resource: 'ping', identifiedBy: 'id', collection: { POST: 'POST /ping' }, item: {}, error: {} }],
]);

/** Resources of the API that this product does not offer (yet): 501 and 2002 (docs/protocol.md, 4). */
const NOT_OFFERED: ReadonlySet<string> = new Set([
  'transactionRequests',
  'authorizations',
  'transactions',
  'bulkQuotes',
  'bulkTransfers',
  'fxQuotes',
  'fxTransfers',
  'services',
  'consentRequests',
  'consents',
  'thirdpartyRequests',
  'accounts',
]);

const PARTY_ID_TYPES: ReadonlySet<string> = new Set([
  'MSISDN',
  'EMAIL',
  'PERSONAL_ID',
  'BUSINESS',
  'DEVICE',
  'ACCOUNT_ID',
  'IBAN',
  'ALIAS',
]);
const SEGMENT_LENGTH_MAX = 128;

/**
 * Finds what a request line means. Throws 3002 (404) for an unknown path or a resource without its id, 3000 (405) for a
 * method that the path does not have, 2002 (501) for what a DFSP never offers, 3100 (400) for a malformed id or party.
 * Query parameters that are not known, and a fragment, are ignored.
 *
 * @example matchRoute('GET', '/parties/MSISDN/123') // {operation: 'GET /parties', resource: 'parties', party: {…}}
 */
export function matchRoute(method: string, target: string): Route {
  const [path = '', query = ''] = (target.split('#', 1)[0] ?? '').split('?', 2);
  const [root, name = '', ...rest] = path.split('/');
  if (root !== '') throw unknownPath();
  if (NOT_OFFERED.has(name)) throw new FspiopError('2002', `${name} is not offered`);
  const table = RESOURCES.get(name);
  if (table === undefined) throw unknownPath();
  if (rest.length === 0) return { operation: pick(table.collection, method), resource: table.resource };
  const isError = isErrorPath(table, method, rest);
  const segments = isError ? rest.slice(0, -1) : rest;
  if (segments.includes('')) throw unknownPath();
  if (table.identifiedBy === 'id' ? segments.length !== 1 : segments.length < 2 || segments.length > 3) throw unknownPath();
  const operation = pick(isError ? table.error : table.item, method);
  if (table.identifiedBy === 'id') return { operation, resource: table.resource, id: readId(segments[0] ?? '') };
  return { operation, resource: table.resource, party: readParty(segments), ...readQuery(operation, query) };
}

/** Only callbacks have error paths: `GET /parties/ALIAS/x/error` asks for the sub-id `error`. */
function isErrorPath(table: ResourceTable, method: string, rest: readonly string[]): boolean {
  if (rest.at(-1) !== 'error') return false;
  if (table.identifiedBy === 'id') return rest.length === 2;
  return rest.length === 4 || (rest.length === 3 && Object.hasOwn(table.error, method));
}

function unknownPath(): FspiopError {
  return new FspiopError('3002', 'path is not known');
}

function pick(methods: Readonly<Record<string, Operation | typeof NEVER>>, method: string): Operation {
  const operation = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (operation === NEVER) throw new FspiopError('2002', 'this is not offered by a DFSP');
  if (operation !== undefined) return operation;
  if (Object.keys(methods).length === 0) throw unknownPath();
  throw new FspiopError('3000', 'method is not allowed for this path', { httpStatus: 405 });
}

function readId(segment: string): string {
  if (!isCorrelationId(segment)) throw new FspiopError('3100', 'id in the path has the wrong format');
  return segment;
}

function readParty(segments: readonly string[]): PartyKey {
  const [type = '', id = '', subId] = segments.map(decodeSegment);
  if (!PARTY_ID_TYPES.has(type)) throw new FspiopError('3100', 'party id type in the path is not known');
  return subId === undefined ? { type, id } : { type, id, subId };
}

function decodeSegment(segment: string): string {
  let text: string;
  try {
    text = segment.includes('%') ? decodeURIComponent(segment) : segment;
  } catch {
    throw new FspiopError('3100', 'path is not percent-encoded properly');
  }
  checkSegment(text);
  return text;
}

/** `.` and `..` cannot be kept in a URL even when encoded: they would climb out of the resource. */
function checkSegment(text: string): void {
  if (text === '' || text === '.' || text === '..') throw new FspiopError('3100', 'party in the path has the wrong format');
  if (text.length > SEGMENT_LENGTH_MAX && [...text].length > SEGMENT_LENGTH_MAX)
    throw new FspiopError('3100', 'party in the path has more than 128 characters');
}

function readQuery(operation: Operation, query: string): { currency?: string } {
  if (operation !== 'GET /participants' || query === '') return {};
  const currency = new URLSearchParams(query).get('currency');
  if (currency === null) return {};
  if (!/^[A-Z]{3}$/.test(currency)) throw new FspiopError('3100', 'currency in the query has the wrong format');
  return { currency };
}

/**
 * The path of a party, each segment percent-encoded so that it stays one segment whatever it holds. A sub-id
 * `error` is encoded beyond need, so that it is not taken for an error path. Throws 3100 for an empty segment, `.`,
 * `..`, more than 128 characters, or text that is not Unicode.
 */
export function partyPath(resource: 'parties' | 'participants', party: PartyKey): string {
  const path = `/${resource}/${encodeSegment(party.type)}/${encodeSegment(party.id)}`;
  return party.subId === undefined ? path : `${path}/${encodeSegment(party.subId)}`;
}

function encodeSegment(text: string): string {
  checkSegment(text);
  if (text === 'error') return '%65rror';
  try {
    return encodeURIComponent(text);
  } catch {
    throw new FspiopError('3100', 'party is not valid Unicode');
  }
}
