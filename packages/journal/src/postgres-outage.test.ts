import assert from 'node:assert/strict';
import { connect, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { machineSpeed } from '@payment-manager/runtime/test-machine';
import { append, eventually, postgresWorld } from '../test/postgres-world.ts';
import type { Journal, JournalUnavailable } from './journal.ts';

const world = postgresWorld();

/** Appends to records of its own without end; tells what was acknowledged and what was refused. */
function steadyWriter(journal: Journal, name: string) {
  const acknowledged: string[] = [];
  const refused: JournalUnavailable[] = [];
  let going = true;
  const done = (async () => {
    for (let n = 0; going; n++) {
      const id = `${name}-${n}`;
      try {
        const result = await journal.append(append(id, 0, { claims: [{ kind: 'k', scope: '', value: id }] }));
        assert.deepEqual(result, { kind: 'appended', version: 1 });
        acknowledged.push(id);
      } catch (error) {
        refused.push(error as JournalUnavailable);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
  })();
  return {
    acknowledged,
    refused,
    async stop() {
      going = false;
      await done;
    },
  };
}

async function allStored(journal: Journal, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const record = await journal.load(id);
    assert.equal(record?.events.length, 1, id);
    assert.equal(await journal.findByClaim({ kind: 'k', scope: '', value: id }), id);
  }
}

test('PostgreSQL restarted and killed under load: what was acknowledged is stored once, and the journal goes on by itself', async (t) => {
  const journal = await world.open(world.newSchema());
  const writers = Array.from({ length: 8 }, (_, n) => steadyWriter(journal, `w${n}`));
  t.after(async () => void (await Promise.all(writers.map((writer) => writer.stop()))));
  const stored = (): number => writers.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0);
  const killed = async (): Promise<void> => {
    await world.server.kill();
    await world.server.start();
  };
  for (const interrupt of [() => world.server.restart(), killed]) {
    const before = stored();
    await eventually('it writes', () => (stored() > before + 50 ? true : undefined), 20_000);
    await interrupt();
  }
  const after = stored();
  await eventually('it writes again', () => (stored() > after + 50 ? true : undefined), 20_000);
  await Promise.all(writers.map((writer) => writer.stop()));
  for (const { acknowledged, refused } of writers) {
    await allStored(journal, acknowledged);
    for (const error of refused) assert.equal(error.code, 'JOURNAL_UNAVAILABLE', error.message);
  }
  assert.equal(journal.replica?.alive(), true);
  await journal.close();
});

test('while PostgreSQL is away new work is refused at once; others are not taken over because they could not renew meanwhile', async () => {
  const schema = world.newSchema();
  const [a, b] = [await world.open(schema, { leaseMs: 600, patienceMs: 300 }), await world.open(schema, { leaseMs: 600 })];
  await a.append(append('r1', 0));
  await world.server.kill();
  await eventually('it notices', async () => ((await a.append(append('r2', 0)).catch(() => undefined)) ? undefined : true));
  const started = machineSpeed.now();
  for (let n = 0; n < 100; n++)
    await assert.rejects(a.append(append('r2', 0)), { code: 'JOURNAL_UNAVAILABLE', message: /DATABASE_UNREACHABLE/ });
  await assert.rejects(a.load('r1'), { code: 'JOURNAL_UNAVAILABLE' });
  assert.ok(machineSpeed.now() - started < 100, 'refused at once');
  await eventually('its lease is over', () => (a.replica.alive() ? undefined : true));

  await world.server.start();
  // Whoever comes back first must not take what belongs to those who are just coming back.
  assert.deepEqual(await eventually('b is back', () => b.replica.takeOver(10).catch(() => undefined)), []);
  await eventually('a is back', () => (a.replica.alive() ? true : undefined));
  assert.deepEqual(await b.replica.takeOver(10), []);
  assert.equal((await a.append(append('r2', 0))).kind, 'appended');
  await Promise.all([a.close(), b.close()]);
});

/** Stands between journal and server, and can swallow answers: the server commits, and the client does not hear of it. */
async function cableTo(url: string) {
  const target = new URL(url);
  const [port, host] = [Number(target.port), target.hostname];
  const cables = new Set<Socket>();
  let deaf = false;
  const server = createServer((client) => {
    const upstream = connect(port, host);
    for (const socket of [client, upstream]) {
      cables.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream);
    upstream.on('data', (data) => {
      if (!deaf) client.write(data);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  target.port = String((server.address() as { port: number }).port);
  return {
    url: target.href,
    deafen: (swallow: boolean) => {
      deaf = swallow;
    },
    cut() {
      for (const socket of cables) socket.destroy();
      cables.clear();
    },
    close() {
      this.cut();
      server.close();
    },
  };
}

test('a commit whose answer was lost is read back: it is acknowledged, and not made twice', async (t) => {
  const schema = world.newSchema();
  const cable = await cableTo(world.server.url);
  t.after(() => cable.close());
  const journal = await world.open(schema, { url: cable.url });
  await journal.append(append('r1', 0));
  cable.deafen(true);
  const lost = Promise.all([journal.append(append('r1', 1)), journal.append(append('r1', 7)), journal.append(append('r2', 0))]);
  const count = () => world.sql(schema, 'SELECT count(*)::int AS events FROM events').then(([row]) => row?.['events']);
  await eventually('the server has committed', async () => (((await count()) as number) >= 3 ? true : undefined));
  cable.deafen(false);
  cable.cut();
  assert.deepEqual(await lost, [
    { kind: 'appended', version: 2 },
    { kind: 'version-conflict', version: 2 },
    { kind: 'appended', version: 1 },
  ]);
  assert.equal(await count(), 3);
  await journal.close();
});

test('a statement that never arrived is sent again once that is proven', async (t) => {
  const schema = world.newSchema();
  const cable = await cableTo(world.server.url);
  t.after(() => cable.close());
  const journal = await world.open(schema, { url: cable.url });
  cable.cut();
  assert.deepEqual(await journal.append(append('r1', 0)), { kind: 'appended', version: 1 });
  await journal.close();
});

test('a server that answers no more is given up within the time for one statement', async (t) => {
  const cable = await cableTo(world.server.url);
  t.after(() => cable.close());
  const journal = await world.open(world.newSchema(), { url: cable.url, statementTimeoutMs: 200, connectTimeoutMs: 200, patienceMs: 400 });
  cable.deafen(true);
  const started = machineSpeed.now();
  await assert.rejects(journal.append(append('r1', 0)), { code: 'JOURNAL_UNAVAILABLE', message: /DATABASE_IN_DOUBT/ });
  assert.ok(machineSpeed.now() - started < 3_000);
  cable.deafen(false);
  // Whether it was stored is not known; the record says so once the server is back.
  const result = await eventually('it is back', () => journal.append(append('r1', 0)).catch(() => undefined));
  assert.deepEqual(result, { kind: 'version-conflict', version: 1 });
  // What is owed because of it would be done by nobody otherwise.
  const told = await journal.replica.takeOver(10);
  assert.deepEqual(
    told.map(({ recordId, owners }) => [recordId, owners]),
    [['r1', [journal.replica.self]]],
  );
  assert.deepEqual(await journal.replica.takeOver(10), []);
  await journal.close();
});

test('after a gap in what it heard a replica hears what others changed meanwhile', async (t) => {
  const schema = world.newSchema();
  const cable = await cableTo(world.server.url);
  t.after(() => cable.close());
  const [a, b] = [await world.open(schema), await world.open(schema, { url: cable.url, pollMs: 3_600_000 })];
  const heard: string[] = [];
  b.replica.onChanged((changed) => heard.push(...(changed ?? ['?'])));
  cable.deafen(true);
  await a.append(append('r1', 0));
  cable.deafen(false);
  cable.cut();
  await eventually('it has read again', () => (heard.length > 0 ? true : undefined));
  assert.deepEqual(heard, ['r1']);
  await Promise.all([a.close(), b.close()]);
});
