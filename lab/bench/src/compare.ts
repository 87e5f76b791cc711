import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type SandboxPostgres, startSandboxPostgres } from '@payment-manager/local-scheme';
import { CommandFailed, EXIT_CODES, style } from '@payment-manager/payment-manager';
import type { HttpClient } from '@payment-manager/runtime';
import type { BenchJournal } from './bench-journal.ts';
import { type InTurn, type InTurnOptions, measureInTurn } from './in-turn.ts';
import { startSketch } from './start-sketch.ts';
import type { Subject } from './subject.ts';
import { threadCpu } from './threads.ts';
import { type Role, startWorld, type World } from './world.ts';

/** What is compared with the sketch, beside the product. */
export interface CompareOptions extends InTurnOptions {
  readonly roles: readonly Role[];
  /** Folder of another version of this project, with its packages installed: its product, too. */
  readonly against?: string | undefined;
  /** The product that keeps no messages, too. */
  readonly withoutMessages: boolean;
  /** The product with its portal, and the read model that is fed for it, too. */
  readonly withPortal: boolean;
  /** The product on a PostgreSQL that is started for it, too. */
  readonly postgres: boolean;
}

/** What the subjects of a side took; the last is the sketch. */
export interface Comparison {
  readonly role: Role;
  readonly subjects: readonly InTurn[];
}

/** Where it happens: `folder` has keys and certificates. */
export interface ComparePlace {
  readonly folder: string;
  readonly client: HttpClient;
  readonly say: (text: string) => void;
}

/** Product and sketch in turn, payer and payee alone. @throws CommandFailed when a payment fails, or `against` is no such folder */
export async function compare(options: CompareOptions, place: ComparePlace): Promise<readonly Comparison[]> {
  const postgres = options.postgres ? await startSandboxPostgres(place.folder, 0) : undefined;
  const comparisons: Comparison[] = [];
  try {
    for (const role of options.roles) {
      place.say(style.dim(`${role} alone: ${options.rounds} rounds of ${options.payments} payments, product and sketch in turn ...`));
      comparisons.push(await compareRole(role, options, place, postgres));
    }
  } finally {
    await postgres?.stop();
  }
  return comparisons;
}

async function compareRole(
  role: Role,
  options: CompareOptions,
  place: ComparePlace,
  postgres: SandboxPostgres | undefined,
): Promise<Comparison> {
  const subjects: Subject[] = [];
  const begin = async (name: string, journal: BenchJournal = { workers: 1 }, start = startWorld): Promise<void> => {
    const run = `${role}-${name.replaceAll(/[^A-Za-z]+/g, '-')}`.toLowerCase();
    subjects.push(productOf(await start(role, place.folder, run, place.client, journal), role, join(place.folder, run), name));
  };
  try {
    await begin('product');
    if (options.withoutMessages) await begin('product, no messages', { workers: 1, keepMessagesDays: 0 });
    if (options.withPortal) await begin('product with the portal', { workers: 1, portal: true });
    if (postgres !== undefined) await begin('product on PostgreSQL', { workers: 1, postgres });
    if (options.against !== undefined) await begin('product of the other folder', { workers: 1 }, await worldOf(options.against));
    for (const subject of subjects)
      await subject.drive({ concurrency: options.concurrency, payments: options.warmUpPayments, ms: undefined });
    return await withSketch(role, subjects, options, place.folder);
  } finally {
    for (const subject of subjects) await subject.stop();
  }
}

/** The product in a world that is there, and whose code is compiled, in turn with the sketch. `run`: the folder of its journals. */
export function compareWorld(world: World, role: Role, options: InTurnOptions, folder: string, run: string): Promise<Comparison> {
  return withSketch(role, [productOf(world, role, join(folder, run), 'product')], options, folder);
}

async function withSketch(role: Role, products: readonly Subject[], options: InTurnOptions, folder: string): Promise<Comparison> {
  const sketch = await startSketch(role, folder);
  try {
    await sketch.drive({ concurrency: options.concurrency, payments: options.warmUpPayments, ms: undefined });
    return { role, subjects: await measureInTurn([...products, sketch], options) };
  } finally {
    await sketch.stop();
  }
}

function productOf(world: World, role: Role, ownFolder: string, name: string): Subject {
  return {
    name,
    drive: world.stub.drive,
    cpuMs: async () => (await world.usage(role)).cpuMs + (world.journal.postgres?.cpuMs() ?? 0),
    // without PostgreSQL's; this folder is in the arguments of no other process than those of this product
    threads: () => threadCpu('run', ownFolder),
    stop: world.stop,
  };
}

/** How the version in another folder starts its product. */
async function worldOf(folder: string): Promise<typeof startWorld> {
  const file = resolve(folder, 'lab/bench/src/world.ts');
  if (!existsSync(file)) throw new CommandFailed(EXIT_CODES.usage, `--against: there is no version of this project in ${folder}.`);
  return ((await import(pathToFileURL(file).href)) as { startWorld: typeof startWorld }).startWorld;
}
