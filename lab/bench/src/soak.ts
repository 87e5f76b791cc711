import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '@payment-manager/runtime';
import { pause } from './measurement.ts';
import type { Offered } from './offer.ts';
import type { SoakSample } from './soak-judge.ts';
import type { Role, World } from './world.ts';

/** How long, and how much. */
export interface SoakOptions {
  readonly perSecond: number;
  readonly ms: number;
  /** From one sample to the next. */
  readonly sampleMs: number;
  /** Whether nothing is paid for a minute after each third, to see what is held then. */
  readonly rests: boolean;
}

/** What came of it. */
export interface Soaked {
  readonly samples: readonly SoakSample[];
  readonly offered: number;
  readonly completed: number;
  /** 503 with Retry-After. */
  readonly refused: number;
  /** The payee refused a look-up or a quote for load, and the hub told so: the payment ended before a transfer was sent. */
  readonly declined: number;
  readonly failed: number;
  readonly failures: Readonly<Record<string, number>>;
}

/** What is stored with the next append, or after a second, belongs to what was paid. */
const SETTLE_MS = 1_300;
/** Parts of the time; in the middle of each something is pruned, and after it is a rest. */
export const PARTS = 3;
/** A process gives memory back in the first half a minute in which nothing happens (`giveMemoryBackWhenQuiet`); the half in which the last payment lies is none. */
const REST_MS = 65_000;

/**
 * Offers payments at a rate for a long time, piece by piece, and looks at each process after each piece. `pruned`: called while the middle piece of each
 * third is paid, with the number of the third from 0 on; answers how many records it has pruned of each role. What it needs once is needed in the first third, before
 * memory is judged; what it keeps each time is seen.
 */
export async function soak(
  world: World,
  { perSecond, ms, sampleMs, rests }: SoakOptions,
  pruned: (third: number) => Promise<Readonly<Partial<Record<Role, number>>>>,
  say: (sample: SoakSample) => void | Promise<void>,
): Promise<Soaked> {
  const samples: SoakSample[] = [];
  const pieces: Offered[] = [];
  const completed = (): number => pieces.reduce((sum, { accepted }) => sum + accepted, 0);
  const from = systemClock.monotonic();
  const shedBefore = (await world.usage('payee')).shed;
  const look = async (gone: Readonly<Partial<Record<Role, number>>> = {}, restMs = 0): Promise<void> => {
    await pause(SETTLE_MS + restMs);
    for (const role of world.roles) {
      const seen = await sampleOf(world, role, systemClock.monotonic() - from, completed(), gone[role]);
      const sample: SoakSample = { ...seen, ...(restMs > 0 && { atRest: true }) };
      samples.push(sample);
      await say(sample);
    }
  };
  await look();
  const parts = Array.from({ length: PARTS }, (_, part) => part);
  const count = Math.max(PARTS, Math.round(ms / sampleMs));
  for (let nth = 1; nth <= count; nth++) {
    const third = parts.findIndex((part) => Math.ceil(((part + 1 / 2) * count) / PARTS) === nth);
    const [{ offered }, gone] = await Promise.all([
      world.stub.offer([{ what: 'pay', perSecond, ms: ms / count }]),
      third < 0 ? {} : pruned(third),
    ]);
    pieces.push(...offered);
    await look(gone);
    if (rests && parts.some((part) => Math.ceil(((part + 1) * count) / PARTS) === nth)) await look({}, REST_MS);
  }
  const failures: Record<string, number> = {};
  for (const piece of pieces)
    for (const [reason, times] of Object.entries(piece.failures)) failures[reason] = (failures[reason] ?? 0) + times;
  const sum = (of: (piece: Offered) => number): number => pieces.reduce((all, piece) => all + of(piece), 0);
  const { declined, other } = ofLoad(
    sum((piece) => piece.declined),
    (await world.usage('payee')).shed - shedBefore,
  );
  if (other > 0) failures[NOT_OF_LOAD] = other;
  return {
    samples,
    offered: sum(({ offered }) => offered),
    completed: completed(),
    refused: sum(({ refused }) => refused),
    declined,
    failed: sum(({ failed }) => failed) + other,
    failures,
  };
}

const NOT_OF_LOAD = 'the other side did not take a question, and has not refused so many for load';

/** Of payments that the hub said were not taken, those that the payee itself says it refused for load; any `other` has failed. */
export function ofLoad(notTaken: number, refusedByPayee: number): { readonly declined: number; readonly other: number } {
  const declined = Math.min(notTaken, refusedByPayee);
  return { declined, other: notTaken - declined };
}

async function sampleOf(world: World, role: Role, atMs: number, payments: number, pruned: number | undefined): Promise<SoakSample> {
  const { rssMb, handles } = await world.usage(role);
  const { pid, dataFolder } = world.process(role);
  return {
    role,
    atMs: Math.round(atMs),
    payments,
    rssMb: Math.round(rssMb),
    handles,
    files: filesOf(pid),
    journalBytes: bytesOf(dataFolder, /^journal\.db$/),
    messagesBytes: bytesOf(join(dataFolder, 'messages'), /./),
    ...(pruned !== undefined && { pruned }),
  };
}

/** Open files of a process; 0 where the system does not tell. */
function filesOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
}

function bytesOf(folder: string, names: RegExp): number {
  try {
    return readdirSync(folder)
      .filter((name) => names.test(name))
      .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  } catch {
    return 0;
  }
}
