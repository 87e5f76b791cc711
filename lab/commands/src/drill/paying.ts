import { type HttpClient, type HttpOutcome, systemClock, systemRandom } from '@payment-manager/runtime';

/** A payment that a DFSP of the scheme made. */
export interface Made {
  readonly homeTransactionId: string;
  readonly transferId: string;
  /** As its own Payment Manager answered last; `unknown`: it did not answer. */
  readonly state: string;
  /** When that was; milliseconds since the epoch. */
  readonly endedAt: number;
}

/** Who pays whom. */
export interface Pair {
  readonly outboundUrl: string;
  readonly from: string;
  readonly to: string;
}

interface Answered {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

const TIMEOUT_MS = 60_000;

/** Starts a payment of 1 USD; a repeat with the same id is the same payment. */
export async function begin(client: HttpClient, { outboundUrl, from, to }: Pair, homeTransactionId: string): Promise<Answered> {
  return call(client, 'POST', `${outboundUrl}/transfers`, {
    homeTransactionId,
    from: { displayName: 'A Customer', idType: 'MSISDN', idValue: from },
    to: { idType: 'MSISDN', idValue: to },
    amountType: 'SEND',
    currency: 'USD',
    amount: '1',
    transactionType: 'TRANSFER',
  });
}

/** One payment, up to its end. `onWay`: called when its prepare may leave. */
export async function payOnce(client: HttpClient, pair: Pair, onWay: (transferId: string) => void = () => {}): Promise<Made> {
  const homeTransactionId = systemRandom.uuid();
  const { body } = await begin(client, pair, homeTransactionId);
  const transferId = String(body['transferId']);
  await call(client, 'PUT', `${pair.outboundUrl}/transfers/${transferId}`, { acceptParty: true });
  onWay(transferId);
  const ended = await call(client, 'PUT', `${pair.outboundUrl}/transfers/${transferId}`, { acceptQuote: true });
  return { homeTransactionId, transferId, state: String(ended.body['currentState'] ?? 'unknown'), endedAt: systemClock.now() };
}

/** A GET of JSON. */
export function look(client: HttpClient, url: string): Promise<Answered> {
  return call(client, 'GET', url);
}

async function call(client: HttpClient, method: 'GET' | 'POST' | 'PUT', url: string, body?: object): Promise<Answered> {
  const headers = { accept: 'application/json', ...(body !== undefined && { 'content-type': 'application/json' }) };
  const outcome: HttpOutcome = await client.request({
    method,
    url,
    headers,
    timeoutMs: TIMEOUT_MS,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (outcome.kind === 'failed') return { status: 0, body: {} };
  return { status: outcome.status, body: JSON.parse(Buffer.from(outcome.body).toString('utf8')) as Answered['body'] };
}
