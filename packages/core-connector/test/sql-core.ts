/** The template sql-core on a real database, in real time. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { memoryJournal } from '@payment-manager/journal';
import { createMetrics, createSealer, noFailpoints, recordedLog, seededRandom, systemClock, systemTimers } from '@payment-manager/runtime';
import type { OpenBackEnds } from '../src/back-end/back-end.ts';
import { openBackEnds } from '../src/back-end/back-ends.ts';
import { parseExactJson } from '../src/codec/json.ts';
import type { ValueObject } from '../src/expression/value.ts';
import { readConnectorFolder } from '../src/fixture/connector-folder.ts';
import { compileConnector } from '../src/language/compile-connector.ts';
import { problemLine } from '../src/language/problem.ts';
import { CoreRecords, type Known } from '../src/record/core-records.ts';
import type { RunningConnector } from '../src/record/settings.ts';
import { oneVersion } from '../src/record/versions.ts';
import { walkToEnd } from '../src/record/walk.ts';
import type { End } from '../src/run/interpret.ts';

const FOLDER = join(import.meta.dirname, '../../../connectors/sql-core');
export const COMMITTED = 'transfer.finalise COMMITTED';
export const ABORTED = 'transfer.finalise ABORTED';

export interface SqlCore {
  readonly running: RunningConnector;
  readonly backEnds: OpenBackEnds;
  readonly records: CoreRecords;
  readonly logged: readonly unknown[];
  ask(operation: string, transferId: string, more?: { readonly account?: string; readonly withinMs?: number }): Promise<Known>;
  /** An operation of a payment of our own customer, of 100.60 KES from A-7 if not said otherwise. */
  pay(operation: string, transferId: string, total?: string): Promise<Known>;
  read(operation: string, input: object): Promise<End>;
  close(): Promise<void>;
}

/** The quote of 99.50 KES to an account. */
export const quoteOf = (account = 'A-7'): ValueObject =>
  parseExactJson(
    JSON.stringify({
      quote: { payeeReceiveAmount: '99.5', payeeReceiveAmountCurrency: 'KES', facts: { accountId: account, minorUnits: '100' } },
      req: {},
    }),
  ) as ValueObject;

const sendOf = (total: string): ValueObject =>
  parseExactJson(JSON.stringify({ send: { total, totalCurrency: 'KES', facts: { accountId: 'A-7', minorUnits: '100' } } })) as ValueObject;

export async function sqlCore(databaseUrl: string, total = '3s', quiet = '60s'): Promise<SqlCore> {
  const files = await readConnectorFolder(FOLDER);
  const operations = new Map([...files.operations].map(([name, text]) => [name, text.replaceAll('quiet: 60s', `quiet: ${quiet}`)]));
  const { connector, problems } = compileConnector({ connector: files.connector.replace('total: 8s', `total: ${total}`), operations });
  assert.deepEqual(problems.map(problemLine), []);
  const cfg = { databaseUrl, databaseUser: '', databasePassword: '', suspenseAccount: 'SUSPENSE', claimsAccount: 'CLAIMS' };
  const running: RunningConnector = { connector, version: 'v1', cfg };
  const log = recordedLog();
  const shared = { running, clock: systemClock, timers: systemTimers, log };
  const backEnds = openBackEnds({ ...shared, client: () => assert.fail('no HTTP') });
  const sealer = createSealer(new Uint8Array(32), seededRandom(1));
  const proofs = new Set<string>();
  const records = new CoreRecords({
    ...shared,
    versions: oneVersion(running, backEnds),
    proofs,
    sealer,
    journal: memoryJournal(),
    metrics: createMetrics(),
    failpoints: noFailpoints,
    alarm: () => {},
    restingRecords: 100,
  });
  return {
    running,
    backEnds,
    records,
    logged: log.lines,
    ask: (operation, transferId, { account, withinMs = 20_000 } = {}) =>
      records.run({ side: 'payee', transferId, operation, input: quoteOf(account), deadline: systemClock.now() + withinMs }),
    pay: (operation, transferId, total = '100.6') =>
      records.run({ side: 'payer', transferId, operation, input: sendOf(total), deadline: systemClock.now() + 20_000 }),
    read: (operation, input) =>
      walkToEnd(
        { running, backEnds, sealer, clock: systemClock },
        {
          ...{ side: 'payee', transferId: 'T', operation, input: JSON.stringify(input), effects: {} },
          deadline: systemClock.now() + 10_000,
        },
      ),
    async close() {
      await records.stop();
      await backEnds.close();
    },
  };
}
