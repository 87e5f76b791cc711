import type { HttpResponse } from '@payment-manager/runtime';
import { RequestInvalid } from '../request-body.ts';
import type { HubStore } from './hub-store.ts';

const HEAD = 'transferId,direction,amount,currency,state';
const DAY_MS = 86_400_000;

/**
 * `GET /statement?fspId=greenbank&date=2026-11-24`: the transfers of one participant that were decided on that day (UTC), seen from the participant (`in`
 * is received), in the form that reconciliation reads (docs/exceptions.md).
 */
export async function hubStatement(target: string, store: Pick<HubStore, 'decidedTransfers'>): Promise<HttpResponse> {
  const query = new URLSearchParams(target.split('?')[1] ?? '');
  const [fspId, date] = [query.get('fspId') ?? '', query.get('date') ?? ''];
  const from = /^\d{4}-\d\d-\d\d$/.test(date) ? Date.parse(`${date}T00:00:00.000Z`) : Number.NaN;
  if (Number.isNaN(from) || fspId === '') throw new RequestInvalid('3101', 'fspId, and date like 2026-11-24, must be given');
  const lines = (await store.decidedTransfers(from, from + DAY_MS)).flatMap(
    ({ transferId, payerFsp, payeeFsp, amount, currency, state }) => {
      const row = (direction: string): string => `${transferId},${direction},${amount},${currency},${state}`;
      return [...(payerFsp === fspId ? [row('out')] : []), ...(payeeFsp === fspId ? [row('in')] : [])];
    },
  );
  return { status: 200, headers: { 'content-type': 'text/csv; charset=utf-8' }, body: `${[HEAD, ...lines].join('\n')}\n` };
}
