import { nothingAround, type ReadRow, type Surroundings } from '@payment-manager/management-api/test-portal';
import { detailOf } from './details.ts';

type Desk = Surroundings['desk'];
type Detail = NonNullable<Awaited<ReturnType<Desk['exception']>>>;
type Condition = Awaited<ReturnType<Surroundings['exceptions']>>[number];
type Allowed = Detail['allowed'];
type Facts = Detail['payment'];

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const ASK: Allowed = [{ action: 'ask-hub' }];
const END: Allowed = [{ action: 'settle', as: ['COMMITTED', 'ABORTED'] }];
const TELL: Allowed = [{ action: 'resend-outcome', outcome: 'COMMITTED', needsConfirmation: true, seen: 'COMMITTED 1' }];

interface Trouble {
  readonly code: string;
  readonly direction: 'out' | 'in';
  readonly ageMs: number;
  readonly reason: string;
  readonly hub: Facts['hub'];
  readonly core: Facts['core'];
  readonly allowed: Allowed;
}

const unknown = (ageMs: number): Trouble => ({
  code: 'OUTCOME_UNKNOWN',
  direction: 'out',
  ageMs,
  reason: 'the hub took all enquiries and did not say how the transfer ended',
  hub: 'UNKNOWN',
  core: 'ASKED_US',
  allowed: [...ASK, ...END],
});

const untold = (ageMs: number): Trouble => ({
  code: 'CORE_NOT_TOLD',
  direction: 'in',
  ageMs,
  reason: 'the core does not take COMMITTED: it answers 422 to PUT /transfers',
  hub: 'COMMITTED',
  core: 'RESERVED',
  allowed: [...ASK, ...TELL, { action: 'settle', as: ['COMMITTED'] }],
});

/** One of each kind that a bank meets, the oldest first. */
const TROUBLES: readonly Trouble[] = [
  {
    code: 'CONTRADICTION',
    direction: 'out',
    ageMs: 52 * HOUR_MS,
    reason: 'the hub said COMMITTED, then ABORTED',
    hub: 'COMMITTED',
    core: 'ASKED_US',
    allowed: [...ASK, ...END],
  },
  {
    code: 'CORE_CREDITED_HUB_ABORTED',
    direction: 'in',
    ageMs: 27 * HOUR_MS,
    reason: 'the core booked the money, the hub aborted the transfer',
    hub: 'ABORTED',
    core: 'CREDITED',
    allowed: [...ASK, { action: 'settle', as: ['ABORTED'] }],
  },
  unknown(5 * HOUR_MS),
  untold(4.2 * HOUR_MS),
  untold(4.1 * HOUR_MS),
  {
    code: 'CORE_OUTCOME_UNKNOWN',
    direction: 'in',
    ageMs: 3 * HOUR_MS,
    reason: 'a call of the core may have been executed, and it does not answer when it is asked',
    hub: 'UNKNOWN',
    core: 'UNKNOWN',
    allowed: [...ASK, { action: 'ask-core' }, ...END],
  },
  untold(2.4 * HOUR_MS),
  unknown(74 * MINUTE_MS),
  unknown(41 * MINUTE_MS),
  {
    code: 'FULFILMENT_MISSING',
    direction: 'out',
    ageMs: 26 * MINUTE_MS,
    reason: 'it was reported as committed without a fulfilment',
    hub: 'UNKNOWN',
    core: 'ASKED_US',
    allowed: [...ASK, ...END],
  },
  unknown(2 * MINUTE_MS),
];

/** Amounts as the scheme writes them: without zeros at the end. */
const inSchemeForm = (payment: Facts): Facts => ({
  ...payment,
  ...(payment.amount?.includes('.') === true && { amount: payment.amount.replace(/\.?0+$/, '') }),
});

/**
 * Makes some payments stuck, and answers what then needs a person. Acting on one takes effect: settled or told, it needs nobody any more. `changed` is
 * called when it does.
 */
export function makeTroubles(
  rows: ReadRow[],
  now: number,
  changed: () => void,
): Pick<Surroundings, 'exceptions' | 'desk'> & { add(): string } {
  const found = new Map<string, { readonly condition: Condition; readonly trouble: Trouble }>();
  const settled = new Map<string, Facts['settled']>();
  const put = (trouble: Trouble): string => {
    const at = rows.findLastIndex(
      ({ facets, transferId = '' }, index) =>
        facets.direction === trouble.direction && facets.state === 'completed' && !found.has(transferId) && index < rows.length - 5,
    );
    const row = rows[at] as ReadRow;
    const since = now - trouble.ageMs;
    const { code, reason } = trouble;
    const stuck: ReadRow = {
      ...row,
      facets: { ...row.facets, state: trouble.hub === 'COMMITTED' ? 'completed' : 'pending', attention: 'exception' },
      startedAt: since - 4 * MINUTE_MS,
      attention: [{ level: 'exception', code, reason, since }],
    };
    rows[at] = stuck;
    const id = row.transferId ?? '';
    found.set(id, {
      trouble,
      condition: { id, flow: trouble.direction === 'out' ? 'payer' : 'payee', level: 'exception', code, reason, since },
    });
    return id;
  };
  for (const trouble of TROUBLES) put(trouble);
  // they stand where they began, as in a journal: records are numbered in the order of their beginning
  const ids = rows.map(({ id }) => id);
  rows.sort((a, b) => a.startedAt - b.startedAt);
  for (const [at, row] of rows.entries()) rows[at] = { ...row, id: ids[at] ?? row.id };
  const detail = async (id: string): Promise<Detail | undefined> => {
    const row = rows.find(({ transferId }) => transferId === id);
    if (row === undefined) return undefined;
    const trouble = found.get(id)?.trouble;
    const whole = detailOf(row);
    if (trouble === undefined) {
      const said = settled.get(id);
      return { ...whole, payment: { ...whole.payment, ...(said && { settled: said }), exceptions: [] }, allowed: [] };
    }
    const { hub, core, code, allowed } = trouble;
    return { ...whole, payment: { ...whole.payment, hub, core, exceptions: [code as never] }, allowed };
  };
  return {
    add() {
      const id = put(unknown(MINUTE_MS));
      changed();
      return id;
    },
    exceptions: async ({ limit }) =>
      [...found.values()]
        .map(({ condition }) => condition)
        .sort((a, b) => a.since - b.since)
        .slice(0, limit),
    desk: {
      ...nothingAround.desk,
      exception: detail,
      async payments({ fromMs, toMs }) {
        const some = rows.filter(({ startedAt }) => startedAt >= fromMs && startedAt < toMs);
        const details = await Promise.all(some.map(({ transferId = '' }) => detail(transferId)));
        return { payments: details.flatMap((one) => (one === undefined ? [] : [inSchemeForm(one.payment)])) };
      },
      async resolve({ id, act, by, reason }) {
        if (act.action === 'settle') settled.set(id, { as: act.as, at: now, by, reason });
        if (act.action === 'settle' || act.action === 'resend-outcome') found.delete(id);
        changed();
        const after = await detail(id);
        return after === undefined ? { kind: 'missing' } : { kind: 'done', detail: after };
      },
    },
  };
}
