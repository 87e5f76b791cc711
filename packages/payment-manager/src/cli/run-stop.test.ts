/** How long a process takes to leave while what it calls never answers. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startTestPostgres, type TestPostgres } from '@payment-manager/database/test-postgres';
import { createHttpClient, type HttpClient } from '@payment-manager/runtime';
import { machineSpeed } from '@payment-manager/runtime/test-machine';
import { CLOSE_ALL_MS } from '../opened.ts';
import type { ReadyMessage } from '../workers/ready-message.ts';
import { nodeOptions } from './node-options.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const GRACE_MS = 1_000;
/** The grace, the second for answers, and what closing may take; one more for the rest. */
const LEFT_WITHIN_MS = GRACE_MS + 1_000 + CLOSE_ALL_MS + 1_000;

let folder: string;
let client: HttpClient;
let server: TestPostgres;
const children = new Set<ChildProcess>();
const sockets = new Set<Socket>();

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pm-stop-'));
  client = createHttpClient({});
  server = await startTestPostgres();
});
after(async () => {
  for (const child of children) child.kill('SIGKILL');
  for (const socket of sockets) socket.destroy();
  await Promise.all([client.close(), server.stop()]);
  rmSync(folder, { recursive: true });
});

/** Listens at a free port of 127.0.0.1, and answers nothing by itself. */
async function listening(onConnection: (socket: Socket) => void): Promise<{ readonly port: number; close(): void }> {
  const listener = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    onConnection(socket);
  });
  await new Promise<void>((resolve) => void listener.listen(0, '127.0.0.1', resolve));
  return { port: (listener.address() as AddressInfo).port, close: () => listener.close() };
}

/** A process of the product whose hub and core are at this port; its end as exit code or signal. */
async function started(name: string, silentPort: number, environment: Record<string, string> = {}) {
  const file = join(folder, `${name}.yaml`);
  const there = `{ baseUrl: 'http://127.0.0.1:${silentPort}' }`;
  writeFileSync(
    file,
    `fspId: greenbank\ndataFolder: ${name}\nhub: ${there}\ncore: ${there}\nsandbox: true\njws: { sign: false, verify: false }\ninbound: { host: 127.0.0.1, port: 0 }\noutbound: { port: 0 }\noperations: { port: 0 }\nshutdown: { graceMs: ${GRACE_MS} }\n`,
  );
  const child = spawn(process.execPath, [...nodeOptions, main, 'run', '--config', file], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { PATH: process.env['PATH'], ...environment },
  });
  children.add(child);
  let text = '';
  const keep = (chunk: unknown): void => {
    text += String(chunk);
  };
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', keep);
  const ended = new Promise<number | string | null>((resolve) => void child.once('close', (code, signal) => resolve(code ?? signal)));
  const urls = await new Promise<ReadyMessage>((resolve, reject) => {
    child.once('message', (message) => resolve(message as ReadyMessage));
    void ended.then(() => reject(new Error(text)));
  });
  /** SIGTERM; how it ended, and how long that took by the machine's own speed. */
  const left = async (): Promise<{ code: number | string | null; tookMs: number }> => {
    const at = machineSpeed.now();
    child.kill('SIGTERM');
    const code = await ended;
    return { code, tookMs: machineSpeed.now() - at };
  };
  return { urls, left, text: () => text };
}

describe('SIGTERM', () => {
  test('while the hub and the core never answer: it leaves within its grace, and whoever waits gets an answer', async () => {
    const seen = new Set<string>();
    const bothAsked = Promise.withResolvers<void>();
    const silent = await listening(
      (socket) =>
        void socket.on('data', (bytes) => {
          seen.add(String(bytes).split(' ')[1] ?? '');
          if (seen.size === 2) bothAsked.resolve();
        }),
    );
    const { urls, left, text } = await started('silent', silent.port);
    const headers = { 'content-type': 'application/json' };
    const body = {
      ...{ homeTransactionId: 'h-1', from: { idType: 'MSISDN', idValue: '27713803911' }, to: { idType: 'MSISDN', idValue: '27713803912' } },
      ...{ amountType: 'SEND', currency: 'USD', amount: '1', transactionType: 'TRANSFER' },
    };
    const url = `${urls.outbound}/transfers`;
    const waiting = client.request({ method: 'POST', url, headers, body: Buffer.from(JSON.stringify(body)), timeoutMs: 60_000 });
    const asked = await client.request({
      method: 'GET',
      url: `${urls.inbound}/parties/MSISDN/27713803911`,
      headers: {
        ...{
          accept: 'application/vnd.interoperability.parties+json;version=1.1',
          'fspiop-source': 'bluewallet',
          'fspiop-destination': 'greenbank',
        },
        ...{ 'content-type': 'application/vnd.interoperability.parties+json;version=1.1', date: new Date().toUTCString() },
      },
      timeoutMs: 10_000,
    });
    assert.equal(asked.kind === 'answer' ? asked.status : asked.code, 202, text());
    // the hub for the payee, the core for the customer
    await bothAsked.promise;
    const { code, tookMs } = await left();
    assert.equal(code, 0, text());
    assert.ok(tookMs < LEFT_WITHIN_MS, `${tookMs} ms\n${text()}`);
    const answer = await waiting;
    assert.equal(answer.kind, 'answer', JSON.stringify(answer));
    assert.match(text(), /"stopped"/);
    silent.close();
  });

  test('while the database says nothing any more: it leaves all the same, and says what it could not close', async () => {
    const target = new URL(server.url);
    const [port, host] = [Number(target.port), target.hostname];
    let deaf = false;
    const cable = await listening((socket) => {
      const far = connect(port, host);
      sockets.add(far.on('error', () => {}));
      socket.pipe(far);
      far.on('data', (bytes) => {
        if (!deaf) socket.write(bytes);
      });
    });
    target.port = String(cable.port);
    const { left, text } = await started('deaf', 9, {
      PM_JOURNAL_STORE: 'postgres',
      PM_JOURNAL_POSTGRES_URL: target.href,
      PM_JOURNAL_POSTGRES_SCHEMA: 'stop',
    });
    deaf = true;
    const { code, tookMs } = await left();
    assert.equal(code, 0, text());
    assert.ok(tookMs < LEFT_WITHIN_MS, `${tookMs} ms\n${text()}`);
    assert.match(text(), /"open":"[^"]*journal[^"]*","msg":"still open at the end/);
    assert.match(text(), /"stopped"/);
    cable.close();
  });
});
