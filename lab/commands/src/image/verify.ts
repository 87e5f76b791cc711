import { existsSync } from 'node:fs';
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, CommandFailed, EXIT_CODES, style, type Terminal, table } from '@payment-manager/payment-manager';
import { systemClock } from '@payment-manager/runtime';
import { runTool } from '../pack/tools.ts';
import {
  type Container,
  execIn,
  inspect,
  type Limits,
  lastLines,
  memoryOf,
  pause,
  removeContainer,
  runContainer,
  untilAnswers,
} from './container.ts';
import type { Runner } from './engine.ts';
import type { Platform } from './platform.ts';
import { megabytes } from './sizes.ts';

/** What is verified, with what. */
interface Verified {
  readonly version: string;
  readonly runner: Runner;
  readonly platform: Platform;
}

/** What was seen; times in milliseconds, memory in bytes. */
export interface Report {
  readonly runner: Runner;
  readonly platform: string;
  /** Absent where an emulator runs it, whose figures say nothing. */
  readonly limits?: Limits;
  readonly uncompressed: number;
  readonly steps: readonly { readonly what: string; readonly ms?: number; readonly memory?: number }[];
}

const LIMITS: Limits = { memoryMb: 256, cpus: 0.5 };
/** Of the sandbox, with the limits of the product beside it. */
const PATIENCE_MS = 120_000;
/** The same in an emulator, which takes some fifteen times as long. */
const EMULATED_PATIENCE_MS = 1_200_000;
const DATA = '/var/lib/payment-manager';

/**
 * `./pm image --verify`: the scheme in one container, greenbank's Payment Manager in another one with little memory, half a core and few rights.
 * A payment, SIGKILL, the same container started again on its data, a payment, SIGTERM. @throws CommandFailed with the last lines of who failed
 */
export const verifyImages = async (
  { version, runner, platform }: Verified,
  options: Parameters<Command>[1],
  terminal: Terminal,
): Promise<number> => {
  const basePort = Number(options['basePort'] ?? 4_600);
  const product = { runner, name: `payment-manager-verify-${process.pid}` };
  const sandbox = { runner, name: `payment-manager-verify-sandbox-${process.pid}` };
  const volume = await mkdtemp(join(tmpdir(), 'pm-image-verify-'));
  // whose user in the containers is not ours
  await chmod(volume, 0o700);
  if (process.getuid?.() === 0) await chown(volume, 1_000, 1_000);
  try {
    const report = await verified({ version, product, sandbox, volume, basePort, platform });
    terminal.out(options['json'] === true ? JSON.stringify(report, undefined, 2) : shown(report));
    return EXIT_CODES.ok;
  } catch (error) {
    const said = await Promise.all([product, sandbox].map(async (one) => `${one.name}:\n${await lastLines(one)}`));
    throw new CommandFailed(EXIT_CODES.failed, `The images do not do what they should: ${(error as Error).message}\n${said.join('\n')}`);
  } finally {
    await removeContainer(product);
    await removeContainer(sandbox);
    await rm(volume, { recursive: true, force: true });
  }
};

interface Parts {
  readonly version: string;
  readonly product: Container;
  readonly sandbox: Container;
  readonly volume: string;
  readonly basePort: number;
  readonly platform: Platform;
}

async function verified({ version, product, sandbox, volume, basePort, platform }: Parts): Promise<Report> {
  const steps: { what: string; ms?: number; memory?: number }[] = [];
  const named = `${version}${platform.suffix}`;
  const image = `localhost/payment-manager:${named}`;
  const limited = platform.own ? { limits: LIMITS } : {};
  const patienceMs = platform.own ? PATIENCE_MS : EMULATED_PATIENCE_MS;
  await runContainer(sandbox, `localhost/payment-manager-sandbox:${named}`, {
    volume,
    args: ['start', '--folder', DATA, '--base-port', String(basePort), '--outside', 'greenbank'],
  });
  const configuration = join(volume, 'greenbank/payment-manager.yaml');
  await untilThere(configuration, patienceMs);
  const ready = `http://127.0.0.1:${basePort + 12}/health/ready`;
  await runContainer(product, image, {
    ...limited,
    volume,
    environment: {
      PM_CONFIG_FILE: `${DATA}/greenbank/payment-manager.yaml`,
      PM_DATA_FOLDER: `${DATA}/greenbank/data`,
      PM_OPERATIONS_PORT: String(basePort + 12),
    },
    args: ['run'],
  });
  steps.push({ what: 'connected to the scheme, ready for the first time', ms: await untilAnswers(ready, patienceMs) });
  await untilThere(join(volume, 'running.json'), patienceMs);
  steps.push(await payment(sandbox, 'payment'));
  await healthy(product, patienceMs);
  steps.push({ what: 'health check of the image: healthy' });
  await runTool(product.runner, ['kill', '--signal', 'KILL', product.name], '/');
  await untilEnded(product, patienceMs);
  steps.push({ what: 'SIGKILL' });
  await runTool(product.runner, ['start', product.name], '/');
  steps.push({ what: 'started again on the same data, ready', ms: await untilAnswers(ready, patienceMs) });
  steps.push(await payment(sandbox, 'payment after the kill'));
  const memory = await memoryOf(product);
  if (memory !== undefined && platform.own) {
    steps.push({ what: 'memory after it', memory: memory.now });
    steps.push({ what: 'most memory', memory: memory.most });
    if (memory.limit !== undefined) steps.push({ what: 'limit that the system holds it to', memory: memory.limit });
  }
  steps.push(await stopped(product, patienceMs));
  const uncompressed = Number((await runTool(product.runner, ['image', 'inspect', '--format', '{{.Size}}', image], '/')).trim());
  return { runner: product.runner, platform: platform.name, ...limited, uncompressed, steps };
}

/** The demo core of greenbank pays a customer of bluewallet; `./pm send` ends with 0 only when the payment is COMPLETED. */
async function payment(sandbox: Container, what: string): Promise<{ readonly what: string; readonly ms: number }> {
  const said = await execIn(sandbox, 'pm', 'send', '5', 'USD', 'to', 'MSISDN', '27713803912', '--yes', '--folder', DATA);
  const [, ms] = /COMPLETED after (\d+) ms/.exec(said) ?? [];
  if (ms === undefined) throw new Error(`the payment is not completed: ${said}`);
  return { what: `${what}: COMPLETED`, ms: Number(ms) };
}

/** The image's own check, as the engine runs it: podman is told to, docker looks by itself. @throws Error with what the check said */
async function healthy(container: Container, patienceMs: number): Promise<void> {
  const begun = systemClock.monotonic();
  for (;;) {
    if (container.runner === 'podman') await runTool('podman', ['healthcheck', 'run', container.name], '/').catch(() => {});
    if ((await inspect(container, '{{.State.Health.Status}}')) === 'healthy') return;
    if (systemClock.monotonic() - begun > patienceMs)
      throw new Error(`the health check never says healthy: ${await inspect(container, '{{json .State.Health.Log}}')}`);
    await pause(1_000);
  }
}

/** SIGTERM, as an engine sends it to process 1. It must end by itself, with 0. */
async function stopped(container: Container, patienceMs: number): Promise<{ readonly what: string; readonly ms: number }> {
  const begun = systemClock.monotonic();
  await runTool(container.runner, ['kill', '--signal', 'TERM', container.name], '/');
  await untilEnded(container, patienceMs);
  const code = await inspect(container, '{{.State.ExitCode}}');
  if (code !== '0') throw new Error(`after SIGTERM it ended with ${code}`);
  return { what: 'SIGTERM: ended with 0', ms: systemClock.monotonic() - begun };
}

async function untilEnded(container: Container, patienceMs: number): Promise<void> {
  const begun = systemClock.monotonic();
  while ((await inspect(container, '{{.State.Running}}')) !== 'false') {
    if (systemClock.monotonic() - begun > patienceMs) throw new Error(`${container.name} does not end`);
    await pause(100);
  }
}

async function untilThere(file: string, patienceMs: number): Promise<void> {
  const begun = systemClock.monotonic();
  while (!existsSync(file)) {
    if (systemClock.monotonic() - begun > patienceMs) throw new Error(`${file} does not come`);
    await pause(50);
  }
}

function shown({ runner, platform, limits, uncompressed, steps }: Report): string {
  const rows = steps.map(({ what, ms, memory }) => [
    what,
    ms === undefined ? (memory === undefined ? '' : megabytes(memory)) : `${Math.round(ms)} ms`,
  ]);
  const bounds = limits === undefined ? 'an emulator' : `${limits.memoryMb} MB, ${limits.cpus} of a core`;
  return [
    `Run by ${runner} for ${platform} as user 1000 with ${bounds}, a read-only file system, no capabilities, 10,000 files and 1,000 processes at most.`,
    `The image has ${megabytes(uncompressed)} unpacked.\n`,
    table(['what', ''], rows),
    style.good('\nThe images do what they should.'),
  ].join('\n');
}
