import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { systemTimers } from '@payment-manager/runtime';
import type { ConnectionManagerServer, Scheme } from '@payment-manager/sandbox';
import { type ManagerProcess, startManagerProcess } from '../../lab/local-scheme/src/manager-process.ts';
import { pay } from '../scheme/payments.ts';
import { PAYEE, PAYER } from '../scheme/running-scheme.ts';
import { connected, connectionOf, startUnconnectedScheme, writeConnectedConfiguration } from './connected-scheme.ts';

/** Before a write of the vault is durable, right after it, and after all that belongs to it. */
const failpoints = ['vault.file.written:2', 'vault.file.linked:3', 'vault.file.folder-synced:3'] as const;

test('a product that is killed again and again while it onboards ends connected, with the keys that the scheme knows, and pays', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'pm-killed-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const scheme = await startUnconnectedScheme(folder);
  t.after(() => scheme.stop());
  const payee = await startOne(scheme, await writeConnectedConfiguration(folder, scheme, PAYEE), PAYEE);
  assert.ok(payee, 'the payee starts');
  t.after(() => payee.stop(5_000));

  const file = await writeConnectedConfiguration(folder, scheme, PAYER);
  let kills = 0;
  let payer: ManagerProcess | undefined;
  while (payer === undefined) {
    const failpoint = failpoints[kills % failpoints.length] ?? '';
    const started = await startOne(scheme, file, PAYER, failpoint);
    const alive =
      started &&
      (await Promise.race([
        started.ended.then(() => false),
        connected(side(PAYER, started)).then(
          () => true,
          () => false,
        ),
        rest(),
      ]));
    if (alive) payer = started;
    else kills += 1;
    assert.ok(kills < 40, 'it comes forward');
  }
  const survivor = payer;
  t.after(() => survivor.stop(5_000));
  t.diagnostic(`killed ${kills} times`);
  assert.ok(kills >= 3);

  await Promise.all([connected(side(PAYER, survivor)), connected(side(PAYEE, payee))]);
  const { operator } = scheme.connectionManager as ConnectionManagerServer;
  const enrolments = operator.list().find(({ fspId }) => fspId === PAYER)?.enrolments ?? [];
  assert.ok(enrolments.length >= 1 && enrolments.length <= kills + 1, `${enrolments.length} requests`);
  const { keys } = await connectionOf(side(PAYER, survivor));
  // what a process died over may wait for somebody to give it up, but is never in use
  for (const purpose of ['tls-client', 'tls-server', 'jws-signing', 'dfsp-ca'])
    assert.deepEqual(
      keys.filter((key) => key.purpose === purpose && !['destroyed', 'pre-active'].includes(key.state)).map(({ state }) => state),
      ['active'],
      purpose,
    );
  const { core, coreUrl } = scheme.dfsp(PAYER);
  assert.equal((await pay({ core, coreUrl })).state, 'COMPLETED');
});

/** Undefined: it was killed before it was ready. */
async function startOne(scheme: Scheme, file: string, fspId: string, failpoint = ''): Promise<ManagerProcess | undefined> {
  const secret = scheme.dfsp(fspId).oauth?.clientSecret.reveal() ?? '';
  const log = join(dirname(file), 'payment-manager.log');
  try {
    const started = await startManagerProcess(file, log, { PM_CONNECTION_MANAGER_CLIENT_SECRET: secret, PM_FAILPOINT: failpoint });
    await scheme.connect(fspId, started.urls);
    return started;
  } catch (error) {
    if (failpoint !== '' && /SIGKILL/.test((error as Error).message)) return undefined;
    throw error;
  }
}

const side = (fspId: string, { urls }: ManagerProcess) => ({ fspId, operations: urls.operations });

/** Nothing lets one wait for longer than this, neither dead nor connected. */
function rest(): Promise<false> {
  return new Promise((resolve) => void systemTimers.after(25_000, () => resolve(false)));
}
