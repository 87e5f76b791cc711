import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { CommandFailed, EXIT_CODES } from '@payment-manager/payment-manager';
import type { Driven, Load } from './drive.ts';
import type { Offer, Offered } from './offer.ts';
import type { FromStub, StubStart, ToStub } from './stub-protocol.ts';

/** Hub, cores and the maker of payments, in a process of their own. */
export interface StubProcess {
  readonly hubUrl: string;
  readonly coreUrl: string;
  /** Tells where the Payment Managers listen. Without `outboundUrl` the stub itself is the payer. */
  connect(inbound: Readonly<Record<string, string>>, outboundUrl: string | undefined): Promise<void>;
  drive(load: Load): Promise<Driven>;
  /** Offers loads at the same time; what became of each, in their order, and what the stub itself took for it. */
  offer(offers: readonly Offer[]): Promise<{ readonly offered: readonly Offered[]; readonly cpuMs: number }>;
  /** The core takes so long for each transfer from now on. */
  slowCore(transferMs: number): Promise<void>;
  /** Calls of the core, since its start. */
  coreCalls(): Promise<number>;
  stop(): Promise<void>;
}

const main = fileURLToPath(new URL('./stub.main.ts', import.meta.url));

/** Starts it. @throws CommandFailed when it ends instead of answering. */
export async function startStubProcess(start: StubStart): Promise<StubProcess> {
  const child = spawn(process.execPath, [main, JSON.stringify(start)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const ready = await answerOf(child, 'ready');
  const ask = <K extends FromStub['kind']>(message: ToStub, kind: K): Promise<Extract<FromStub, { kind: K }>> => {
    child.send(message);
    return answerOf(child, kind);
  };
  return {
    hubUrl: ready.hubUrl,
    coreUrl: ready.coreUrl,
    async connect(inbound, outboundUrl) {
      await ask({ kind: 'connect', inbound, outboundUrl }, 'connected');
    },
    drive: async (load) => (await ask({ kind: 'drive', load }, 'driven')).driven,
    offer: async (offers) => ask({ kind: 'offer', offers }, 'offered'),
    async slowCore(transferMs) {
      await ask({ kind: 'slow-core', transferMs }, 'slowed');
    },
    coreCalls: async () => (await ask({ kind: 'count' }, 'counted')).coreCalls,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}

function answerOf<K extends FromStub['kind']>(child: ChildProcess, kind: K): Promise<Extract<FromStub, { kind: K }>> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: FromStub): void => {
      child.off('exit', onExit);
      if (message.kind === kind) resolve(message as Extract<FromStub, { kind: K }>);
      else reject(new TypeError(`the stub answers ${message.kind} instead of ${kind}`));
    };
    const onExit = (code: number | null, signal: string | null): void => {
      child.off('message', onMessage);
      reject(new CommandFailed(EXIT_CODES.failed, `The stub hub's process ended (${signal ?? `exit code ${code}`}).`));
    };
    child.once('message', onMessage);
    child.once('exit', onExit);
  });
}
