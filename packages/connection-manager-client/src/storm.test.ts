import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { seededRandom } from '@payment-manager/runtime';
import { assertConnected } from '../test/assert-connected.ts';
import { faulty } from '../test/in-memory-server.ts';
import { dayMs, hourMs, openWorld, pass, type Started, type World } from '../test/world.ts';
import { ConnectionFault, type FaultCode } from './api/connection-fault.ts';
import type { Renewable } from './condition.ts';

const codes: readonly FaultCode[] = ['UNREACHABLE', 'TLS', 'TOKEN', 'REFUSED', 'NOT_FOUND', 'INVALID', 'SERVER_ERROR', 'GARBAGE'];
const renewables: readonly Renewable[] = ['DFSP_CLIENT_CERT', 'DFSP_SERVER_CERT', 'DFSP_JWS', 'DFSP_CA', 'HUB_CLIENT_CERT'];
const propagationMs = 10 * 60_000;

/** What happens to a connection in years, in any order. */
class Storm {
  readonly world: World;
  readonly #random;
  running: Started;
  #backup: World['server']['state'];
  #hubIds = 12;
  #renewedJws = 0;

  constructor(world: World, running: Started, seed: number) {
    this.world = world;
    this.running = running;
    this.#random = seededRandom(seed);
    this.#backup = structuredClone(world.server.state);
  }

  below(limit: number): number {
    return Math.floor(this.#random.fraction() * limit);
  }

  async event(): Promise<string> {
    const { server } = this.world;
    const kinds = ['outage', 'flaky', 'slow hub', 'restart', 'kill', 'hub CA', 'backup', 'restore', 'renew', 'hub asks', 'calm'] as const;
    const kind = kinds[this.below(kinds.length)] ?? 'calm';
    server.fail = () => undefined;
    server.signing = true;
    if (kind === 'outage') {
      const code = codes[this.below(codes.length)] ?? 'TLS';
      server.fail = () => faulty(code);
    } else if (kind === 'flaky') server.fail = () => (this.below(3) === 0 ? faulty('UNREACHABLE') : undefined);
    else if (kind === 'slow hub') server.signing = false;
    else if (kind === 'restart') await this.#again();
    else if (kind === 'kill') {
      await this.#again(1 + this.below(12));
      await this.#renew();
    } else if (kind === 'hub CA') await this.world.newHubCa();
    else if (kind === 'backup') this.#backup = structuredClone(server.state);
    // The hub does not go back to its former CA, and what it lost of ours it does not know.
    else if (kind === 'restore') Object.assign(server.state, structuredClone(this.#backup), { hubCa: server.state.hubCa });
    else if (kind === 'renew') await this.#renew();
    else if (kind === 'hub asks') await this.#hubAsks();
    return kind;
  }

  async #hubAsks(): Promise<void> {
    this.#hubIds += 1;
    await this.world.hubAsks(this.#hubIds);
  }

  async #renew(): Promise<void> {
    const artefact = renewables[this.below(renewables.length)] ?? 'DFSP_CA';
    // There are only so many RSA keys in these tests.
    if (artefact === 'DFSP_JWS') this.#renewedJws += 1;
    if (artefact === 'DFSP_JWS' && this.#renewedJws > 3) return;
    const { client, process } = this.running;
    const renewed = client
      .renew(artefact, 'a person')
      .catch((error: unknown) => assert.ok(error instanceof ConnectionFault, String(error)));
    await Promise.race([renewed, process.death]);
  }

  async #again(diesAt?: number): Promise<void> {
    if (!this.running.process.dead) await this.running.client.stop();
    this.running = await this.world.start({}, diesAt);
  }

  async calm(): Promise<void> {
    this.world.server.fail = () => undefined;
    this.world.server.signing = true;
    await this.#again();
    await pass(this.world, this.running, dayMs);
  }
}

/** Many more of them when `PM_TEST_LONG` says so. */
const seeds = process.env['PM_TEST_LONG'] === undefined ? 2 : 30;

for (let seed = 1; seed <= seeds; seed++) {
  test(`connection: outages, kills, restored servers, new CAs, renewals, in any order (seed ${seed}): nothing in use ends, and all is well after it`, async () => {
    const world = await openWorld({ hubDays: 90, client: { pollMs: 6 * hourMs, propagationMs } });
    const started = await world.start();
    await pass(world, started, 60_000);
    const storm = new Storm(world, started, seed);
    const story: string[] = [];
    let signing = (await started.environment.keys.signer()).keyId;
    const check = async (): Promise<void> => {
      const { environment, process } = storm.running;
      if (process.dead) return;
      const now = world.time.now();
      for (const purpose of ['tls-client', 'tls-server'] as const) {
        const { validTo, certificate } = await environment.credentials(purpose);
        assert.ok(validTo > now, `${purpose} has ended: ${story.join(', ')}`);
        assert.ok(new X509Certificate(certificate).validFromDate.getTime() <= now);
      }
      const own = (await environment.keys.list('jws-signing')).find(({ state }) => state === 'active');
      assert.ok(own, 'there is a key to sign with');
      if (own.id !== signing) assert.ok(own.since - (own.history[0]?.at ?? 0) >= propagationMs - 1_000, `too early: ${story.join(', ')}`);
      signing = own.id;
      assert.deepEqual(await environment.trust.ids('peer-jws'), ['bank-b'], story.join(', '));
    };
    for (let n = 0; n < 30; n++) {
      story.push(await storm.event());
      await pass(world, storm.running, hourMs + storm.below(8) * dayMs, check);
    }
    await storm.calm();
    await assertConnected(world, storm.running);
    await storm.running.client.stop();
  });
}
