import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Readable } from 'node:stream';
import { after, afterEach, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createHttpClient, type HttpClient, systemTimers } from '@payment-manager/runtime';
import type { ReadyMessage } from '../workers/ready-message.ts';
import { nodeOptions } from './node-options.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

let folder: string;
let client: HttpClient;
const children = new Set<ChildProcess>();

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pm-run-'));
  client = createHttpClient({});
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
});
after(async () => {
  await client.close();
  await rm(folder, { recursive: true });
});

interface Run {
  readonly child: ChildProcess;
  readonly ready: Promise<ReadyMessage | undefined>;
  /** Exit code or signal. */
  readonly ended: Promise<number | string | null>;
  text(): string;
}

/** Starts `pm run` with a configuration of its own; `extra` is appended to it. */
async function run(name: string, extra = '', environment: Record<string, string> = {}): Promise<Run> {
  const file = join(folder, `${name}.yaml`);
  await writeFile(
    file,
    `fspId: greenbank\ndataFolder: ${name}\nhub: { baseUrl: 'http://127.0.0.1:9' }\ncore: { baseUrl: 'http://127.0.0.1:9' }\nsandbox: true\njws: { sign: false, verify: false }\noutbound: { port: 0 }\noperations: { port: 0 }\n${extra === '' ? 'inbound: { host: 127.0.0.1, port: 0 }\n' : extra}`,
  );
  const child = spawn(process.execPath, [...nodeOptions, main, 'run', '--config', file], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, ...environment },
  });
  children.add(child);
  let text = '';
  child.stdout?.on('data', (chunk) => (text += chunk));
  child.stderr?.on('data', (chunk) => (text += chunk));
  // Not the event `close`: it never comes once this side has cut the channel.
  const exited = new Promise<number | string | null>((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));
  const ended = Promise.all([exited, once(child.stdout as Readable, 'close'), once(child.stderr as Readable, 'close')]).then(
    ([exit]) => exit,
  );
  const message = new Promise<ReadyMessage>((resolve) => child.once('message', (ready) => resolve(ready as ReadyMessage)));
  return { child, ready: Promise.race([message, ended.then(() => undefined)]), ended, text: () => text };
}

async function status(url: string, headers: Record<string, string> = {}): Promise<number | string> {
  const outcome = await client.request({ method: 'GET', url, headers, timeoutMs: 5000 });
  return outcome.kind === 'answer' ? outcome.status : outcome.code;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => void systemTimers.after(ms, resolve));

/** Until it stands in the output. */
async function said({ text, ended }: Run, wanted: RegExp): Promise<void> {
  let over = false;
  void ended.then(() => {
    over = true;
  });
  while (!wanted.test(text())) {
    assert.ok(!over, `it ended without ${wanted}: ${text()}`);
    await pause(50);
  }
}

describe('pm run', () => {
  test('SIGHUP: what can be taken over is in force, the rest is told; a configuration that cannot be used changes nothing', async () => {
    const file = join(folder, 'reload.yaml');
    const one = await run('reload');
    const urls = await one.ready;
    assert.ok(urls);
    const before = await readFile(file, 'utf8');
    const token = (await readFile(join(folder, 'reload/operations.token'), 'utf8')).trim();
    const changes = async (): Promise<string> => {
      const headers = { authorization: `Bearer ${token}` };
      const outcome = await client.request({ method: 'GET', url: `${urls.operations}/configuration/changes`, headers, timeoutMs: 5_000 });
      return outcome.kind === 'answer'
        ? `${outcome.status} ${JSON.stringify(JSON.parse(String(Buffer.from(outcome.body))))}`
        : outcome.code;
    };
    assert.match(await changes(), /^200 \{"changes":\[\]/);

    await writeFile(file, `${before}log: { level: warn }\nlimits: { inFlightPayments: 7, restingRecords: 7 }\n`);
    assert.match(await changes(), /"path":"limits\.inFlightPayments","from":"2000","to":"7","takes":"reload"/);
    one.child.kill('SIGHUP');
    while (/"takes":"reload"/.test(await changes())) await pause(50);
    assert.match(await changes(), /"path":"limits\.restingRecords","from":"1000","to":"7","takes":"restart"/);

    await writeFile(file, `${before}log: { level: loud }\n`);
    assert.match(await changes(), /^409 \{"code":"CONFIG_INVALID"/);
    one.child.kill('SIGHUP');
    await said(one, /"level":"error".*the configuration was not taken over/);

    await writeFile(file, `${before}log: { level: debug }\n`);
    one.child.kill('SIGHUP');
    await said(one, /"taken":"limits\.inFlightPayments log\.level","restart":"".*configuration read anew/);
    one.child.kill('SIGTERM');
    assert.equal(await one.ended, 0);
  });

  test('a journal of the first stored form is refused with what to do, exit code 78', async () => {
    const first = await run('old-form');
    assert.ok(await first.ready);
    first.child.kill('SIGTERM');
    assert.equal(await first.ended, 0);
    const db = new DatabaseSync(join(folder, 'old-form', 'journal.db'));
    db.exec('PRAGMA user_version = 5');
    db.close();
    const again = await run('old-form');
    assert.equal(await again.ended, 78);
    assert.match(again.text(), /stored form that this version does not read.*set it aside/);
  });

  test('its API for the DFSP wants the token of `outbound.tokenFile`, where there is one; that it is there anybody may see', async () => {
    const file = join(folder, 'outbound.token');
    await writeFile(file, `${'t'.repeat(32)}\n`, { mode: 0o600 });
    const { ready, text } = await run('tokened', '', { PM_OUTBOUND_TOKEN_FILE: file });
    const urls = await ready;
    assert.ok(urls !== undefined, text());
    const unknown = `${urls.outbound}/transfers/7c23e80c-d078-4077-8263-2c047876fcf6`;
    assert.equal(await status(`${urls.outbound}/`), 200);
    for (const url of [unknown, `${urls.outbound}/docs`, `${urls.outbound}/?x`, `${urls.outbound}//`])
      assert.equal(await status(url), 401, url);
    assert.equal(await status(`${urls.outbound}/docs`, { authorization: `Bearer ${'t'.repeat(31)}` }), 401);
    assert.equal(await status(`${urls.outbound}/docs`, { authorization: `Bearer ${'t'.repeat(32)}` }), 200);
    await writeFile(file, 'too-short');
    const { ended, text: said } = await run('tokened-wrong', '', { PM_OUTBOUND_TOKEN_FILE: file });
    assert.equal(await ended, 78, said());
    assert.match(said(), /outbound\.tokenFile.*32 to 512/);
    assert.doesNotMatch(said(), /too-short/);
  });

  test('it is ready, answers on its three servers, says so in one log line, and leaves on SIGTERM with exit code 0', async () => {
    const { child, ready, ended, text } = await run('whole');
    const urls = await ready;
    assert.ok(urls !== undefined, text());
    assert.equal(await status(`${urls.operations}/health/ready`), 200);
    assert.equal(await status(`${urls.outbound}/`), 200);
    assert.equal(await status(`${urls.inbound}/nothing`), 404);
    child.kill('SIGTERM');
    assert.equal(await ended, 0, text());
    const lines = text()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { msg: string; sinceProcessStartMs?: number });
    const readyLines = lines.filter(({ msg }) => msg === 'ready');
    assert.equal(readyLines.length, 1);
    assert.ok((readyLines[0]?.sinceProcessStartMs ?? Number.NaN) > 0);
    assert.equal(lines.at(-1)?.msg, 'stopped');
  });

  test('without any key to verify with it is not ready, and says what is missing', async () => {
    await mkdir(join(folder, 'no-peers'));
    const { child, ready, ended, text } = await run('unverified', '', { PM_JWS_VERIFY: 'true', PM_JWS_PEER_KEYS_FOLDER: 'no-peers' });
    const urls = await ready;
    const outcome = await client.request({ method: 'GET', url: `${urls?.operations}/health/ready`, headers: {}, timeoutMs: 5000 });
    assert.ok(outcome.kind === 'answer' && outcome.status === 503, text());
    assert.match(Buffer.from(outcome.body).toString(), /no public key of a peer or of the hub in `jws\.peerKeysFolder`/);
    child.kill('SIGTERM');
    await ended;
    assert.match(text(), /"a file of the configuration"/);
  });

  test('a Ctrl-C that arrives twice, from the terminal and from the leader of the group, is one wish', async () => {
    const { child, ready, ended, text } = await run('twice');
    await ready;
    child.kill('SIGINT');
    child.kill('SIGTERM');
    assert.equal(await ended, 0, text());
    assert.match(text(), /"stopped"/);
  });

  test('it leaves when the process that started it as a part is gone', async () => {
    const { child, ready, ended } = await run('orphan');
    await ready;
    child.disconnect();
    assert.equal(await ended, 0);
  });

  test('killed and started again it is ready, for its lock died with it', async () => {
    const first = await run('killed');
    await first.ready;
    first.child.kill('SIGKILL');
    assert.equal(await first.ended, 'SIGKILL');
    const second = await run('killed');
    assert.ok((await second.ready) !== undefined, second.text());
  });

  test('a data folder that is in use, and a port that is taken, end it with exit code 69 and the reason', async () => {
    const first = await run('shared');
    const urls = await first.ready;
    const second = await run('shared');
    assert.equal(await second.ended, 69, second.text());
    assert.match(second.text(), /another process/i);
    const third = await run('port', `inbound: { host: 127.0.0.1, port: ${new URL(urls?.inbound ?? '').port} }\n`);
    assert.equal(await third.ended, 69, third.text());
    assert.match(third.text(), /`inbound\.port` \(\d+\) cannot be opened/);
  });

  test('docs/money-rules.md, 5, a missing certificate and a journal without its key: exit code 78, and nothing was started', async () => {
    const unsigned = await run('unsigned', 'inbound: { host: 127.0.0.1, port: 0 }\n', {
      PM_SANDBOX: 'false',
      PM_JWS_VERIFY: 'true',
      PM_JWS_PEER_KEYS_FOLDER: '.',
      PM_JWS_HUB_MAY_BE_UNSIGNED: 'true',
    });
    assert.equal(await unsigned.ended, 78, unsigned.text());
    assert.match(unsigned.text(), /jws\.hubMayBeUnsigned/);
    const tls = 'inbound: { host: 127.0.0.1, port: 0, tls: { enabled: true, certificateFile: no.pem, keyFile: no.key, caFile: ca.pem } }\n';
    const noCertificate = await run('certificate', tls);
    assert.equal(await noCertificate.ended, 78, noCertificate.text());
    assert.match(noCertificate.text(), /no\.pem|ca\.pem|no\.key/);
    const first = await run('keyless');
    await first.ready;
    first.child.kill('SIGTERM');
    await first.ended;
    await rm(join(folder, 'keyless', 'journal.key'));
    const second = await run('keyless');
    assert.equal(await second.ended, 78, second.text());
    assert.match(second.text(), /journal\.key/);
  });
});
