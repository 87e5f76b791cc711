import { JournalUnavailable } from '@payment-manager/journal';
import { compare, type Difference, type PaymentFacts, readStatement } from '@payment-manager/mojaloop-connector';
import { DFSPS, type Dfsp, PAYEE } from '../scenario/parties.ts';
import type { World } from '../world/world.ts';
import type { DurableRecord } from './records.ts';

/** What a person would find who reconciles each DFSP's day at the end of the run: by the product's own comparison. */
export type Reconciled = Readonly<Record<Dfsp, readonly Difference[]>>;

const DAY_MS = 86_400_000;
const PAGE = 1_000;

/** Journal, hub's word and the core's statement compared, as `./pm reconcile` does it. */
export async function reconcile(world: World): Promise<Reconciled> {
  const found: Partial<Record<Dfsp, readonly Difference[]>> = {};
  for (const fspId of DFSPS) found[fspId] = compare(await paymentsOf(world, fspId), readStatement(await statementOf(world, fspId)));
  return found as Reconciled;
}

/** A process that died late is back after this time. */
const DOWN_MS_MAX = 60_000;

/** Asked of a process of the DFSP, whose store answers in virtual time. Who gets no answer, because the store is just coming back, asks again. */
async function paymentsOf(world: World, fspId: Dfsp): Promise<readonly PaymentFacts[]> {
  for (let ms = 0; ; ms += 1_000) {
    try {
      return await paymentsNow(world, fspId);
    } catch (error) {
      if (!(error instanceof JournalUnavailable) || ms >= DOWN_MS_MAX) throw error;
      await world.time.advance(1_000);
    }
  }
}

async function paymentsNow({ managers, time }: World, fspId: Dfsp): Promise<readonly PaymentFacts[]> {
  const running = () => managers[fspId].map((manager) => manager.connector).find((one) => one?.ready());
  for (let ms = 0; ms < DOWN_MS_MAX && running() === undefined; ms += 1_000) await time.advance(1_000);
  const connector = running();
  if (connector === undefined) throw new Error(`${fspId} does not run at the end`);
  const payments: PaymentFacts[] = [];
  let after: { readonly updatedAt: number; readonly recordId: string } | undefined;
  do {
    const asked = connector.desk.payments({ fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, limit: PAGE, ...(after && { after }) });
    const page = await inVirtualTime(asked, time);
    payments.push(...page.payments);
    after = page.next;
  } while (after !== undefined);
  return payments;
}

/** Time goes on until there is an answer; after a minute nobody waits for it any more. */
async function inVirtualTime<Answer>(asked: Promise<Answer>, time: World['time']): Promise<Answer> {
  let answer: (() => Answer) | undefined;
  asked.then(
    (value) => {
      answer = () => value;
    },
    (error: unknown) => {
      answer = () => {
        throw error;
      };
    },
  );
  for (let ms = 0; answer === undefined && ms < DOWN_MS_MAX; ms += 1_000) await time.advance(1_000);
  if (answer === undefined) throw new JournalUnavailable('nobody answers for a minute');
  return answer();
}

/** The days that a run may touch: a clock that jumps may have booked on another one. */
async function statementOf({ cores, time }: World, fspId: Dfsp): Promise<string> {
  const lines: string[] = [];
  for (const day of [-DAY_MS, 0, DAY_MS]) {
    const date = new Date(time.now() + day).toISOString().slice(0, 10);
    const request = { method: 'GET', target: `/statement?date=${date}`, headers: {}, body: new Uint8Array(), clientAuthenticated: false };
    const [head = '', ...rows] = String((await cores[fspId].handler(request)).body).split('\n');
    lines.push(...(lines.length === 0 ? [head, ...rows] : rows));
  }
  return [...new Set(lines)].join('\n');
}

/**
 * A transfer on which hub and core differ and of which nobody was told must be listed (docs/money-rules.md, 1). And
 * nothing is listed that no one has anything to do about.
 */
export function checkListed(world: World, reconciled: Reconciled, differing: ReadonlySet<string>, excused: ReadonlySet<string>): void {
  const { violations, records } = world.observer;
  const listed = new Set(reconciled.bluewallet.map(({ transferId }) => transferId));
  for (const id of differing)
    if (!listed.has(id))
      violations.report('reconcile', `transfer ${id}: hub and core differ, nobody was told, and reconcile does not list it`);
  for (const fspId of DFSPS) {
    const { notificationReadsState } = world.scenario.settings[fspId].core;
    for (const { transferId, direction, code } of reconciled[fspId]) {
      const record = direction === 'in' ? records[fspId].payeeOfTransfer(transferId) : records[fspId].get(transferId);
      if (excused.has(transferId) || needsPerson(record)) continue;
      if (code === 'NOT_CONFIRMED' && mayStayAcknowledged(world, record)) continue;
      // a core that is not told ABORTED keeps its hold until it ends by itself: that was declared
      if (code === 'CORE_HOLDS_ABORTED' && !notificationReadsState) continue;
      violations.report('reconcile', `${fspId}: reconcile lists ${transferId} (${code}), and there is nothing wrong with it`);
    }
  }
}

const needsPerson = (record: DurableRecord | undefined): boolean => record === undefined || record.attention.length > 0;

/** A receipt of the hub about which it was asked as declared, and which it did not answer: reconciliation lists it (docs/money-rules.md, 3). */
export function mayStayAcknowledged(world: World, record: DurableRecord | undefined): boolean {
  if (record?.kind !== 'payee' || record.state.stage !== 'acknowledged' || record.state.doubt !== undefined) return false;
  const { core, ladder } = world.scenario.settings[PAYEE];
  return core.confirmAcknowledged !== 'always' || (record.state.confirmation?.asked ?? 0) >= ladder.rungs;
}
