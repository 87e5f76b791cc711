import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { recordedLog, Secret, seededRandom, type VirtualTime, virtualTime } from '@payment-manager/runtime';
import { WebSocket } from 'ws';
import type { ControlCredentials } from './control-frames.ts';
import { type ControlServer, type ControlServerOptions, startControlServer } from './control-server.ts';

const token = 'canary-token-canary-token-canary-token';
const side = (name: string) => ({
  certificate: `${name} certificate`,
  privateKey: new Secret(`canary ${name} key`),
  trustedCas: `${name} CA`,
});
const bankB = { dfspId: 'bank-b', publicKey: 'key of B', createdAt: 1_700_000_000 };
const bankC = { dfspId: 'bank-c', publicKey: 'key of C', createdAt: 1_700_000_001 };
const all: ControlCredentials = {
  jwsSigningKey: new Secret('canary jws key'),
  peers: [bankB, { ...bankB, publicKey: 'former key of B' }, bankC],
  inbound: side('inbound'),
  outbound: side('outbound'),
};
const tls = (name: string) => ({ tls: { creds: { ca: `${name} CA`, cert: `${name} certificate`, key: `canary ${name} key` } } });
const configuration = {
  jwsSigningKey: 'canary jws key',
  peerJWSKeys: { 'bank-b': 'key of B', 'bank-c': 'key of C' },
  inbound: tls('inbound'),
  outbound: tls('outbound'),
};

interface Frame {
  readonly verb: string;
  readonly msg: string;
  readonly data: unknown;
  readonly id: string;
}

/** A WebSocket client that keeps what comes until it is asked for. */
class Peer {
  readonly socket: WebSocket;
  readonly frames: Frame[] = [];
  constructor(port: number, options: { readonly autoPong?: boolean } = {}) {
    // As an SDK makes its address: `ws://${MGMT_API_WS_URL}:${MGMT_API_WS_PORT}`.
    this.socket = new WebSocket(`ws://${`sdk:${token}@127.0.0.1`}:${port}`, options);
    this.socket.on('message', (data) => this.frames.push(JSON.parse(String(data)) as Frame));
  }
  async opened(): Promise<this> {
    await once(this.socket, 'open');
    return this;
  }
  say(msg: string, verb: string, data: unknown = {}): this {
    this.socket.send(JSON.stringify({ verb, msg, data, id: 'some-random-words' }));
    return this;
  }
  async next(): Promise<Frame> {
    if (this.frames.length === 0) await once(this.socket, 'message');
    return this.frames.shift() ?? assert.fail('no frame');
  }
  /** All that came before the answer to one more question. */
  async before(): Promise<readonly Frame[]> {
    this.say('PEER_JWS', 'READ');
    const seen: Frame[] = [];
    for (let frame = await this.next(); frame.msg !== 'PEER_JWS'; frame = await this.next()) seen.push(frame);
    return seen;
  }
  async closed(): Promise<number> {
    const [code] = (await once(this.socket, 'close')) as [number];
    return code;
  }
}

type Tree = Record<string, unknown>;
/** What `_.merge` of the SDK does with what is sent here. */
function merged(into: Tree, from: Tree): Tree {
  const result = { ...into };
  for (const [name, value] of Object.entries(from)) {
    const [old, tree] = [result[name], typeof value === 'object' && value !== null];
    result[name] = tree ? merged(typeof old === 'object' && old !== null ? (old as Tree) : {}, value as Tree) : value;
  }
  return result;
}

/** Boots as an SDK does: asks, takes the first frame that comes, whatever it is, and hangs up. */
async function boot(port: number, environment: Tree): Promise<Tree> {
  const peer = await new Peer(port).opened();
  const { data } = await peer.say('CONFIGURATION', 'READ').next();
  peer.socket.terminate();
  return merged(environment, data as Tree);
}

interface World {
  readonly server: ControlServer;
  readonly time: VirtualTime;
  readonly lines: () => string;
  current: () => Promise<ControlCredentials>;
}

async function withServer(run: (world: World) => Promise<void>): Promise<void> {
  const [time, log] = [virtualTime(), recordedLog()];
  const world: { -readonly [name in keyof World]?: World[name] } = { time, current: async () => all };
  const server = await startControlServer({
    ...{ host: '127.0.0.1', port: 0, token: new Secret(token), timers: time, random: seededRandom(7), log },
    credentials: () => (world.current ?? assert.fail())(),
  });
  const lines = () => log.lines.map((line) => JSON.stringify(line)).join('\n');
  try {
    await run(Object.assign(world, { server, lines }) as World);
    assert.doesNotMatch(lines(), /canary/);
  } finally {
    const stopping = server.stop();
    await time.advance(1_000);
    await stopping;
  }
}

describe('control server', () => {
  test('an SDK that boots gets its whole configuration in one frame, and nobody else is told', () =>
    withServer(async ({ server }) => {
      const other = await new Peer(server.port).opened();
      await other.before();
      const booted = await boot(server.port, { dfspId: 'bank-a', inbound: { tls: { mutualTLS: true } }, jwsSigningKey: 'from a file' });
      assert.deepEqual(booted, { dfspId: 'bank-a', ...configuration, inbound: { tls: { mutualTLS: true, ...tls('inbound').tls } } });
      assert.deepEqual(await other.before(), []);

      const asking = (await new Peer(server.port).opened()).say('CONFIGURATION', 'READ');
      const frame = await asking.next();
      assert.deepEqual([Object.keys(frame), frame.verb, frame.msg], [['verb', 'msg', 'data', 'id'], 'NOTIFY', 'CONFIGURATION']);
      assert.match(frame.id, /^[0-9a-f]{16}$/);
      assert.deepEqual(await asking.before(), []);
    }));

  test('before anything is there an SDK gets an empty list of peers, without which it does not start', () =>
    withServer(async (world) => {
      world.current = async () => ({ peers: [] });
      assert.deepEqual(await boot(world.server.port, {}), { peerJWSKeys: {} });
    }));

  test('a change is told to all that know something else, as a whole, since an SDK forgets what an earlier frame said', () =>
    withServer(async (world) => {
      const { server, time } = world;
      const [one, two] = [await new Peer(server.port).opened(), await new Peer(server.port).opened()];
      for (const peer of [one, two]) await peer.say('CONFIGURATION', 'READ').next();
      let readings = 0;
      world.current = async () => {
        readings += 1;
        return { ...all, jwsSigningKey: new Secret('canary next key') };
      };
      server.push();
      server.push();
      await time.advance(300);
      assert.equal(readings, 1, 'changes that come together are told together');
      for (const peer of [one, two]) assert.deepEqual((await peer.next()).data, { ...configuration, jwsSigningKey: 'canary next key' });
      server.push();
      await time.advance(300);
      for (const peer of [one, two]) assert.deepEqual(await peer.before(), [], 'no SDK restarts for nothing');
    }));

  test('a peer that is gone is trusted no more, although an SDK only merges; if it comes back it is', () =>
    withServer(async (world) => {
      const peer = await new Peer(world.server.port).opened();
      let sdk = merged({}, (await peer.say('CONFIGURATION', 'READ').next()).data as Tree);
      world.current = async () => ({ ...all, peers: [bankC] });
      world.server.push();
      await world.time.advance(300);
      sdk = merged(sdk, (await peer.next()).data as Tree);
      assert.deepEqual(sdk['peerJWSKeys'], { 'bank-b': '', 'bank-c': 'key of C' });
      world.current = async () => all;
      world.server.push();
      await world.time.advance(300);
      sdk = merged(sdk, (await peer.next()).data as Tree);
      assert.deepEqual(sdk, configuration);
    }));

  test('an SDK that boots while something changes gets nothing before its answer, and one answer', () =>
    withServer(async ({ server, time }) => {
      const peer = await new Peer(server.port).opened();
      server.push();
      await time.advance(300);
      const { msg, data } = await peer.say('CONFIGURATION', 'READ').next();
      assert.deepEqual([msg, data], ['CONFIGURATION', configuration]);
      assert.deepEqual(await peer.before(), []);
    }));

  test('an SDK that comes back does not ask; it is told what it may have missed', () =>
    withServer(async ({ server, time }) => {
      const peer = await new Peer(server.port).opened();
      await time.advance(1_000);
      assert.deepEqual((await peer.next()).data, configuration);
      server.push();
      await time.advance(300);
      assert.deepEqual(await peer.before(), []);
    }));

  test('an SDK drops what comes while it restarts its servers, so a change is told once more, and not a third time', () =>
    withServer(async (world) => {
      const { server, time } = world;
      const [back, polling] = [await new Peer(server.port).opened(), await new Peer(server.port).opened()];
      await polling.say('CONFIGURATION', 'READ').next();
      await time.advance(1_000);
      assert.deepEqual((await back.next()).data, configuration, 'it came back in the middle of a restart');
      await time.advance(15_000);
      assert.deepEqual((await back.next()).data, configuration);
      world.current = async () => ({ ...all, peers: [bankC] });
      server.push();
      await time.advance(300);
      const told = await Promise.all([back, polling].map((peer) => peer.next()));
      await time.advance(14_999);
      for (const peer of [back, polling]) assert.deepEqual(await peer.before(), []);
      await time.advance(1);
      const repeated = await Promise.all([back, polling].map((peer) => peer.next()));
      assert.deepEqual(
        repeated.map(({ data }) => data),
        told.map(({ data }) => data),
      );
      for (let n = 0; n < 2; n++) await time.advance(20_000);
      for (const peer of [back, polling]) assert.deepEqual(await peer.before(), []);
    }));

  test('while keys cannot be read nobody is told anything, and then everybody', () =>
    withServer(async (world) => {
      const { server, time } = world;
      const running = await new Peer(server.port).opened();
      await running.say('CONFIGURATION', 'READ').next();
      let tries = 0;
      world.current = () => {
        tries += 1;
        return Promise.reject(new Error('canary: the vault is away'));
      };
      const asking = (await new Peer(server.port).opened()).say('CONFIGURATION', 'READ');
      await asking.say('NONSENSE', 'READ').next();
      server.push();
      for (let n = 0; n < 5; n++) await time.advance(1_000);
      assert.deepEqual([asking.frames, tries], [[], 6]);
      assert.equal(world.lines().match(/cannot read/g)?.length, 1);
      world.current = async () => ({ peers: [] });
      await time.advance(1_000);
      for (const peer of [asking, running]) assert.deepEqual((await peer.next()).data, { peerJWSKeys: { 'bank-b': '', 'bank-c': '' } });
    }));

  test('many that ask at once share one reading, and an older one is never told after a newer', () =>
    withServer(async (world) => {
      const readings: ((credentials: ControlCredentials) => void)[] = [];
      world.current = () => new Promise((resolve) => readings.push(resolve));
      const peers = await Promise.all(Array.from({ length: 5 }, () => new Peer(world.server.port).opened()));
      for (const peer of peers) {
        peer.say('CONFIGURATION', 'READ').say('CONFIGURATION', 'READ');
        await peer.say('NONSENSE', 'READ').next();
      }
      assert.equal(readings.length, 1);
      world.server.push();
      await world.time.advance(300);
      readings[0]?.({ peers: [] });
      assert.deepEqual((await peers[0]?.next())?.data, { peerJWSKeys: {} });
      assert.equal(readings.length, 2);
      readings[1]?.(all);
      for (const peer of peers) assert.deepEqual((await peer.next()).data, configuration);
      world.current = async () => all;
      for (const peer of peers) assert.deepEqual(await peer.before(), []);
    }));

  test('a ping comes before an SDK gives up, and who does not answer is ended', () =>
    withServer(async ({ server, time }) => {
      const [live, dead] = [await new Peer(server.port).opened(), await new Peer(server.port, { autoPong: false }).opened()];
      assert.deepEqual(server.clients(), { total: 2, healthy: 2, unhealthy: 0 });
      const pinged = Promise.all([live, dead].map(({ socket }) => once(socket, 'ping')));
      await time.advance(29_999);
      await pinged;
      await live.before();
      assert.deepEqual(server.clients(), { total: 2, healthy: 1, unhealthy: 1 });
      const ended = dead.closed();
      await time.advance(25_000);
      assert.equal(await ended, 1006);
      await live.before();
      assert.deepEqual(server.clients(), { total: 1, healthy: 1, unhealthy: 0 });
    }));
});

describe('control server: what is not let in', () => {
  test('frames that are not understood are answered as such; nobody can change whom we trust; an error is never answered', () =>
    withServer(async ({ server }) => {
      const peer = await new Peer(server.port).opened();
      const errorTo = async (text: string) => {
        peer.socket.send(text);
        const { verb, msg, data } = await peer.next();
        return `${msg}.${verb} ${String(data)}`;
      };
      for (const text of ['', '{', '\u0000'.repeat(3)]) assert.equal(await errorTo(text), 'ERROR.NOTIFY JSON_PARSE_ERROR');
      for (const text of ['null', '7', '[]', '{}', '{"msg":"TOKEN","verb":"READ"}', '{"msg":{"a":1}}'])
        assert.equal(await errorTo(text), 'ERROR.NOTIFY UNSUPPORTED_MESSAGE', text);
      for (const msg of ['CONFIGURATION', 'PEER_JWS'])
        for (const verb of ['NOTIFY', 'PATCH', undefined])
          assert.equal(
            await errorTo(JSON.stringify({ msg, verb, data: [{ dfspId: 'bank-b', publicKey: 'theirs' }] })),
            'ERROR.NOTIFY UNSUPPORTED_VERB',
          );
      peer.say('ERROR', 'NOTIFY', 'UNSUPPORTED_MESSAGE');
      assert.deepEqual(await peer.before(), []);
      assert.deepEqual((await peer.say('PEER_JWS', 'READ').next()).data, all.peers);
    }));

  test('who sends nonsense again and again, or a huge frame, is shut out', () =>
    withServer(async ({ server }) => {
      const noisy = await new Peer(server.port).opened();
      for (let n = 0; n < 20; n++) noisy.say('NONSENSE', 'READ');
      assert.equal(await noisy.closed(), 1008);
      const huge = await new Peer(server.port).opened();
      huge.say('CONFIGURATION', 'READ', 'x'.repeat(65_536));
      assert.equal(await huge.closed(), 1009);
      assert.deepEqual(huge.frames, []);
    }));

  test('who sends a message in one-byte fragments is shut out', () =>
    withServer(async ({ server }) => {
      const text = JSON.stringify({ verb: 'READ', msg: 'PEER_JWS', data: 'x'.repeat(8_000), id: 'x' });
      const fragments = await new Peer(server.port).opened();
      for (const letter of text) fragments.socket.send(letter, { fin: false });
      assert.equal(await fragments.closed(), 1008);
      assert.deepEqual(fragments.frames, []);
      assert.deepEqual((await (await new Peer(server.port).opened()).say('PEER_JWS', 'READ').next()).data, all.peers);
    }));

  test('without the token, or from a web page, nobody comes in', () =>
    withServer(async ({ server, lines }) => {
      const statusOf = async (url: string, headers: Record<string, string> = {}) => {
        const socket = new WebSocket(`ws://${url}:${server.port}`, { headers });
        const outcome = Promise.race([once(socket, 'open'), once(socket, 'unexpected-response')]);
        const [, response] = (await outcome) as [unknown, { statusCode: number } | undefined];
        socket.on('error', () => {});
        socket.terminate();
        return response?.statusCode ?? 101;
      };
      const bearer = (given: string) => ({ authorization: `Bearer ${given}` });
      assert.deepEqual(
        [
          await statusOf('127.0.0.1'),
          await statusOf(`sdk:${token}x@127.0.0.1`),
          await statusOf(`${token}@127.0.0.1`),
          await statusOf('127.0.0.1', bearer('')),
          await statusOf('127.0.0.1', { authorization: token }),
          await statusOf('127.0.0.1', { ...bearer(token), origin: 'http://127.0.0.1' }),
          await statusOf('127.0.0.1', bearer(token)),
          await statusOf(`any-name:${token}@127.0.0.1`),
        ],
        [401, 401, 401, 401, 401, 403, 101, 101],
      );
      assert.equal(lines().match(/refused somebody/g)?.length, 1, 'trying again and again fills no log');
    }));

  test('no more clients than it can serve; the place of one that left is free', () =>
    withServer(async ({ server }) => {
      const peers = await Promise.all(Array.from({ length: 16 }, () => new Peer(server.port).opened()));
      const refused = new Peer(server.port);
      refused.socket.on('error', () => {});
      const [, response] = (await once(refused.socket, 'unexpected-response')) as [unknown, { statusCode: number; headers: object }];
      assert.deepEqual([response.statusCode, Reflect.get(response.headers, 'retry-after')], [503, '10']);
      refused.socket.terminate();
      peers[0]?.socket.close();
      await peers[0]?.closed();
      await new Peer(server.port).opened();
    }));

  test('it does not start when others could read private keys', async () => {
    const start = (options: Partial<ControlServerOptions>) =>
      startControlServer({
        ...{ host: '127.0.0.1', port: 0, token: new Secret(token), timers: virtualTime(), random: seededRandom(7), log: recordedLog() },
        credentials: async () => all,
        ...options,
      });
    for (const host of ['0.0.0.0', '::', '10.0.0.1', 'dfsp.example', '127.example'])
      await assert.rejects(start({ host }), { code: 'CONTROL_UNPROTECTED' }, host);
    for (const weak of ['', 'canary', `${token}@`, `${token}\n`])
      await assert.rejects(start({ token: new Secret(weak) }), (error: Error & { code: string }) => {
        assert.equal(error.code, 'CONTROL_TOKEN_WEAK');
        assert.doesNotMatch(error.message, /canary/);
        return true;
      });
  });
});
