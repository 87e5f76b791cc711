import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createHttpClient } from '@payment-manager/runtime';
import { fillFolder, NAMES } from '../../lab/bench/src/bench-folder.ts';
import { measureMachine, PAYEE_SIGNATURES, PAYER_SIGNATURES, rsaFloorMs } from '../../lab/bench/src/machine.ts';
import { startStubProcess } from '../../lab/bench/src/stub-process.ts';
import { startWorld } from '../../lab/bench/src/world.ts';
import { nodeOptions } from '../../packages/payment-manager/src/cli/node-options.ts';

/**
 * `node_modules/.bin/node tests/sketch/measure.ts [ROUNDS] [PAYMENTS]`: product and sketch in turn before the same stub, 50 payments at
 * once. Prints CPU milliseconds per payment of both, and their ratio: a yardstick that machines of any speed have in common.
 */
const [rounds = 2, payments = 6_000] = process.argv.slice(2).map(Number);
const concurrency = 50;
const warmUpMs = 8_000;
const folder = await mkdtemp(join(tmpdir(), 'pm-sketch-'));
const client = createHttpClient({});
type Role = 'payer' | 'payee';
interface Subject {
  readonly drive: (load: {
    concurrency: number;
    payments: number | undefined;
    ms: number | undefined;
  }) => Promise<{ failed: number; elapsedMs: number }>;
  readonly cpuMs: () => Promise<number>;
  readonly stop: () => Promise<void>;
}
try {
  await fillFolder(folder);
  for (let round = 0; round < rounds; round++) {
    const machine = measureMachine();
    for (const role of ['payer', 'payee'] as const) {
      const floor = rsaFloorMs(machine, role === 'payer' ? PAYER_SIGNATURES : PAYEE_SIGNATURES);
      const product = await cost(await startProduct(role, `${role}-${round}`));
      const sketch = await cost(await startSketch(role));
      const text = `${role}  signatures ${floor.toFixed(2)}  sketch ${sketch.toFixed(2)}  product ${product.toFixed(2)} ms`;
      process.stdout.write(`${text}  product : sketch ${(product / sketch).toFixed(2)}\n`);
    }
  }
} finally {
  await client.close();
  await rm(folder, { recursive: true });
}

async function cost(subject: Subject): Promise<number> {
  try {
    await subject.drive({ concurrency, payments: undefined, ms: warmUpMs });
    const before = await subject.cpuMs();
    const { failed } = await subject.drive({ concurrency, payments, ms: undefined });
    if (failed > 0) throw new Error(`${failed} payments failed`);
    return ((await subject.cpuMs()) - before) / payments;
  } finally {
    await subject.stop();
  }
}

async function startProduct(role: Role, run: string): Promise<Subject> {
  const world = await startWorld(role, folder, run, client);
  return { drive: world.stub.drive, cpuMs: async () => (await world.usage(role)).cpuMs, stop: world.stop };
}

async function startSketch(role: Role): Promise<Subject> {
  const stub = await startStubProcess({ scenario: role, folder, ...NAMES });
  const { hubUrl, coreUrl } = stub;
  const [own, peer] = role === 'payer' ? [NAMES.payerFsp, NAMES.payeeFsp] : [NAMES.payeeFsp, NAMES.payerFsp];
  const start = JSON.stringify([role, { folder, hubUrl, coreUrl, own, peer, hubId: NAMES.hubId }]);
  const child = fork(fileURLToPath(new URL('./sketch.main.ts', import.meta.url)), [start], { execArgv: [...nodeOptions] });
  const [urls] = (await once(child, 'message')) as [{ inbound: string; outbound?: string }];
  await stub.connect({ [own]: urls.inbound.replace('127.0.0.1', 'localhost') }, urls.outbound);
  const cpuMs = async (): Promise<number> => {
    child.send('usage');
    const [usage] = (await once(child, 'message')) as [{ cpuMs: number }];
    return usage.cpuMs;
  };
  const stop = async (): Promise<void> => {
    child.disconnect();
    await once(child, 'exit');
    await stub.stop();
  };
  return { drive: stub.drive, cpuMs, stop };
}
