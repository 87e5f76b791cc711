import assert from 'node:assert/strict';
import { type Journal, recordsAfter } from '@payment-manager/journal';
import { openFeeder, paymentQueries, type ReadModelSource, type ReadRow } from '@payment-manager/read-model';
import { fillReadModel } from '@payment-manager/read-model/test-fill';
import { type Log, seededRandom, systemClock } from '@payment-manager/runtime';
import { seedJournal } from '@payment-manager/seed';
import { stored } from './answers.ts';

const businessDay = { zone: 'Africa/Dar_es_Salaam', cutOff: '21:30' };
const until = Date.UTC(2026, 10, 24, 9);
const PAYMENTS = 300;

/** What a measurement fills in is, to the last byte, what a feeder makes of the same payments. The server can read the folder. */
export async function filledAsFed(source: ReadModelSource, journal: Journal, folder: string, log: Log): Promise<void> {
  await seedJournal(journal, { fspId: 'greenbank', payments: PAYMENTS, until, days: 0.01, random: seededRandom(3) });
  const feeder = await openFeeder(source, businessDay, log);
  const open = (await recordsAfter(feeder.view, 0, PAYMENTS)).find((record) => record.kind === 'payer' && record.open);
  assert.ok(open);
  const { recordId, kind, label, events } = open;
  const raised = { type: 'exception-raised', at: until, code: 'OUTCOME_UNKNOWN', reason: 'the hub\thas not said\\why' };
  await journal.append({ recordId, kind, label, expectedVersion: events.length, events: [raised], open: true, attention: [] });
  await journal.close();
  while ((await feeder.step()).more);
  const fed = await stored({ store: feeder.rows });
  const place = await feeder.rows.place();
  assert.ok(place);
  const queries = paymentQueries({ asked: feeder.rows, clock: systemClock, businessDay, budgetMs: 60_000 });
  const rows: ReadRow[] = [];
  for (let after: number | undefined; ; ) {
    const page = await queries.list({ limit: 200, ...(after !== undefined && { after }) });
    rows.unshift(...[...page.payments].reverse());
    after = page.next;
    if (after === undefined) break;
  }
  assert.equal(rows.length, PAYMENTS);
  assert.ok(rows.some(({ attention }) => attention.length > 0) && rows.some(({ error }) => error !== undefined));
  await feeder.rows.beginAnew(place);
  await feeder.close();
  const filling = await fillReadModel(source, { businessDay, folder, log });
  await filling.add(rows.slice(0, 100));
  await filling.add(rows.slice(100));
  await filling.finish();
  const again = await openFeeder(source, businessDay, log);
  assert.deepEqual(await stored({ store: again.rows }), fed);
  assert.equal((await again.step()).more, false, 'a feeder goes on from there');
  await again.close();
}
