import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';

/** Begins as the thread does, and tells what was loaded. */
const telling = (file: string): string => `
  const { registerHooks } = require('node:module');
  const { parentPort } = require('node:worker_threads');
  const loaded = [];
  registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
  import('${file}').then(() => parentPort.postMessage(loaded));
`;

test('the thread loads what it calls and reads with, and no server, log, metric or vault', async (t) => {
  const worker = new Worker(telling(import.meta.resolve('./api-worker.main.ts')), {
    eval: true,
    workerData: { url: 'http://127.0.0.1:9', maxAnswerBytes: 1_000 },
  });
  t.after(() => worker.terminate());
  const loaded = await new Promise<readonly string[]>((resolve, reject) => worker.on('message', resolve).on('error', reject));
  assert.ok(
    loaded.some((url) => url.endsWith('/undici/lib/dispatcher/pool.js')),
    loaded.join('\n'),
  );
  const heavy =
    /node_modules\/(?:fastify|pino|prom-client|koffi|ws|@peculiar)|packages\/(?:database|fspiop)\/|vault\/src\/(?:index|vault)\.ts/;
  assert.deepEqual(
    loaded.filter((url) => heavy.test(url)),
    [],
  );
});
