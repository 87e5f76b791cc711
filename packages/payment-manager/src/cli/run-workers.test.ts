import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, afterEach, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startTestPostgres, type TestPostgres } from '@payment-manager/database/test-postgres';
import { machineSpeed } from '@payment-manager/runtime/test-machine';
import type { ReadyMessage } from '../workers/ready-message.ts';
import { nodeOptions } from './node-options.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

let folder: string;
let server: TestPostgres;
const children = new Set<ChildProcess>();

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pm-workers-'));
  server = await startTestPostgres();
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
});
after(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

interface Line {
  readonly msg: string;
  readonly worker?: string;
  readonly number?: number;
  readonly process?: number;
  readonly taken?: string;
  readonly restart?: string;
}

interface Run {
  readonly child: ChildProcess;
  readonly urls: ReadyMessage | undefined;
  readonly ended: Promise<number | string | null>;
  text(): string;
  lines(msg: string): readonly Line[];
}

/** Starts `pm run --workers` and waits until it is ready or has ended. */
async function run(name: string, workers: string, journal: object, ofOperations: object = {}, vault: object = {}): Promise<Run> {
  const file = join(folder, `${name}.yaml`);
  const anyPort = { host: '127.0.0.1', port: 0 };
  const unsigned = { sign: false, verify: false };
  const config = { fspId: 'greenbank', dataFolder: name, hub: { baseUrl: 'http://127.0.0.1:9' }, core: { baseUrl: 'http://127.0.0.1:9' } };
  await writeFile(
    file,
    JSON.stringify({
      ...config,
      sandbox: true,
      jws: unsigned,
      inbound: anyPort,
      outbound: anyPort,
      operations: { ...anyPort, ...ofOperations },
      journal,
      vault,
    }),
  );
  const child = spawn(process.execPath, [...nodeOptions, main, 'run', '--config', file, '--workers', workers], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  children.add(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (text += chunk));
  const ended = new Promise<number | string | null>((resolve) => child.once('close', (code, signal) => resolve(signal ?? code)));
  const exited = new Promise<undefined>((resolve) => child.once('exit', () => resolve(undefined)));
  const ready = new Promise<ReadyMessage>((resolve) => child.once('message', (message) => resolve(message as ReadyMessage)));
  const lines = (msg: string): readonly Line[] =>
    text
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line) as Line)
      .filter((line) => line.msg === msg);
  return { child, urls: await Promise.race([ready, exited]), ended, text: () => text, lines };
}

async function look<T>(url: string): Promise<T> {
  return (await (await fetch(url)).json()) as T;
}

/** Over real processes there is no clock to turn. */
async function until<T>(what: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (const end = machineSpeed.now() + 20_000; machineSpeed.now() < end; ) {
    const found = await what();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it did not happen within 20 s, by the machine’s own speed');
}

interface Ready {
  readonly status: string;
  readonly workers: readonly { readonly worker: number; readonly status: string }[];
}

const alive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** What is sent to a webhook that takes everything. */
async function webhook(): Promise<{ readonly url: string; readonly bodies: readonly string[]; stop(): void }> {
  const bodies: string[] = [];
  const receiver = createServer(async (request, response) => {
    bodies.push(await text(request));
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/alarms`, bodies, stop: () => void receiver.close() };
}

describe('pm run --workers', () => {
  test('several processes behind the same ports; one that is killed is started anew while the others serve; SIGTERM ends all', async () => {
    const { child, urls, ended, lines, text } = await run('two', '2', {
      store: 'postgres',
      postgresUrl: server.url,
      postgresSchema: 'two',
    });
    assert.ok(urls !== undefined, text());
    const { status, workers } = await look<Ready>(`${urls.operations}/health/ready`);
    assert.deepEqual([status, ...workers.map((one) => `${one.worker} ${one.status}`)], ['ready', '1 ready', '2 ready']);

    const seconds = async (): Promise<ReadonlySet<string | undefined>> => {
      const metrics = await (await fetch(`${urls.operations}/metrics`)).text();
      return new Set([...metrics.matchAll(/^pm_outbound_request_seconds_count\{worker="(\d)"/gm)].map(([, worker]) => worker));
    };
    for (let times = 0; times < 4; times++)
      await fetch(`${urls.outbound}/transfers/unknown-${times}`, { headers: { connection: 'close' } });
    assert.deepEqual(await seconds(), new Set(['1', '2']), 'connections go to each in turn');

    const victim = lines('worker started').find(({ number }) => number === 1)?.process ?? 0;
    process.kill(victim, 'SIGKILL');
    await until(() => (lines('worker ended').length > 0 ? true : undefined));
    assert.equal((await fetch(`${urls.outbound}/`, { headers: { connection: 'close' } })).status, 200);
    assert.equal((await fetch(`${urls.operations}/health/ready`)).status, 200);
    const again = lines('worker started').findLast(({ number }) => number === 1)?.process ?? 0;
    assert.notEqual(again, victim);
    await until(async () => ((await look<Ready>(`${urls.operations}/health/ready`)).workers[0]?.status === 'ready' ? true : undefined));

    // one signal to the whole: each process reads its configuration, and says what it cannot take over
    const file = join(folder, 'two.yaml');
    const config = JSON.parse(await readFile(file, 'utf8')) as { hub: object };
    await writeFile(file, JSON.stringify({ ...config, log: { level: 'debug' }, hub: { ...config.hub, maxQueued: 9 } }));
    child.kill('SIGHUP');
    const read = await until(() => (lines('configuration read anew').length === 3 ? lines('configuration read anew') : undefined));
    assert.deepEqual(read.map(({ worker, taken, restart }) => `${worker}: ${taken}; ${restart}`).sort(), [
      '1: log.level; hub.maxQueued',
      '2: log.level; hub.maxQueued',
      'primary: log.level; hub.maxQueued',
    ]);

    child.kill('SIGTERM');
    assert.equal(await ended, 0, text());
    assert.deepEqual(
      lines('stopped')
        .map(({ worker }) => worker)
        .sort(),
      ['1', '2'],
    );
    assert.ok(!alive(again));
  });

  test('when the primary is killed the workers leave in good order', async () => {
    const journal = { store: 'postgres', postgresUrl: server.url, postgresSchema: 'orphans' };
    const { child, urls, lines, text } = await run('orphans', '2', journal);
    assert.ok(urls !== undefined, text());
    const pids = (await until(() => (lines('worker started').length === 2 ? lines('worker started') : undefined))).map(
      (one) => one.process,
    );
    child.kill('SIGKILL');
    await until(() => (pids.some((pid) => alive(pid ?? 0)) ? undefined : true));
    assert.equal(lines('stopped').length, 2, text());
  });

  test('the webhook for alarms is told by the primary, once for all workers', async (t) => {
    const { url, bodies, stop } = await webhook();
    t.after(stop);
    const journal = { store: 'postgres', postgresUrl: server.url, postgresSchema: 'told' };
    const { child, urls, ended, text } = await run('told', '2', journal, { alarmWebhook: { url } });
    assert.ok(urls !== undefined, text());
    const transferId = randomUUID();
    const headers = {
      'content-type': 'application/vnd.interoperability.transfers+json;version=1.1',
      date: new Date().toUTCString(),
      'fspiop-source': 'bluebank',
      'fspiop-destination': 'greenbank',
    };
    const body = JSON.stringify({ transferState: 'ABORTED' });
    const { status } = await fetch(`${urls.inbound}/transfers/${transferId}`, { method: 'PUT', headers, body });
    assert.equal(status, 200);
    await until(async () => bodies[0]);
    const metrics = await (await fetch(`${urls.operations}/metrics`)).text();
    assert.deepEqual(
      [...metrics.matchAll(/^pm_alarm_notices_owed\{worker="(\w+)"/gm)].map(([, worker]) => worker),
      ['primary'],
    );
    child.kill('SIGTERM');
    assert.equal(await ended, 0, text());
    assert.deepEqual(
      bodies.map((one) => JSON.parse(one) as Record<string, unknown>).map(({ id, event, momentary }) => [id, event, momentary]),
      [[`${transferId}:CALLBACK_UNEXPECTED`, 'began', true]],
    );
  });

  test('with a journal file it is exit code 78, and says what to use; a worker that cannot start gives its own exit code', async () => {
    const sqlite = await run('file', '2', { store: 'sqlite' });
    assert.equal(await sqlite.ended, 78);
    assert.match(sqlite.text(), /journal\.store.*postgres/);
    const away = await run('away', '2', { store: 'postgres', postgresUrl: 'postgres://pm@127.0.0.1:9/pm' });
    assert.equal(await away.ended, 69, away.text());
    assert.match(away.text(), /127\.0\.0\.1:9/);
  });
});

test('a vault in files is that of all workers of one folder; on another machine, with another vault, the product is refused', async () => {
  const journal = { store: 'postgres', postgresUrl: server.url, postgresSchema: `one_vault_${process.pid}` };
  for (const machine of ['machine-a', 'machine-b']) {
    await mkdir(join(folder, machine));
    await writeFile(join(folder, machine, 'journal.key'), 'ab'.repeat(32), { mode: 0o600 });
  }
  const first = await run('machine-a', '2', journal, {}, { store: 'file' });
  assert.ok(first.urls, first.text());
  const second = await run('machine-b', '1', journal, {}, { store: 'file' });
  assert.equal(await second.ended, 78, second.text());
  assert.match(second.text(), /has another vault in files.*\.\/pm backup --vault/);
});
