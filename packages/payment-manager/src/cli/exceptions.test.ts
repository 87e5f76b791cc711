import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { ExceptionsDoor, PaymentDetail, PaymentFacts, Resolution, RestoredDesk } from '@payment-manager/mojaloop-connector';
import { operationsApi, refuseOperations } from '@payment-manager/operations/api';
import { createMetrics, type HttpServer, recordedLog, startHttpServer } from '@payment-manager/runtime';
import { pmIn } from '../../test/command-line.ts';

const at = Date.UTC(2021, 10, 24, 12);
const open: PaymentFacts = {
  id: 'T-1',
  flow: 'payee',
  amount: '25',
  currency: 'USD',
  startedAt: at,
  hub: 'UNKNOWN',
  core: 'RESERVED',
  exceptions: ['OUTCOME_UNKNOWN'],
};

let server: HttpServer;
let folder: string;
let payments: PaymentFacts[] = [];
let acts: Resolution[] = [];
/** What the hub says of a transfer when it is asked. */
let hubSays: PaymentFacts['hub'] = 'UNKNOWN';

const detailOf = (payment: PaymentFacts): PaymentDetail => ({
  payment,
  known: { hub: ['it has not said how the transfer ended'], us: ['the transfer is fulfilling'], core: ['it reserved'] },
  said: { hub: [{ code: 'hub-UNKNOWN' }], us: [], core: [{ code: 'core-RESERVED' }] },
  history: [{ at, who: 'us', what: 'exception OUTCOME_UNKNOWN' }],
  allowed: [
    { action: 'ask-hub' },
    { action: 'resend-outcome', outcome: 'ABORTED', needsConfirmation: true, seen: 'ABORTED 2' },
    { action: 'settle', as: ['COMMITTED', 'ABORTED'] },
  ],
});

const desk: ExceptionsDoor = {
  async exception(id, flow) {
    const found = payments.find((one) => one.id === id && (flow === undefined || one.flow === flow));
    return found && detailOf(found);
  },
  find: async () => [],
  async resolve(resolution) {
    acts.push(resolution);
    const found = payments.find((one) => one.id === resolution.id);
    if (found === undefined) return { kind: 'missing' };
    const { act, by, reason } = resolution;
    if (act.action === 'settle')
      return { kind: 'done', detail: detailOf({ ...found, exceptions: [], settled: { as: act.as, at, by, reason } }) };
    return { kind: 'done', detail: detailOf({ ...found, hub: hubSays, exceptions: hubSays === 'UNKNOWN' ? found.exceptions : [] }) };
  },
  async payments({ fromMs, toMs, after }) {
    // two pages, as a journal with many payments would give
    const ofDay = payments.filter((one) => one.startedAt >= fromMs && one.startedAt < toMs);
    return after === undefined ? { payments: ofDay.slice(0, 1), next: { updatedAt: at, recordId: 'r-1' } } : { payments: ofDay.slice(1) };
  },
};

const neverRestored: RestoredDesk = {
  last: () => undefined,
  take: async () => 'not-restored',
  readIn: async () => 'not-restored',
  nothingMissing: async () => 'not-restored',
  lift: async () => 'not-restored',
};

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pm-exceptions-'));
  const handler = operationsApi({
    metrics: createMetrics(),
    identity: { fspId: 'greenbank', environment: 'sandbox' },
    readiness: async () => ({ ready: true, parts: {} }),
    exceptions: async () =>
      payments.flatMap(({ id, flow, exceptions }) =>
        exceptions.map((code) => ({ id, flow, level: 'exception', code, reason: 'the hub is silent', since: at })),
      ),
    alarms: async () => [],
    desk,
    mayAct: true,
    connection: () => 'none',
    prune: async () => [],
    restored: neverRestored,
  });
  server = await startHttpServer({ host: '127.0.0.1', port: 0, maxBodyBytes: 8192, handler, refuse: refuseOperations }, recordedLog());
});
after(async () => {
  await server.close(0);
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  payments = [open];
  acts = [];
  hubSays = 'UNKNOWN';
});

const ada = { USER: 'ada' };
const pm = (...args: string[]) => pmIn(folder, args.includes('--url') ? args : [...args, '--url', server.url], ada);

describe('./pm exceptions', () => {
  test('lists what needs a person, or says that nothing does', async () => {
    const { exitCode, text } = await pm('exceptions');
    assert.equal(exitCode, 0);
    assert.match(text, /T-1 +payee +OUTCOME_UNKNOWN +2021-11-24T12:00:00.000Z +the hub is silent/);
    payments = [];
    assert.match((await pm('exceptions')).text, /No payment needs a person/);
  });

  test('shows what hub, we and core say, the history, and the commands that are allowed', async () => {
    const { exitCode, text } = await pm('exceptions', 'show', 'T-1');
    assert.equal(exitCode, 0);
    assert.match(text, /^hub +it has not said/m);
    assert.match(text, /^core +it reserved/m);
    assert.match(text, /2021-11-24T12:00:00.000Z +us +exception OUTCOME_UNKNOWN/);
    assert.match(text, /resolve T-1 --as COMMITTED --url http:\S+ --reason '…'\n.* --as ABORTED --url/);
    assert.equal((await pm('exceptions', 'show', 'T-9')).exitCode, 1);
  });

  test('resolves with reason and name, after a yes; nobody to ask and no --yes: nothing is done', async () => {
    const aborted = ['exceptions', 'resolve', 'T-1', '--as', 'ABORTED', '--reason', 'hub says so'];
    const unasked = await pm(...aborted);
    assert.equal(unasked.exitCode, 64);
    assert.match(unasked.text, /--yes/);
    assert.deepEqual(acts, []);
    const { exitCode, text } = await pm(...aborted, '--yes');
    assert.equal(exitCode, 0);
    assert.match(text, /resolved as ABORTED by ada[\s\S]*no longer needs a person/);
    assert.deepEqual(acts, [{ id: 'T-1', flow: 'payee', act: { action: 'settle', as: 'ABORTED' }, reason: 'hub says so', by: 'ada' }]);
    await pm('exceptions', 'resolve', 'T-1', '--action', 'resend-outcome', '--reason', 'r', '--by', 'Bo', '--yes');
    assert.deepEqual(acts[1], {
      id: 'T-1',
      flow: 'payee',
      act: { action: 'resend-outcome', confirmed: true, seen: 'ABORTED 2' },
      reason: 'r',
      by: 'Bo',
    });
  });

  test('what is left out or wrong is told, and nothing is sent', async () => {
    const resolve = ['exceptions', 'resolve', 'T-1', '--yes'];
    const wrong = {
      reason: [...resolve, '--action', 'ask-hub'],
      'ask-hub': [...resolve, '--reason', 'r'],
      COMMITTED: [...resolve, '--reason', 'r', '--as', 'DONE'],
      'not both': [...resolve, '--reason', 'r', '--action', 'ask-hub', '--as', 'ABORTED'],
      transferId: ['exceptions', 'resolve'],
      show: ['exceptions', 'T-1'],
      payer: ['exceptions', 'show', 'T-1', '--flow', 'x'],
    };
    for (const [word, args] of Object.entries(wrong)) {
      const { exitCode, text } = await pm(...args);
      assert.equal(exitCode, 64, word);
      assert.match(text, new RegExp(word));
    }
    assert.deepEqual(acts, []);
  });

  test('an address where nothing is, or that is none, is told', async () => {
    assert.equal((await pm('exceptions', '--url', 'http://127.0.0.1:9')).exitCode, 69);
    assert.equal((await pm('exceptions', '--url', 'operations')).exitCode, 64);
  });
});

describe('./pm reconcile', () => {
  const day = ['reconcile', '--date', '2021-11-24'];
  const statement = async (...rows: string[]): Promise<string[]> => {
    await writeFile(join(folder, 'statement.csv'), ['transferId,direction,amount,currency,state', ...rows].join('\n'));
    return ['--core', 'statement.csv'];
  };

  test('a day on which all agree ends with exit code 0', async () => {
    payments = [{ ...open, hub: 'COMMITTED', core: 'TOLD_COMMITTED', exceptions: [] }];
    const { exitCode, text } = await pm(...day, ...(await statement('T-1,in,25.00,USD,COMMITTED')));
    assert.equal(exitCode, 0, text);
    assert.match(text, /1 transfer, 1 row from the core/);
    assert.match(text, /No difference/);
  });

  test('without a statement of the core it is not said that all agree', async () => {
    payments = [{ ...open, hub: 'COMMITTED', core: 'TOLD_COMMITTED', exceptions: [] }];
    const { exitCode, text } = await pm(...day);
    assert.equal(exitCode, 0, text);
    assert.match(text, /No difference between hub and journal\. The core was not compared: add its statement with --core/);
  });

  test('a core that executed what it refused is listed with what to do, exit code 1', async () => {
    payments = [{ ...open, hub: 'REFUSED', core: 'REFUSED', exceptions: [] }];
    const { exitCode, text } = await pm(...day, ...(await statement('T-1,in,25.00,USD,COMMITTED')));
    assert.equal(exitCode, 1);
    assert.match(text, /T-1 +in +CORE_EXECUTED_REFUSED +REFUSED +REFUSED +COMMITTED +reverse the booking in the core/);
  });

  test('the hub is asked about what it has not told; its word is compared', async () => {
    payments = [open, { ...open, id: 'T-2' }];
    hubSays = 'COMMITTED';
    const rows = await statement('T-1,in,25,USD,COMMITTED', 'T-2,in,25,USD,RESERVED');
    const { exitCode, text } = await pm(...day, ...rows, '--json');
    assert.equal(exitCode, 1);
    const json = JSON.parse(text);
    assert.deepEqual([json.differences, json.dfsps[0].hubAsked, json.dfsps[0].payments], [1, 2, 2]);
    assert.deepEqual(
      [json.dfsps[0].differences[0].transferId, json.dfsps[0].differences[0].code],
      ['T-2', 'NOT_COMPARED'],
      'the core is told only now',
    );
    assert.deepEqual(
      acts.map(({ act, reason, by }) => [act.action, reason, by]),
      [
        ['ask-hub', 'reconciliation of 2021-11-24', 'ada'],
        ['ask-hub', 'reconciliation of 2021-11-24', 'ada'],
      ],
    );
    hubSays = 'UNKNOWN';
    const silent = JSON.parse((await pm(...day, '--json')).text);
    assert.deepEqual(
      silent.dfsps[0].differences.map(({ code }: { code: string }) => code),
      ['OUTCOME_UNKNOWN', 'OUTCOME_UNKNOWN'],
    );
    assert.equal(silent.dfsps[0].statementRows, null);
  });

  test('a row of a payment of another day is compared with that payment; one of nobody’s is listed', async () => {
    payments = [{ ...open, startedAt: at - 86_400_000, hub: 'ABORTED', core: 'TOLD_ABORTED', exceptions: [] }];
    const { text } = await pm(...day, ...(await statement('T-1,in,25,USD,COMMITTED', 'T-9,out,1,USD,COMMITTED')), '--json');
    const codes = JSON.parse(text).dfsps[0].differences.map(({ code }: { code: string }) => code);
    assert.deepEqual(codes, ['CORE_BOOKED_ABORTED', 'UNKNOWN_TO_US']);
  });

  test('a wrong day, a statement that is not there or cannot be read, are told', async () => {
    for (const date of ['2021-02-30', 'today', '2021-11-24T00:00'])
      assert.equal((await pm('reconcile', '--date', date)).exitCode, 64, date);
    assert.equal((await pm('reconcile')).exitCode, 64);
    assert.equal((await pm(...day, '--core', 'nowhere.csv')).exitCode, 69);
    const broken = await pm(...day, ...(await statement('T-1,in,x,USD,COMMITTED')));
    assert.equal(broken.exitCode, 78);
    assert.match(broken.text, /statement\.csv: line 2: amount/);
  });
});

describe('the configuration’s environments', () => {
  const configured = async (environment: string) => {
    const { port } = new URL(server.url);
    const common = `fspId: greenbank\noperations: { port: ${port} }\ncore: { baseUrl: http://c }\nsandbox: true\njws: { sign: false, verify: false }\n`;
    const overlays = 'environments: { sandbox: { hub: { baseUrl: http://s } }, live: { hub: { baseUrl: http://l } } }\n';
    await writeFile(join(folder, 'two.yaml'), common + overlays);
    return pmIn(folder, ['exceptions', '--config', 'two.yaml', '--environment', environment], ada);
  };

  test('what is asked for one is not asked of another that runs at the same address', async () => {
    assert.equal((await configured('sandbox')).exitCode, 0);
    const { exitCode, text } = await configured('live');
    assert.equal(exitCode, 64);
    assert.match(text, /belongs to the environment sandbox, not to live/);
  });
});
