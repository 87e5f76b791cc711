import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../lab/local-scheme/src/sandbox-ports.ts';
import { nodeOptions } from '../../packages/payment-manager/src/cli/node-options.ts';
import { assertBooks, exceptionCodes } from '../scheme/books.ts';
import { behind, REST_CORE } from '../scheme/configuration.ts';
import { type SchemeFolders, schemeFolders } from '../scheme/folders.ts';
import { nothingOpen } from '../scheme/open-records.ts';
import { beginPayment, ended, pay, SIPHO } from '../scheme/payments.ts';
import { type ProcessScheme, startProcessScheme } from '../scheme/process-scheme.ts';
import { until } from '../scheme/waiting.ts';

/*
 * A DFSP whose core is reached by a connector in a process of its own (`./pm connector run`), which its Payment Manager calls as it calls any core
 * over HTTP. Either of the two is killed in the middle of a payment.
 */

const MAIN = fileURLToPath(import.meta.resolve('@payment-manager/payment-manager/main'));

let folders: SchemeFolders;
before(async () => {
  folders = await schemeFolders('stand-alone');
});
after(() => folders.remove());

/** Of what was said with the core, as the operations API shows it. */
interface KeptCall {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The connector's process: as an operator starts it, with a failpoint that a test may arm while it runs. */
class ConnectorProcess {
  readonly #folder: string;
  readonly #config: string;
  readonly #armed: string;
  #child: ChildProcess | undefined;
  operations = '';

  constructor(folder: string, dfsp: Parameters<typeof behind>[2], port: number) {
    this.#folder = folder;
    this.#armed = join(folder, 'failpoint');
    this.#config = join(folder, 'core-connector.yaml');
    const core = behind(REST_CORE, folder, dfsp);
    const listens = { backend: { port, callMs: 4_000 }, operations: { port: 0 } };
    writeFileSync(this.#config, JSON.stringify({ fspId: 'bluewallet', sandbox: true, dataFolder: 'connector-data', core, ...listens }));
  }

  get journalFile(): string {
    return join(this.#folder, 'connector-data', 'journal.db');
  }

  async start(): Promise<void> {
    rmSync(this.#armed, { force: true });
    const log = openSync(join(this.#folder, 'connector.log'), 'a');
    const child = spawn(process.execPath, [...nodeOptions, MAIN, 'connector', 'run', REST_CORE, '--config', this.#config], {
      stdio: ['ignore', log, log, 'ipc'],
      env: { ...process.env, PM_FAILPOINT: `@${this.#armed}` },
    });
    this.#child = child;
    const ready = await Promise.race([
      new Promise<{ operations: string }>((resolve) => child.once('message', (message) => resolve(message as { operations: string }))),
      this.ended(),
    ]);
    assert.ok(typeof ready === 'object', `it did not start (${ready}):\n${readFileSync(join(this.#folder, 'connector.log'), 'utf8')}`);
    this.operations = ready.operations;
  }

  async messages(transferId: string): Promise<readonly KeptCall[]> {
    const token = readFileSync(join(this.#folder, 'connector-data', 'operations.token'), 'utf8').trim();
    const response = await fetch(`${this.operations}/payments/${transferId}/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ by: 'test', personal: true }),
    });
    const text = await response.text();
    assert.equal(response.status, 200, text);
    return (JSON.parse(text) as { messages: KeptCall[] }).messages;
  }

  /** Exit code and last line of `./pm connector replay`. */
  async replay(transferId: string): Promise<readonly [number | null, string | undefined]> {
    const child = spawn(process.execPath, [
      ...nodeOptions,
      MAIN,
      'connector',
      'replay',
      transferId,
      '--connector',
      REST_CORE,
      '--config',
      this.#config,
    ]);
    let text = '';
    child.stdout.on('data', (bytes: Buffer) => {
      text += bytes.toString();
    });
    child.stderr.pipe(process.stderr);
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return [code, text.trim().split('\n').at(-1)];
  }

  arm(failpoint: string): void {
    writeFileSync(`${this.#armed}.new`, failpoint);
    renameSync(`${this.#armed}.new`, this.#armed);
  }

  ended(): Promise<number | string> {
    const child = this.#child as ChildProcess;
    if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.signalCode ?? child.exitCode ?? '');
    return new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code ?? '')));
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | string> {
    this.#child?.kill(signal);
    return this.ended();
  }
}

/** Each waits for a quiet time that no machine shortens. */
const LONG = process.env['PM_TEST_LONG'] === '1';
const MORE_KILLS = [
  ['connector', 'core.before.call'],
  ['connector', 'core.after.call'],
  ['payee', 'core.after.transfer'],
] as const;

const lasting = { lifetimes: { prepareMs: 25_000, quoteRequestMs: 25_000 }, timeouts: { backendMs: 5_000 } };

async function withConnector(t: TestContext, work: (running: ProcessScheme, connector: ConnectorProcess) => Promise<void>): Promise<void> {
  const port = await freePort();
  const folder = folders.next();
  const core = {
    baseUrl: `http://127.0.0.1:${port}`,
    atPrepare: 'reserve',
    transferRepeatable: true,
    transferAskable: true,
    repeatKeepsRefusals: true,
    quietMs: 4_000,
  } as const;
  const running = await startProcessScheme({ folder, payer: lasting, payee: { ...lasting, core } });
  const connector = new ConnectorProcess(folder, running.scheme.dfsp(running.payee.fspId), port);
  t.after(async () => {
    await connector.end('SIGKILL');
    await running.stop();
  });
  await connector.start();
  await Promise.all([running.payer.start(), running.payee.start()]);
  await work(running, connector);
}

async function atRest({ payer, payee, scheme }: ProcessScheme, connector: ConnectorProcess, committed: readonly string[]): Promise<void> {
  await nothingOpen(payer.journalFile);
  await nothingOpen(payee.journalFile);
  await nothingOpen(connector.journalFile);
  const codes = await Promise.all([payer.operations, payee.operations, connector.operations].map(exceptionCodes));
  assert.deepEqual(codes, [[], [], []]);
  assertBooks(payer.core, payee.core, scheme.hub, { committed });
}

/** What it said with the core is kept by this process, and its payments can be gone over again. */
async function keptAndReplayed(connector: ConnectorProcess, transferId: string): Promise<void> {
  // the payer's side is over before the core has been told
  const messages = await until('the capture', async () => {
    const all = await connector.messages(transferId);
    return all.filter(({ method }) => method === 'POST').length === 2 ? all : undefined;
  });
  const said = messages.map(({ method, target }) => `${method} ${target.replace(/^.*\/bank/, '')}`);
  assert.deepEqual(
    said.filter((line) => line.startsWith('POST')),
    ['POST /holds', `POST /holds/H-${transferId}-payee-hold/capture`],
  );
  assert.ok(messages.every(({ headers }) => headers['authorization'] === '[not kept]'));
  const replayed = await connector.replay(transferId);
  assert.deepEqual(replayed, [0, 'Nothing would be otherwise.']);
}

describe('a connector in a process of its own', () => {
  test('payments are made and refused over its backend API; killed around each of its calls, or its caller killed, money moves once', (t) =>
    withConnector(t, async (running, connector) => {
      const { payer, payee } = running;
      const first = await pay(payer);
      assert.equal(first.state, 'COMPLETED');
      await keptAndReplayed(connector, first.transferId ?? '');
      assert.equal((await pay(payer, { to: SIPHO })).state, 'ERROR_OCCURRED');
      const committed = ['25'];
      const kills: readonly (readonly [side: 'connector' | 'payee', failpoint: string])[] = [
        ['connector', 'core.after.call:2'],
        ['payee', 'core.after.notify'],
        ...(LONG ? MORE_KILLS : []),
      ];
      if (!LONG) t.diagnostic('two of five kills: PM_TEST_LONG=1 makes all');
      for (const [side, failpoint] of kills) {
        await t.test(`${side} at ${failpoint}`, async () => {
          (side === 'connector' ? connector : payee).arm(failpoint);
          const id = await beginPayment(payer, { amount: '1.5' });
          if (side === 'connector') {
            assert.equal(await connector.ended(), 'SIGKILL');
            await connector.start();
          } else {
            assert.equal(await payee.death(10_000), 'SIGKILL');
            await payee.start();
          }
          assert.equal((await ended(payer, id, 30_000)).state, 'COMPLETED');
          committed.push('1.5');
          await until(
            'the books and journals',
            () =>
              atRest(running, connector, committed).then(
                () => true,
                () => undefined,
              ),
            30_000,
          );
          await atRest(running, connector, committed);
        });
      }
      assert.equal(await connector.end('SIGTERM'), 0, 'it leaves by itself when it is asked to');
    }));
});
