import { BODY_BYTES_MAX, claimedId, type Message } from '@payment-manager/messages';
import type { HttpOutcome, HttpRequest, HttpResponse } from '@payment-manager/runtime';

const IDS = ['transferId', 'quoteId', 'transactionId', 'condition'] as const;
const PARTIES = ['payer', 'payee', 'from', 'to'] as const;

/**
 * What a message is about, by its path (from the resource name on) and its body: ids of quote, transaction and transfer, the condition, which leads from
 * a quote to its transfer, and parties as `TYPE/ID` or `TYPE/ID/SUB`. The bodies are FSPIOP's, or the backend API's.
 */
export function idsOfMessage(path: string, body?: unknown): readonly string[] {
  return idsOf(path, body, (id) => id);
}

/**
 * The same of a message that was refused before it was understood: the ids in its body may be those of anybody’s payment, and whoever erases one of its
 * parties must not erase that payment, too.
 */
export function idsOfRefused(path: string, body: unknown): readonly string[] {
  return idsOf(path, body, claimedId);
}

function idsOf(path: string, body: unknown, named: (id: string) => string): readonly string[] {
  const ids = idsOfPath(path);
  if (typeof body !== 'object' || body === null) return ids;
  const members = body as Readonly<Record<string, unknown>>;
  for (const name of IDS) {
    const id = members[name];
    // an empty one would be of everybody who leaves it empty; with a slash it would be a party
    if (typeof id === 'string' && id !== '' && !id.includes('/') && !ids.includes(id)) ids.push(named(id));
  }
  for (const name of PARTIES) {
    const party = partyOf(members[name]);
    if (party !== undefined && !ids.includes(party)) ids.push(party);
  }
  return ids;
}

/** For `idsOfMessage` and `idsOfRefused`, of a body that nobody has read, or that was refused. Undefined: no JSON object, or one that is too large to be kept. */
export function jsonIn(body: Uint8Array): object | undefined {
  if (body.length === 0 || body.length > BODY_BYTES_MAX) return undefined;
  try {
    const said: unknown = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.length).toString('utf8'));
    return typeof said === 'object' && said !== null ? said : undefined;
  } catch {
    return undefined;
  }
}

/** A party as an id. */
export function partyId(type: string, id: string, subId?: string): string {
  return subId === undefined ? `${type}/${id}` : `${type}/${id}/${subId}`;
}

function idsOfPath(path: string): string[] {
  const end = path.indexOf('?');
  const [, resource = '', ...rest] = (end < 0 ? path : path.slice(0, end)).split('/');
  const id = rest[0];
  if (id === undefined) return [];
  if (resource === 'transfers' || resource === 'quotes' || resource === 'sendmoney') return [id];
  if (resource !== 'parties' && resource !== 'participants') return [];
  const [type = '', party, ...more] = rest.map(decoded);
  const subId = more.at(-1) === 'error' ? more.at(-2) : more.at(-1);
  return party === undefined ? [] : [partyId(type, party, subId)];
}

function decoded(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

interface PartyMembers {
  readonly partyIdInfo?: { readonly partyIdType?: unknown; readonly partyIdentifier?: unknown; readonly partySubIdOrType?: unknown };
  readonly idType?: unknown;
  readonly idValue?: unknown;
  readonly idSubValue?: unknown;
}

function partyOf(member: unknown): string | undefined {
  if (typeof member !== 'object' || member === null) return undefined;
  const { partyIdInfo, idType, idValue, idSubValue } = member as PartyMembers;
  const type = partyIdInfo?.partyIdType ?? idType;
  const id = textOf(partyIdInfo?.partyIdentifier ?? idValue);
  if (typeof type !== 'string' || id === undefined) return undefined;
  return partyId(type, id, textOf(partyIdInfo?.partySubIdOrType ?? idSubValue));
}

/** A DFSP may say an identifier as a number. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : typeof value === 'string' ? value : undefined;
}

/** What became of a message that was sent, as it is kept. */
export function becameOf(outcome: HttpOutcome): Pick<Message, 'answer' | 'failure'> {
  return outcome.kind === 'answer' ? { answer: outcome } : { failure: outcome.code };
}

/** What came in, and how it was answered, as it is kept. */
export function cameIn(
  { method, target, headers, body }: HttpRequest,
  answer: HttpResponse,
): Pick<Message, 'direction' | 'method' | 'target' | 'headers' | 'body' | 'answer'> {
  return {
    direction: 'in',
    method,
    target,
    headers,
    body,
    answer: { status: answer.status, headers: answer.headers ?? {}, body: answer.body },
  };
}
