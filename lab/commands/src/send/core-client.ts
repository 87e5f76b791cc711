import { CommandFailed, EXIT_CODES } from '@payment-manager/payment-manager';
import { type HttpClient, systemRandom } from '@payment-manager/runtime';
import type { Payment } from '@payment-manager/sandbox';
import type { SendOrder } from './send-order.ts';

/** A payment as the demo core shows it. */
export type ShownPayment = Payment;

/** What a teller's terminal does with the demo core. */
export interface CoreClient {
  start(order: Omit<SendOrder, 'from' | 'confirmed'> & { readonly from: string }): Promise<ShownPayment>;
  accept(paymentId: string, accept: boolean): Promise<void>;
  find(paymentId: string): Promise<ShownPayment>;
  /** By account id. */
  balances(currency: string): Promise<ReadonlyMap<string, string>>;
}

const TIMEOUT_MS = 10_000;

/** A client to one demo core. Its calls throw CommandFailed with the core's own words. */
export function coreClient(baseUrl: string, client: HttpClient): CoreClient {
  const call = async (method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<unknown> => {
    const outcome = await client.request({
      method,
      url: `${baseUrl}${path}`,
      headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      timeoutMs: TIMEOUT_MS,
    });
    if (outcome.kind === 'failed')
      throw new CommandFailed(EXIT_CODES.unavailable, `The core does not answer: ${outcome.message} ${outcome.advice}`);
    const answer = JSON.parse(Buffer.from(outcome.body).toString('utf8')) as { message?: string };
    if (outcome.status >= 300)
      throw new CommandFailed(EXIT_CODES.failed, `The core refused: ${answer.message ?? `HTTP ${outcome.status}`}`);
    return answer;
  };
  return {
    async start({ amount, currency, idType, idValue, from }) {
      const body = { to: { idType, idValue }, amount, currency, from, autoAccept: false };
      return (await call('POST', '/payments?wait=no', body, { 'idempotency-key': systemRandom.uuid() })) as ShownPayment;
    },
    async accept(paymentId, accept) {
      await call('PUT', `/payments/${encodeURIComponent(paymentId)}?wait=no`, { accept });
    },
    find: async (paymentId) => (await call('GET', `/payments/${encodeURIComponent(paymentId)}`)) as ShownPayment,
    async balances(currency) {
      const { accounts } = (await call('GET', '/accounts')) as { accounts: { id: string; currency: string; balance: string }[] };
      return new Map(accounts.filter((account) => account.currency === currency).map(({ id, balance }) => [id, balance]));
    },
  };
}
