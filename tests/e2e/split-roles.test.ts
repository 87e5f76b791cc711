/** Payments in one process, people in another, one PostgreSQL between them: docs/operations/roles.md. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startTestPostgres, type TestPostgres } from '@payment-manager/database/test-postgres';
import { managementSocket } from '@payment-manager/management-api/socket';
import { sendLocal } from '../../packages/payment-manager/src/cli/operations/ask-local.ts';
import { exceptionCodes } from '../scheme/books.ts';
import { type SchemeFolders, schemeFolders } from '../scheme/folders.ts';
import { messageJudge } from '../scheme/message-judge.ts';
import { beginPayment } from '../scheme/payments.ts';
import { type RunningScheme, type Side, startRunningScheme } from '../scheme/running-scheme.ts';
import { until } from '../scheme/waiting.ts';
import { ALL_SCENES } from './scenes/all-scenes.ts';
import { play } from './scenes/play.ts';
import { ALL_MODES, coreFault } from './scenes/scene.ts';

let folders: SchemeFolders;
let server: TestPostgres;
before(async () => {
  folders = await schemeFolders('split');
  server = await startTestPostgres();
});
after(async () => {
  await server.stop();
  folders.remove();
});

/** Asks the management API of the process that has it, as a user of its machine. */
async function asked(side: Side, line: string, body?: object): Promise<{ status: number; body: Record<string, unknown> }> {
  const { management } = side;
  assert.ok(management);
  return sendLocal(managementSocket({ dataFolder: management.dataFolder }), line, body, 'ada');
}

const long = process.env['PM_TEST_LONG'] !== undefined;

/** The whole matrix takes ten minutes on PostgreSQL; without `PM_TEST_LONG` a scene in which all goes well, and one that needs a person. */
const REDUCED = ['success in one call'];

describe('the payment matrix with its roles in processes of their own', { concurrency: 2 }, () => {
  const judge = messageJudge();
  for (const scene of ALL_SCENES.filter(({ name }) => long || REDUCED.includes(name)))
    for (const mode of long ? (scene.modes ?? ALL_MODES) : (['reserve'] as const))
      test(`${scene.name} (${mode})`, () => play(scene, mode, { folder: folders.next(), judge, split: { postgresUrl: server.url } }));
});

describe('what people do in one process reaches payments in another', () => {
  let running: RunningScheme;
  before(async () => {
    running = await startRunningScheme({
      folder: folders.next(),
      atPrepare: 'credit',
      payee: { core: { transferRepeatable: false, transferAskable: false } },
      payer: { timeouts: { callbackMs: 15_000 } },
      split: { postgresUrl: server.url },
    });
  });
  after(() => running.stop());

  test('an exception is seen, noted, and resolved; what follows is done by the process that has the payment', async () => {
    const { payer, payee } = running;
    coreFault(payee.core, { operation: 'POST /transfers', action: { kind: 'execute-then-reset' } });
    await beginPayment(payer);
    const list = await until('the exception', async () => {
      const { exceptions } = (await asked(payee, 'GET /api/exceptions')).body as { exceptions: { id: string; code: string }[] };
      return exceptions.length > 0 ? exceptions : undefined;
    });
    assert.match(list[0]?.code ?? '', /^CORE_OUTCOME_UNKNOWN$|^CORE_MAY_HAVE_CREDITED$/);
    const id = list[0]?.id ?? '';
    const noted = await asked(payee, `POST /api/exceptions/${id}/notes`, { text: 'its books say that it credited' });
    assert.equal(noted.status, 204, JSON.stringify(noted.body));
    // when its time is over: what the process for payments stores is seen here
    const as = await until(
      'the settling is allowed',
      async () => {
        const { allowed } = (await asked(payee, `GET /api/exceptions/${id}`)).body as { allowed: { action: string; as?: string[] }[] };
        return allowed.find(({ action }) => action === 'settle')?.as?.[0];
      },
      20_000,
    );
    const settled = await asked(payee, `POST /api/exceptions/${id}/act`, { action: 'resolve', as, reason: 'ticket 4711' });
    assert.deepEqual(
      [settled.status, (settled.body['result'] as { settled?: { as: string } } | undefined)?.settled?.as],
      [200, as],
      JSON.stringify(settled),
    );
    const changes = (log: Side['log'] | undefined) => log?.lines.filter(({ message }) => message === 'state changed').length ?? 0;
    assert.deepEqual(
      [changes(payee.log) > 0, changes(payee.management?.log)],
      [true, 0],
      'the process for people has changed a payment itself',
    );
    await until('none left', async () => (await exceptionCodes(payee.operations)).length === 0 || undefined);
    const again = await asked(payee, `POST /api/exceptions/${id}/act`, { action: 'resolve', as, reason: 'ticket 4711' });
    assert.equal(again.status, 409);
  });

  test('each says what it is: one is ready for payments, the other for people', async () => {
    const { payer } = running;
    const ready = async (url: string) => {
      const answer = await fetch(`${url}/health/ready`);
      return [answer.status, Object.keys(((await answer.json()) as { parts: object }).parts)] as const;
    };
    assert.deepEqual(await ready(payer.operations), [200, ['journal', 'engine', 'credentials']]);
    assert.deepEqual(await ready(payer.management?.operations ?? ''), [200, ['journal', 'credentials', 'payments']]);
    const health = await asked(payer, 'GET /api/health');
    assert.equal(health.status, 200, JSON.stringify(health.body));
    assert.deepEqual(
      (health.body['parts'] as { payments: object }).payments,
      { ok: true, detail: '1 of 1 take payments' },
      JSON.stringify(health.body),
    );
    // no process takes connections of hub or core twice
    assert.equal((await fetch(`${payer.operations}/connection`)).status, 409);
  });

  test('the alarms of both are in one list, and one that somebody looks after is marked', async () => {
    const { payer } = running;
    await running.hub.listener.pause();
    await beginPayment(payer);
    const silent = await until(
      'the alarm',
      async () => {
        const { alarms } = (await asked(payer, 'GET /api/alarms')).body as { alarms: { id: string; code: string }[] };
        return alarms.find(({ code }) => code === 'HUB_NOT_ANSWERING');
      },
      30_000,
    );
    await running.hub.listener.resume();
    const mark = { id: silent.id, code: silent.code, reason: 'the hub is being repaired' };
    assert.equal((await asked(payer, 'POST /api/alarms/acknowledge', mark)).status, 204);
    const { alarms } = (await asked(payer, 'GET /api/alarms')).body as { alarms: { code: string; acknowledged?: { by: string } }[] };
    const seen = alarms.find(({ code }) => code === 'HUB_NOT_ANSWERING');
    if (seen !== undefined) assert.equal(seen.acknowledged?.by, 'local:ada');
  });
});
