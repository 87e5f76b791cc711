import assert from 'node:assert/strict';
import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { systemClock, systemRandom } from '@payment-manager/runtime';
import { slownessNow } from '@payment-manager/runtime/test-machine';
import { fetchMasterKey, openFileStore, openSealedStore } from '@payment-manager/vault';
import { assertBooks } from '../scheme/books.ts';
import type { Overrides } from '../scheme/configuration.ts';
import { nothingOpen } from '../scheme/open-records.ts';
import { until } from '../scheme/waiting.ts';
import {
  type ConnectedScheme,
  type ConnectedSide,
  connected,
  connectionOf,
  renew,
  type ShownConnection,
  startConnectedScheme,
} from './connected-scheme.ts';
import { type ConstantLoad, startLoad } from './constant-load.ts';
import { type Wire, type Wires, watchWires } from './wires.ts';

/** Everything that proves who is who is replaced under a constant load, and no payment fails. */
describe('rotation under load', () => {
  // each begins while one before it is still under way; the long form has more of them at a time
  const everyMs = process.env['PM_TEST_LONG'] === undefined ? 200 : 100;
  const folder = mkdtempSync(join(tmpdir(), 'pm-rotation-'));
  let wires: Wires;
  let stage: ConnectedScheme;
  let load: ConstantLoad;

  before(async () => {
    wires = watchWires();
    stage = await startConnectedScheme(folder, PATIENT);
    load = startLoad(stage.payer, everyMs);
    await goesOn();
  });
  after(async () => {
    wires.stop();
    await stage?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Payments that began after this moment have ended, too. */
  async function goesOn(): Promise<void> {
    const done = () => stage.payer.core.payer.all(10_000).filter(({ state }) => state === 'COMPLETED').length;
    const before = done();
    await soon('payments go on', () => done() >= before + 3);
  }

  /** New connections bear it, and after a moment every request does: the old ones have drained. */
  async function inUse(what: string, url: string, bears: (wire: Wire) => boolean, lastRequests = 10): Promise<void> {
    await soon(`${what} is in use for every request`, () => {
      const last = wires.to(url).slice(-lastRequests);
      return last.length === lastRequests && last.every(bears);
    });
  }

  test('the payer’s client certificate', async () => {
    const fresh = await renewed(stage.payer, 'DFSP_CLIENT_CERT', 'tls-client');
    const print = fresh.certificate?.fingerprint;
    const ofPayer = (wire: Wire) => wire.client?.fingerprint256 === print;
    await soon('the hub sees it', () => wires.to(stage.scheme.hubUrl).some(ofPayer));
    await goesOn();
  });

  test('the payee’s server certificate', async () => {
    const fresh = await renewed(stage.payee, 'DFSP_SERVER_CERT', 'tls-server');
    await inUse(
      'the new certificate',
      stage.payee.inbound,
      ({ presented }) => presented?.fingerprint256 === fresh.certificate?.fingerprint,
    );
    await soon('the look at what is served finds it', async () => {
      const own = (await connectionOf(stage.payee)).served.find(({ where }) => where === 'inbound');
      return own?.state === 'Ready' && own.certificate?.fingerprint === fresh.certificate?.fingerprint;
    });
  });

  test('the payer’s JWS key, published and given its time before it signs; how long a peer with one key would refuse is measured', async (t) => {
    const former = artefactsInUse(await connectionOf(stage.payer), 'jws-signing');
    const fetched = whenFetched(stage.payee, stage.payer.fspId, former?.id);
    const { id } = await renewed(stage.payer, 'DFSP_JWS', 'jws-signing');
    await soon('the payee verifies with it', () => verifiedIds(stage.payee).has(id));
    await goesOn();
    const fetchedAt = await fetched;
    const times = verifiedIds(stage.payee);
    const [withFormer, withNew] = [times.get(former?.id ?? '') ?? [], times.get(id) ?? []];
    // it would have one key at a time: the former until it fetched the new one, which it did when the payee did
    const refused = [...withFormer.filter((at) => at > fetchedAt), ...withNew.filter((at) => at < fetchedAt)];
    const windowMs = Math.abs(Math.min(...withNew) - fetchedAt);
    const { propagationMs } = stage.payer.config.connectionManager;
    t.diagnostic(`a peer with one key would refuse ${refused.length} messages in ${windowMs} ms; propagation time ${propagationMs} ms`);
    const longestMs = propagationMs + 5_000 * (await slownessNow());
    assert.ok(withFormer.length > 0 && windowMs < longestMs, `about the propagation time: ${windowMs} ms, at most ${longestMs}`);
  });

  test('a peer’s JWS key: the payee’s', async () => {
    const { id } = await renewed(stage.payee, 'DFSP_JWS', 'jws-signing');
    await soon('the payer verifies with it', () => verifiedIds(stage.payer).has(id));
    const ofPayee = (await connectionOf(stage.payer)).peers.find(({ fspId }) => fspId === stage.payee.fspId);
    assert.deepEqual(
      ofPayee?.keys.map(({ state }) => state),
      ['active', 'retiring'],
      'both keys verify during the overlap',
    );
  });

  test('the hub’s CA, with all that it signed', async () => {
    const { operator } = stage.connectionManager;
    // The real server gives the next one the name that it is asked for: mostly the same.
    const ca = new X509Certificate(await operator.rotateHubCa(operator.hub.cas.at(-1)));
    const sides = [stage.payer, stage.payee];
    await Promise.all(
      sides.map((side) =>
        soon(`${side.fspId} trusts both CAs`, async () => {
          const trusted = (await connectionOf(side)).hubCa.filter(({ state }) => state === 'active' || state === 'retiring');
          return trusted.length >= 2 && trusted.some(({ certificate }) => certificate?.fingerprint === ca.fingerprint256);
        }),
      ),
    );
    await operator.reissueServerCertificate();
    const hubServer = new X509Certificate(stage.connectionManager.hubCredentials()?.certificate ?? '');
    assert.ok(hubServer.checkIssued(ca), 'the hub serves with a certificate of the new CA');
    await inUse(
      'the hub’s new certificate',
      stage.scheme.hubUrl,
      ({ presented }) => presented?.fingerprint256 === hubServer.fingerprint256,
    );
    await Promise.all(sides.map((side) => renewed(side, 'DFSP_CLIENT_CERT', 'tls-client')));
    await inUse('client certificates of the new CA', stage.scheme.hubUrl, ({ client }) => client?.checkIssued(ca) === true);
    operator.retireHubCas();
    await goesOn();
  });

  test('the master key of the payer’s vault', async () => {
    const { dataFolder } = stage.payer.config;
    const file = join(dataFolder, 'vault.key');
    writeFileSync(`${file}.new`, randomBytes(32).toString('hex'), { mode: 0o600 });
    renameSync(`${file}.new`, file);
    await soon('everything is sealed anew', () =>
      stage.payer.log.lines.some(({ message }) => message.includes('sealed with the new master key')),
    );
    const store = await openFileStore({ folder: join(dataFolder, 'vault'), clock: systemClock, random: systemRandom });
    const current = await fetchMasterKey({ file }, {});
    const sealed = await openSealedStore(store, { current }, systemRandom);
    for (const path of (await sealed.list()).keys()) await sealed.read(path);
    await renewed(stage.payer, 'DFSP_SERVER_CERT', 'tls-server');
    await goesOn();
  });

  test('no payment has failed, the books balance, everything is in order, and nothing was logged as an error', async (t) => {
    const payments = await load.end();
    t.diagnostic(`${payments.length} payments`);
    assert.deepEqual(
      payments.filter(({ state }) => state !== 'COMPLETED'),
      [],
    );
    await Promise.all([stage.payer, stage.payee].map(({ config }) => nothingOpen(join(config.dataFolder, config.journalFile))));
    assertBooks(stage.payer.core, stage.payee.core, stage.scheme.hub, { committed: payments.map(() => '1') });
    await Promise.all([stage.payer, stage.payee].map(connected));
    for (const { log } of [stage.payer, stage.payee])
      assert.deepEqual(
        log.lines.filter(({ level }) => level === 'error'),
        [],
      );
  });
});

/** As in production: what is tested is that nothing is refused, not how fast a busy machine is. */
const PATIENT: Overrides = {
  timeouts: { callbackMs: 15_000, backendMs: 10_000, hubHttpMs: 5_000 },
  lifetimes: { quoteMs: 60_000, quoteRequestMs: 15_000, prepareMs: 15_000, clockSkewMs: 200, retryMarginMs: 200 },
};

/** Machines that run tests are busy. */
function soon<T>(what: string, look: Parameters<typeof until<T>>[1]): Promise<T> {
  return until(what, look, 30_000);
}

const artefactsInUse = (connection: ShownConnection, purpose: string) =>
  connection.keys.find((key) => key.purpose === purpose && key.state === 'active');

/** Renews an artefact, and resolves with the key that is in use then. */
async function renewed(side: ConnectedSide, artefact: string, purpose: string) {
  const former = artefactsInUse(await connectionOf(side), purpose);
  await renew(side, artefact);
  return soon(`another ${purpose} of ${side.fspId} is in use`, async () => {
    const now = artefactsInUse(await connectionOf(side), purpose);
    return now !== undefined && now.id !== former?.id && now;
  });
}

/** Ids, as the vault gives them, of the keys with which signatures were verified, and when. */
function verifiedIds({ verifiedWith }: ConnectedSide): Map<string, readonly number[]> {
  const idOf = (spki: string) => createHash('sha256').update(Buffer.from(spki, 'base64')).digest('hex').slice(0, 32);
  return new Map([...verifiedWith].map(([spki, times]) => [idOf(spki), times]));
}

/** When a side has another key of a peer than the former one. */
async function whenFetched(side: ConnectedSide, peer: string, former: string | undefined): Promise<number> {
  await soon(`${side.fspId} has the new key of ${peer}`, async () => {
    const found = (await connectionOf(side)).peers.find(({ fspId }) => fspId === peer);
    return found?.keys.some(({ id, state }) => state === 'active' && id !== former);
  });
  return systemClock.now();
}
