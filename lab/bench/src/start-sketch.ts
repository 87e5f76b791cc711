import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { nodeOptions } from '@payment-manager/payment-manager';
import { NAMES } from './bench-folder.ts';
import { startStubProcess } from './stub-process.ts';
import type { Subject } from './subject.ts';
import { threadCpu } from './threads.ts';
import type { Role } from './world.ts';

const main = fileURLToPath(new URL('../test/sketch/sketch.main.ts', import.meta.url));

/** Starts the sketch of one side, in a process of its own before a stub of its own; `folder` has keys and certificates. Its journal stays there. */
export async function startSketch(role: Role, folder: string): Promise<Subject> {
  const stub = await startStubProcess({ scenario: role, folder, ...NAMES });
  const { hubUrl, coreUrl } = stub;
  const [own, peer] = role === 'payer' ? [NAMES.payerFsp, NAMES.payeeFsp] : [NAMES.payeeFsp, NAMES.payerFsp];
  const start = JSON.stringify([role, { folder, hubUrl, coreUrl, own, peer, hubId: NAMES.hubId }]);
  const child = fork(main, [start], { execArgv: [...nodeOptions] });
  const [urls] = (await once(child, 'message')) as [{ inbound: string; outbound?: string }];
  await stub.connect({ [own]: urls.inbound.replace('127.0.0.1', 'localhost') }, urls.outbound);
  return {
    name: 'sketch',
    drive: stub.drive,
    async cpuMs() {
      child.send('usage');
      const [usage] = (await once(child, 'message')) as [{ cpuMs: number }];
      return usage.cpuMs;
    },
    threads: () => threadCpu(main, start),
    async stop() {
      child.disconnect();
      await once(child, 'exit');
      await stub.stop();
    },
  };
}
