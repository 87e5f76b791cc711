import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { loadConfig } from '@payment-manager/configuration';
import type { ConnectionDoor, RunningManagement, Surroundings } from '@payment-manager/management-api';
import { startManagement } from '@payment-manager/management-api';
import { managementSocket } from '@payment-manager/management-api/socket';
import type { PaymentDetail, PaymentFacts, Resolution } from '@payment-manager/mojaloop-connector';
import { createMetrics, recordedLog, systemClock, systemRandom, systemTimers, type World } from '@payment-manager/runtime';
import { pmIn } from '../../../test/command-line.ts';
import { sendLocal } from './ask-local.ts';

const at = Date.UTC(2021, 10, 24, 12);
const open = { id: 'T-1', flow: 'payee', amount: '25', currency: 'USD', startedAt: at, hub: 'UNKNOWN', core: 'RESERVED' } as const;
const fact: PaymentFacts = { ...open, exceptions: ['OUTCOME_UNKNOWN'] };
const mark = { number: 1, sign: 'restore', reason: 'put back', at, lastEventAt: 0, accounted: true };

let alarms: readonly object[] = [];
let acts: Resolution[] = [];
let lifted = 0;
let done: string[] = [];
let settled = false;
let folder: string;
let running: RunningManagement;

let incident: { readonly id: string; readonly [member: string]: unknown } = {
  ...{ id: 'i-1', rule: 'hub', severity: 'critical', code: 'HUB_NOT_ANSWERING', reason: 'No answer.', count: 1, state: 'open', since: at },
  ...{ gaps: 0, deliveries: [{ channel: 'email', event: 'began', at, state: 'sent', attempts: 1, nextAt: at }] },
};

const detail = (): PaymentDetail => ({
  payment: settled ? { ...fact, exceptions: [], settled: { as: 'ABORTED', at, by: 'local:ada', reason: 'r' } } : fact,
  known: { hub: [], us: [], core: [] },
  said: { hub: [], us: [], core: [] },
  history: [{ at, who: 'us', what: 'reserved' }],
  allowed: [{ action: 'ask-hub' }, { action: 'settle', as: ['COMMITTED', 'ABORTED'] }],
});

const door = {
  progress: async () => ({
    fspId: 'greenbank',
    environment: 'default',
    phases: [
      { title: 'Technical set-up', steps: [{ artefact: 'DFSP_JWS', state: 'Ready', reason: 'IN_ORDER', message: 'The key is there.' }] },
    ],
    waiting: [{ what: 'jws', keyId: 'k-2', since: at, earlyMs: 0 }],
  }),
  key: async (keyId: string) => (keyId === 'k-1' ? { purpose: 'jws-signing', keyId, owner: 'own', inUse: true } : undefined),
  renew: async (what: string, { by, reason }: { by: string; reason: string }) => {
    done.push(`renew ${what} ${by} ${reason}`);
    return { kind: 'waiting', what, keyId: 'k-2' };
  },
  activate: async (what: string, { by }: { by: string }) => {
    done.push(`activate ${what} ${by}`);
    return {};
  },
  distrust: async (keyId: string, { by }: { by: string }) => {
    done.push(`distrust ${keyId} ${by}`);
    return true;
  },
  accept: async (fingerprint: string) => {
    done.push(`accept ${fingerprint.length}`);
    return {};
  },
  lastTest: async () => undefined,
  test: async (_wish: object, _who: object, tell: (run: object) => void) =>
    tell({ running: false, passed: true, steps: [{ part: 'hub', check: 'answer', state: 'passed', message: 'answers' }] }),
} as unknown as ConnectionDoor;

const around = {
  fspId: 'greenbank',
  environment: 'default',
  sandbox: true,
  businessDay: { zone: 'UTC', cutOff: '00:00' },
  desk: {
    exception: async (id: string) => (id === 'T-1' ? detail() : undefined),
    find: async () => [],
    resolve: async (resolution: Resolution) => {
      acts.push(resolution);
      if (resolution.act.action === 'settle') settled = true;
      return { kind: 'done', detail: detail() };
    },
    payments: async () => ({ payments: [fact] }),
  },
  exceptions: async () => [{ id: 'T-1', flow: 'payee', level: 'exception', code: 'OUTCOME_UNKNOWN', reason: 'silence', since: at }],
  alarms: async () => alarms,
  readiness: async () => ({ ready: true, parts: { journal: { ok: true, detail: 'answers' } } }),
  behind: () => 0,
  restored: {
    last: () => (lifted > 0 ? { ...mark, lifted: { at, by: 'x', reason: 'y' } } : mark),
    take: async (rows: readonly unknown[]) => ({ made: rows.length }),
    readIn: async () => mark,
    nothingMissing: async () => mark,
    lift: async () => {
      lifted++;
      return mark;
    },
  },
  connection: () => door,
  alerts: {
    incidents: async () => [incident],
    acknowledge: async (id: string, { by }: { by: string }) => {
      done.push(`acknowledge ${id} ${by}`);
      incident = { ...incident, acknowledged: { by, at, reason: 'r' } };
      return incident;
    },
    test: async () => [{ channel: 'email', kind: 'failed', problem: 'the mail server does not take it (EAUTH)' }],
    settings: () => ({ rules: [], channels: [], beginsAfterMs: 1, endsAfterMs: 1 }),
    useMutes: () => {},
  },
  promotion: undefined,
  reloadConnector: async () => ({ kind: 'refused', version: 'v1', problems: ['a fault in fees.yaml'] }),
  onStored: () => () => {},
  configuration: () => [],
} as unknown as Surroundings;

const file = (approvals: string): string => `fspId: greenbank
sandbox: true
hub: { baseUrl: 'http://127.0.0.1:9' }
core: { baseUrl: 'http://127.0.0.1:9' }
jws: { sign: false, verify: false }
dataFolder: ./data
operations: { port: 9 }
management: { enabled: true, port: 0, approvals: ${approvals} }
`;

async function start(approvals: string): Promise<void> {
  await writeFile(join(folder, 'payment-manager.yaml'), file(approvals));
  const { config } = await loadConfig(join(folder, 'payment-manager.yaml'), {}, folder);
  const world = { clock: systemClock, timers: systemTimers, random: systemRandom, log: recordedLog(), metrics: createMetrics() };
  running = await startManagement({ config, world: world as unknown as World, key: new Uint8Array(32).fill(5), around });
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pm-door-'));
  await mkdir(join(folder, 'data'), { mode: 0o700 });
});
after(() => rm(folder, { recursive: true }));
beforeEach(() => {
  [acts, lifted, done, settled] = [[], 0, [], false];
});

const ada = { USER: 'ada' };
const pm = (...args: string[]) => pmIn(folder, args, ada);
const elsewhere = (key: string, ...args: string[]) => pmIn(tmpdir(), [...args, '--api', running.url], { USER: 'ada', PM_API_KEY: key });
const socket = () => managementSocket({ dataFolder: join(folder, 'data') });
const local = async (line: string, body?: object) => (await sendLocal(socket(), line, body, 'root')).body;
const audited = async (action: string): Promise<string> => JSON.stringify((await local(`GET /api/audit?action=${action}`))['entries']);
const keyFor = async (role: string): Promise<string> =>
  String((await local('POST /api/api-keys', { name: `night ${role}`, role, days: 1, reason: 'test' }))['key']);

const RESOLVE = ['exceptions', 'resolve', 'T-1', '--as', 'ABORTED', '--reason', 'hub says so', '--yes'];

describe('what commands change, through the management API', () => {
  before(() => start('[]'));
  after(() => running.close());

  test('on the machine a connector is loaded anew by the socket, as the user of the machine, and stands in the audit log', async () => {
    const { exitCode, text } = await pm('connector', 'reload');
    assert.deepEqual([exitCode, /a fault in fees\.yaml/.test(text)], [1, true], text);
    assert.match(await audited('reload-connector.done'), /"local:ada"/);
  });

  test('incidents are listed with who was told and who looks, acknowledged for a reason, and a test says what each answered', async () => {
    const listed = await pm('alerts');
    assert.deepEqual(
      [listed.exitCode, /i-1 +2021-11-24T12:00:00 +critical +email +nobody +HUB_NOT_ANSWERING: No answer\./.test(listed.text)],
      [1, true],
      listed.text,
    );
    assert.equal((await pm('alerts', 'acknowledge')).exitCode, 64);
    assert.equal((await pm('alerts', 'acknowledge', 'i-1')).exitCode, 64, 'without a reason');
    const { exitCode, text } = await pm('alerts', 'acknowledge', 'i-1', '--reason', 'I call them');
    assert.deepEqual([exitCode, done], [0, ['acknowledge i-1 local:ada']], text);
    const after = await pm('alerts', 'list');
    assert.deepEqual([after.exitCode, /local:ada/.test(after.text)], [0, true], after.text);
    const tested = await pm('alerts', 'test', '--reason', 'new address');
    assert.deepEqual(
      [tested.exitCode, /email +failed +the mail server does not take it \(EAUTH\)/.test(tested.text)],
      [1, true],
      tested.text,
    );
  });

  test('top says in one look what is broken, as text and as JSON, and ends with 1 for scripts', async () => {
    alarms = [{ id: 'hub', level: 'alarm', code: 'HUB_NOT_ANSWERING', reason: 'No answer.', since: at }];
    const { exitCode, text } = await pm('top', '--once');
    assert.deepEqual(
      [exitCode, /greenbank, default +TAKES PAYMENTS/.test(text), /CRIT .* HUB_NOT_ANSWERING/.test(text)],
      [1, true, true],
      text,
    );
    const json = await pm('top', '--json');
    assert.equal((JSON.parse(json.text) as { wrong: { code: string }[] }).wrong[0]?.code, 'HUB_NOT_ANSWERING');
    alarms = [];
    const well = await pm('top', '--once');
    assert.deepEqual(
      [well.exitCode, /Nothing is broken/.test(well.text), /ok journal: answers/.test(well.text)],
      [0, true, true],
      well.text,
    );
    assert.match((await elsewhere(await keyFor('viewer'), 'top', '--once')).text, /TAKES PAYMENTS/);
  });

  test('from elsewhere by a key: shown, resolved, and refused where its role does not permit it', async () => {
    const [operator, viewer] = [await keyFor('operator'), await keyFor('viewer')];
    const listed = await elsewhere(viewer, 'exceptions');
    assert.match(listed.text, /greenbank +T-1 +payee +OUTCOME_UNKNOWN/);
    assert.match((await elsewhere(viewer, 'exceptions', 'show', 'T-1')).text, /resolve T-1 --as ABORTED --api http/);
    const refused = await elsewhere(viewer, ...RESOLVE);
    assert.deepEqual([refused.exitCode, acts.length], [1, 0], refused.text);
    assert.match(refused.text, /Your roles do not permit this/);
    const { exitCode, text } = await elsewhere(operator, ...RESOLVE);
    assert.equal(exitCode, 0, text);
    assert.match(text, /Done[\s\S]*no longer needs a person/);
    assert.equal(acts[0]?.by, 'key:night operator');
    assert.match(await audited('resolve-exception.done'), /key:night operator/);
    const wrong = await elsewhere('pm_nobody', 'exceptions');
    assert.deepEqual([wrong.exitCode, /Nobody is signed in/.test(wrong.text)], [1, true], wrong.text);
    const none = await pmIn(tmpdir(), ['exceptions', '--api', running.url], {});
    assert.deepEqual([none.exitCode, /PM_API_KEY/.test(none.text)], [64, true]);
    const clear = await pmIn(tmpdir(), ['exceptions', '--api', 'http://payments.example.org'], { PM_API_KEY: operator });
    assert.deepEqual([clear.exitCode, /https alone/.test(clear.text)], [64, true], 'no key goes in the clear over a network');
  });

  test('a day is reconciled there, with the statement of a file, and kept for everybody to see', async () => {
    const operator = await keyFor('operator');
    const statement = join(folder, 'books.csv');
    await writeFile(statement, 'transferId,direction,amount,currency,state\nT-1,in,25.00,USD,COMMITTED\nT-8,in,5,USD,COMMITTED\n');
    const { exitCode, text } = await elsewhere(operator, 'reconcile', '--date', '2021-11-24', '--core', statement);
    assert.equal(exitCode, 1, text);
    assert.match(text, /greenbank +2021-11-24: 1 transfer, 2 rows from the core[\s\S]*asked the hub about 1[\s\S]*T-8 +in +UNKNOWN_TO_US/);
    assert.match(JSON.stringify(await local('GET /api/reconciliation/days?from=2021-11-24')), /"by":"key:night operator"/);
  });

  test('keys are rotated, put in use, distrusted and accepted by the socket', async () => {
    const rotated = await pm('keys', 'rotate', 'jws', '--reason', 'yearly');
    assert.match(rotated.text, /A new JWS key k-2 is created/);
    assert.match((await pm('keys', 'rotate', 'jws', '--activate', '--yes')).text, /The key k-2 is in use/);
    assert.match((await pm('keys', 'compromised', 'k-1', '--yes')).text, /It is distrusted/);
    assert.equal((await pm('keys', 'compromised', 'k-9', '--yes')).exitCode, 64);
    assert.equal((await pm('keys', 'accept', 'ab'.repeat(32), '--yes')).exitCode, 0);
    assert.equal((await pm('cert', 'renew', 'ca')).exitCode, 0);
    assert.deepEqual(done, [
      'renew jws local:ada yearly',
      'activate jws local:ada',
      'distrust k-1 local:ada',
      'accept 64',
      'renew ca local:ada ./pm cert renew',
    ]);
  });

  test('an onboarding is followed, and its test made there', async () => {
    const { exitCode, text } = await pm('onboard', '--wait', '1');
    assert.equal(exitCode, 0, text);
    assert.match(text, /done +DFSP_JWS[\s\S]*hub[\s\S]*answers[\s\S]*1 of 1 passed[\s\S]*greenbank is connected/);
    assert.match(await audited('connection.tested'), /local:ada/);
  });

  test('the mark of a restored journal: a report is read in, and it is lifted', async () => {
    const report = join(folder, 'report.csv');
    await writeFile(report, 'transferId,direction,amount,currency,state\nT-7,in,25,USD,COMMITTED\n');
    const administrator = (...args: string[]) => pm('restored', ...args);
    const read = await administrator('--report', report, '--from', 'hub');
    assert.match(read.text, /1 transfers read; 1 of them were not in the journal/);
    const { exitCode, text } = await administrator('--lift', '--reason', 'the books agree');
    assert.deepEqual([exitCode, lifted], [0, 1], text);
  });
});

describe('where four eyes are wanted', () => {
  before(() => start('[rotate-keys, resolve-exception]'));
  after(() => running.close());

  test('a command says that a second person must agree, ends with 75, and nothing is done', async () => {
    const { exitCode, text } = await pm('keys', 'rotate', 'jws');
    assert.deepEqual([exitCode, done], [75, []]);
    assert.match(text, /a second person must agree/);
    const resolved = await elsewhere(await keyFor('operator'), ...RESOLVE);
    assert.deepEqual([resolved.exitCode, acts.length], [75, 0], resolved.text);
  });
});

test('where no process with management runs, a command does its work as where there is none', async () => {
  const { exitCode, text } = await pm('keys', 'rotate', 'jws');
  assert.equal(exitCode, 78, text);
  assert.match(text, /There is no vault/);
});
