import type { HttpHandler, HttpRequest, HttpResponse } from '@payment-manager/runtime';
import { BANK_PATH } from '@payment-manager/sandbox';

/** So many postings are known to an enquiry: a connector looks once whether its enquiries can find, and again until they have. */
const KNOWN_MAX = 1_000;
/** Its identifier of a hold is this and the reference. */
const HOLD = 'H-';

/** A core behind the connector `rest-core` with next to no cost: it knows everybody, asks no fee, and does what it is told. What is not its path goes on to `other`. */
export function stubBank(other: HttpHandler): HttpHandler {
  const postings = new Map<string, object>();
  return async (request) => (request.target.startsWith(`${BANK_PATH}/`) ? respond(postings, request) : other(request));
}

function respond(postings: Map<string, object>, { method, target, body }: HttpRequest): HttpResponse {
  const [, , resource = '', first = '', second = ''] = (target.split('?')[0] ?? '').split('/');
  if (resource === 'token') return answer(200, { access_token: 'stub', token_type: 'Bearer', expires_in: 3_600 });
  if (resource === 'accounts' && second === 'fees') return answer(200, { fee: '0' });
  if (resource === 'accounts') return answer(200, { accountId: second, status: 'OPEN', displayName: 'Stub Payee', currencies: ['USD'] });
  if (resource === 'postings')
    return postings.has(first) ? answer(200, postings.get(first) ?? {}) : answer(404, { code: 'UNKNOWN_REFERENCE' });
  if (method !== 'POST' || resource !== 'holds') return answer(404, { code: 'REFUSED' });
  const { reference = '', accountId, amount } = JSON.parse(Buffer.from(body).toString('utf8')) as Readonly<Record<string, string>>;
  const kept = postings.size < KNOWN_MAX;
  if (second !== '') {
    const capture = { id: first, kind: 'CAPTURE', status: 'DONE' };
    if (kept) postings.set(reference, { ...postings.get(first.slice(HOLD.length)), ...capture });
    return answer(200, capture);
  }
  const hold = { id: `${HOLD}${reference}`, accountId, amount, kind: 'HOLD', status: 'DONE' };
  if (kept) postings.set(reference, hold);
  return answer(201, hold);
}

function answer(status: number, body: object): HttpResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
