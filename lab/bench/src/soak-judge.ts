import type { Role } from './world.ts';

/** A process at an instant of a soak. Bytes and megabytes as the system tells them. */
export interface SoakSample {
  readonly role: Role;
  /** Since the soak began. */
  readonly atMs: number;
  /** Payments that were completed up to then. */
  readonly payments: number;
  readonly rssMb: number;
  /** What its event loop holds. */
  readonly handles: number;
  /** Open files and sockets. */
  readonly files: number;
  readonly journalBytes: number;
  readonly messagesBytes: number;
  /** Rows that were pruned since the sample before; the file gives their pages back. */
  readonly pruned?: number;
  /** Nothing was paid for so long that the process has given back what nobody needs: what is left is held. */
  readonly atRest?: true;
}

/** One thing that was judged. */
export interface SoakVerdict {
  readonly role: Role;
  readonly what: 'memory at rest' | 'memory under load' | 'handles' | 'files' | 'journal' | 'retention';
  readonly ok: boolean;
  /** Too little was paid to tell a leak from a warm-up. */
  readonly unjudged?: true;
  readonly says: string;
}

/**
 * What a payment takes of the journal's disk until it is pruned, all tables and indexes, pages that are not full among them: 6.7 kB and 7.8 kB were measured
 * (docs/performance.md, "What pages that are not full cost").
 */
export const STATED_BYTES: Readonly<Record<Role, number>> = { payer: 7_000, payee: 7_900 };
/** Fewer payments than this fill no pages: their bytes say nothing. */
const FEWEST_FOR_BYTES = 2_000;
/** Between two rests of half an hour at 100 a second lie 60,000 payments, so that a leak of 70 bytes each is seen. */
const REST_MB = 4;
/** Under load the heap has free parts besides, more or fewer by what V8 thinks of the moment: bounded, and never still. */
const LOAD_MB = 8;
const LOAD_SHARE = 0.15;
/** Under load there are as many as there are connections: one for each message that is under way at the same instant, until nobody needs it. */
const HANDLES = { atRest: 4, underLoad: 12 } as const;
/** Code is compiled and heaps find their size until then. */
export const FEWEST_FOR_MEMORY = 30_000;
/** What a pruned record gives back at least: its events; claims, chain and tombstone stay. */
const FREED_BYTES = 3_000;

/**
 * Whether something grows that should not. The first third is the warm-up; the last third is compared with the middle one, and the rest after it with the
 * rest before: a cache that fills is over by then, a leak is not.
 */
export function judgeSoak(samples: readonly SoakSample[]): readonly SoakVerdict[] {
  return (['payer', 'payee'] as const).flatMap((role) => {
    const [rests, own] = partition(samples.filter((one) => one.role === role));
    if (own.length < 3) return [];
    const third = Math.floor(own.length / 3);
    const [middle, last] = [own.slice(third, -third), own.slice(-third)];
    const enough = (own.at(-1)?.payments ?? 0) >= FEWEST_FOR_MEMORY;
    return [
      atRest(role, rests, enough),
      underLoad(role, middle, last, enough),
      held(role, 'handles', rests, middle, last),
      held(role, 'files', rests, middle, last),
      ...disk(role, own),
    ];
  });
}

function partition(samples: readonly SoakSample[]): readonly [rests: readonly SoakSample[], others: readonly SoakSample[]] {
  return [samples.filter((one) => one.atRest), samples.filter((one) => !one.atRest)];
}

function atRest(role: Role, rests: readonly SoakSample[], enough: boolean): SoakVerdict {
  const what = 'memory at rest';
  const [before, after] = rests.slice(-2);
  if (!enough || before === undefined || after === undefined) return { role, what, ok: true, unjudged: true, says: 'no rest but the last' };
  const most = before.rssMb + REST_MB;
  return {
    role,
    what,
    ok: after.rssMb <= most,
    says: `${rests.map(({ rssMb }) => rssMb).join(', ')} MB after each third; at most ${most}`,
  };
}

function underLoad(role: Role, middle: readonly SoakSample[], last: readonly SoakSample[], enough: boolean): SoakVerdict {
  const [before, after] = [median(middle.map(({ rssMb }) => rssMb)), median(last.map(({ rssMb }) => rssMb))];
  const most = before * (1 + LOAD_SHARE) + LOAD_MB;
  return {
    role,
    what: 'memory under load',
    ok: !enough || after <= most,
    ...(!enough && { unjudged: true as const }),
    says: `${after.toFixed(0)} MB in the last third, ${before.toFixed(0)} in the middle one; at most ${most.toFixed(0)}`,
  };
}

function held(
  role: Role,
  what: 'handles' | 'files',
  rests: readonly SoakSample[],
  middle: readonly SoakSample[],
  last: readonly SoakSample[],
): SoakVerdict {
  const [resting, rested] = rests.slice(-2);
  if (resting !== undefined && rested !== undefined) {
    const says = `${rests.map((one) => one[what]).join(', ')} at rest after each third`;
    return { role, what, ok: rested[what] <= resting[what] + HANDLES.atRest, says };
  }
  const [before, after] = [Math.max(...middle.map((one) => one[what])), Math.max(...last.map((one) => one[what]))];
  return { role, what, ok: after <= before + HANDLES.underLoad, says: `at most ${after} in the last third, ${before} in the middle one` };
}

function disk(role: Role, own: readonly SoakSample[]): readonly SoakVerdict[] {
  const [first, last] = [own[0], own.at(-1)];
  if (first === undefined || last === undefined) return [];
  const pruned = own.reduce((sum, one) => sum + (one.pruned ?? 0), 0);
  const payments = last.payments - first.payments;
  const grown = last.journalBytes - first.journalBytes;
  if (pruned > 0) {
    const without = payments * STATED_BYTES[role];
    const says = `${mb(grown)} more after ${payments} payments and ${pruned} pruned records; without pruning it would be ${mb(without)}`;
    return [{ role, what: 'retention', ok: grown <= without - pruned * FREED_BYTES, says }];
  }
  if (payments < FEWEST_FOR_BYTES) return [];
  const each = Math.round(grown / payments);
  return [{ role, what: 'journal', ok: each <= STATED_BYTES[role], says: `${each} bytes a payment; stated: ${STATED_BYTES[role]}` }];
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

function mb(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MB`;
}
