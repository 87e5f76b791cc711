import type { Clock, HttpClient, Random } from '@payment-manager/runtime';
import { Declined, NotAccepted } from '@payment-manager/sandbox';
import { NOT_TAKEN } from './offer.ts';

const TIMEOUT_MS = 60_000;
const COMPLETED = '"currentState":"COMPLETED"';

/**
 * A DFSP that pays with one `POST /transfers` on its Payment Manager's outbound API; party and price are accepted by
 * themselves. Each payment goes to another payee, as in life. Rejects when the answer is not COMPLETED, with
 * `NotAccepted` when it is 503, and with `Declined` when the other side did not take a question about it: then no transfer was sent.
 */
export function stubDfsp(client: HttpClient, outboundUrl: string, random: Random, clock: Clock): () => Promise<void> {
  let payee = 0;
  return async () => {
    const sentAt = clock.monotonic();
    const outcome = await client.request({
      method: 'POST',
      url: `${outboundUrl}/transfers`,
      headers: { 'content-type': 'application/json', accept: 'application/json', 'idempotency-key': random.uuid() },
      body: JSON.stringify(paymentTo(String(100_000_000 + payee++), random.uuid())),
      timeoutMs: TIMEOUT_MS,
    });
    if (outcome.kind === 'failed') throw new Error(`POST /transfers: ${outcome.code}`);
    if (outcome.status === 503) throw new NotAccepted('POST /transfers', outcome, clock.monotonic() - sentAt);
    const body = Buffer.from(outcome.body);
    if (outcome.status === 200 && body.includes(COMPLETED)) return;
    throw failureOf(outcome.status, JSON.parse(body.toString('utf8')) as Told);
  };
}

/** Of an answer, what tells why a payment did not complete. */
interface Told {
  readonly message?: string;
  readonly statusCode?: string;
  readonly currentState?: string;
  readonly transferState?: { readonly currentState?: string; readonly prepare?: object };
}

/** Of an error, its words; of another answer, how far the payment came. */
function failureOf(status: number, { message, statusCode = '', currentState, transferState }: Told): Error {
  const ended = transferState?.currentState === 'ERROR_OCCURRED' && transferState.prepare === undefined;
  if (ended && NOT_TAKEN.has(statusCode)) return new Declined(statusCode, 'transfers');
  return new Error(`POST /transfers: HTTP ${status}, ${message ?? currentState}`);
}

function paymentTo(idValue: string, homeTransactionId: string): object {
  return {
    homeTransactionId,
    from: { idType: 'MSISDN', idValue: '27710000000', displayName: 'Stub Payer' },
    to: { idType: 'MSISDN', idValue },
    amountType: 'SEND',
    currency: 'USD',
    amount: '25',
    transactionType: 'TRANSFER',
  };
}
