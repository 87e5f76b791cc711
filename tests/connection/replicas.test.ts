import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startTestPostgres } from '@payment-manager/database/test-postgres';
import type { Config } from '../../packages/configuration/src/schema.ts';
import type { RunningPaymentManager } from '../../packages/payment-manager/src/compose.ts';
import { pay } from '../scheme/payments.ts';
import { PAYEE, PAYER } from '../scheme/running-scheme.ts';
import { until } from '../scheme/waiting.ts';
import {
  type ConnectedSide,
  connected,
  connectionOf,
  renew,
  startSide,
  startUnconnectedScheme,
  writeConnectedConfiguration,
} from './connected-scheme.ts';
import { watchWires } from './wires.ts';

test('two replicas on one PostgreSQL share the vault: one acts, both use what it gets, and the other goes on when it leaves', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'pm-connected-replicas-'));
  const postgres = await startTestPostgres();
  const scheme = await startUnconnectedScheme(folder);
  const wires = watchWires();
  const running = new Map<ConnectedSide, RunningPaymentManager>();
  t.after(async () => {
    await Promise.all([...running.values()].map((manager) => manager.stop()));
    wires.stop();
    await scheme.stop();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const started = async (fspId: string, file: string): Promise<ConnectedSide> => {
    const { manager, side } = await startSide(scheme, fspId, file);
    running.set(side, manager);
    return side;
  };

  const keyFile = join(folder, 'vault.key');
  writeFileSync(keyFile, randomBytes(32).toString('hex'), { mode: 0o600 });
  const shared = {
    journal: { store: 'postgres', postgresUrl: postgres.url },
    vault: { store: 'postgres', pollMs: 200, masterKey: { file: keyFile } },
  } as const;
  const file = await writeConnectedConfiguration(folder, scheme, PAYER, shared as never);
  const { connectionManager } = JSON.parse(readFileSync(file, 'utf8')) as Pick<Config, 'connectionManager'>;
  const elsewhere = join(folder, 'second');
  // the hub calls one address; here it is the first replica's
  const otherFile = await writeConnectedConfiguration(elsewhere, scheme, PAYER, { ...shared, connectionManager } as never);
  const journalKey = randomBytes(32).toString('hex');
  for (const root of [folder, elsewhere]) {
    mkdirSync(join(root, PAYER, 'data'), { recursive: true });
    writeFileSync(join(root, PAYER, 'data', 'journal.key'), journalKey, { mode: 0o600 });
  }
  const payee = await started(PAYEE, await writeConnectedConfiguration(folder, scheme, PAYEE));
  // each start tells the core its address: the second replica takes the payments, and the first gets the callbacks
  const first = await started(PAYER, file);
  const second = await started(PAYER, otherFile);
  await Promise.all([payee, first, second].map(connected));
  assert.equal((await pay(second)).state, 'COMPLETED');

  const leads = async (side: ConnectedSide) => (await connectionOf(side)).leads;
  assert.deepEqual([await leads(first), await leads(second)].sort(), [false, true]);
  const [leader, follower] = (await leads(first)) ? [first, second] : [second, first];
  const inUse = async (side: ConnectedSide) =>
    (await connectionOf(side)).keys.find(({ purpose, state }) => purpose === 'tls-client' && state === 'active');
  const former = await inUse(first);
  await renew(follower, 'DFSP_CLIENT_CERT');
  await until(
    'both have the new one',
    async () => {
      const [one, two] = await Promise.all([inUse(first), inUse(second)]);
      return one?.id === two?.id && one?.id !== former?.id;
    },
    30_000,
  );
  const fresh = await inUse(second);
  assert.equal((await pay(second)).state, 'COMPLETED');
  await until('it is used', async () => {
    await pay(second);
    return wires.to(scheme.hubUrl).at(-1)?.client?.fingerprint256 !== former?.certificate?.fingerprint;
  });
  assert.ok(wires.to(scheme.hubUrl).some(({ client }) => client?.fingerprint256 === fresh?.certificate?.fingerprint));

  if (leader === second) await scheme.connect(PAYER, { inbound: first.inbound, outbound: running.get(first)?.outbound.url ?? '' });
  await running.get(leader)?.stop();
  running.delete(leader);
  await until('the other leads', () => leads(follower), 30_000);
  await renew(follower, 'DFSP_JWS');
  await until(
    'another JWS key is in use',
    async () => {
      const keys = (await connectionOf(follower)).keys.filter(({ purpose }) => purpose === 'jws-signing');
      return keys.some(({ state }) => state === 'retiring');
    },
    30_000,
  );
});
