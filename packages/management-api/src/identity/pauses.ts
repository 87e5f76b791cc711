import { network } from '../server/network.ts';
import { changedMeanwhile, Problem } from '../server/problem.ts';
import { type Keeping, load, putOf, type Seen, tryCommit } from '../store/kept.ts';
import type { Put } from '../store/management-store.ts';
import { type Attempts, afterFailure, FORGOTTEN_MS, pauseOf } from './attempts.ts';
import { tokenId } from './tokens.ts';

/** Where somebody tries: a browser in which this user was signed in before, or an address. */
export interface Place {
  readonly user: string;
  readonly address: string;
  /** Token of the cookie that a browser keeps after a sign-in; undefined: none that we know for this user. */
  readonly device: string | undefined;
}

/** Over all addresses: guesses are slowed down, and the owner still gets in with a few tries, from a browser of before at once. */
const EVERYWHERE_FREE = 45;
const EVERYWHERE_PAUSE_MS = 5_000;
/** Of codes from addresses that are new: with the five of every count, twenty are free. */
const CODES_FREE = 15;

/** What is guessed: whoever gets to a code knows the password already, so that codes are counted besides, over all addresses, with pauses that double. */
export type Guessed = 'password' | 'code';

/** One of the counts that a try belongs to. */
interface Count {
  readonly id: string;
  readonly pause: (attempts: Attempts | undefined, now: number) => number;
}

/** A count as it was before a try. */
interface Counted {
  readonly id: string;
  readonly before: Seen<Attempts> | undefined;
}

/** At most so often a count is read again because somebody else counted in the same moment. */
const TRIES = 5;

/**
 * A try that is counted as a failure before it is looked at, and taken off again unless it was one: so of many at once none is judged that the counts do
 * not allow. `first`: what is stored together with the count; who comes second to it is not judged at all.
 *
 * @throws Problem `PAUSED`, `CHANGED_MEANWHILE`, and whatever `tried` throws
 */
export async function guess<T>(
  keeping: Keeping,
  place: Place,
  what: Guessed,
  tried: () => Promise<T>,
  first: readonly Put[] = [],
): Promise<T> {
  const counted = await countFirst(keeping, countsOf(place, what), first);
  let failed = false;
  try {
    return await tried();
  } catch (error) {
    failed = error instanceof Problem && error.shown.code === 'SIGN_IN_FAILED';
    throw error;
  } finally {
    // where it cannot be taken off it stays one too many, which keeps nobody out who is in
    if (!failed) await takeOff(keeping, counted).catch(() => undefined);
  }
}

/** The pause is looked at in the very counts that are compared and replaced: between the two nobody else’s try fits. */
async function countFirst(keeping: Keeping, counts: readonly Count[], first: readonly Put[]): Promise<readonly Counted[]> {
  for (let tries = 0; tries < TRIES; tries++) {
    const now = keeping.clock.now();
    const before = await Promise.all(counts.map(async ({ id }) => ({ id, before: await load<Attempts>(keeping, 'attempts', id) })));
    demandNoPause(Math.max(...counts.map(({ pause }, at) => pause(before[at]?.before?.value, now))));
    const puts = before.map(({ id, before: kept }) => putOf('attempts', id, kept, afterFailure(kept?.value, now), expiring(now)));
    if (await tryCommit(keeping, [...first, ...puts], [])) return before;
  }
  throw changedMeanwhile();
}

/** It was no failure: the counts are as they were, with the time of the last one, unless somebody else failed meanwhile. */
async function takeOff(keeping: Keeping, counted: readonly Counted[]): Promise<void> {
  for (const { id, before } of counted)
    for (let tries = 0; tries < TRIES; tries++) {
      const kept = await load<Attempts>(keeping, 'attempts', id);
      // forgiven meanwhile
      if (kept === undefined) break;
      const alone = kept.version === (before?.version ?? 0) + 1;
      const after = alone ? before?.value : lessOne(kept.value);
      if (await tryCommit(keeping, [putOf('attempts', id, kept, after, expiring(after?.lastAt ?? 0))], [])) break;
    }
}

function lessOne({ failures, lastAt }: Attempts): Attempts | undefined {
  return failures <= 1 ? undefined : { failures: failures - 1, lastAt };
}

const expiring = (lastAt: number): Pick<Put, 'expires'> => ({ expires: lastAt + FORGOTTEN_MS });

function countsOf(place: Place, what: Guessed): readonly Count[] {
  const here = { id: hereId(place), pause: pauseOf };
  if (place.device !== undefined) return [here];
  const everywhere: Count = {
    id: everywhereId(place),
    pause: (attempts, now) => Math.min(EVERYWHERE_PAUSE_MS, pauseOf(beyond(EVERYWHERE_FREE, attempts), now)),
  };
  const codes: Count = { id: codesId(place), pause: (attempts, now) => pauseOf(beyond(CODES_FREE, attempts), now) };
  return what === 'code' ? [here, everywhere, codes] : [here, everywhere];
}

/** @throws Problem `PAUSED` when the next try does not count yet */
function demandNoPause(pause: number): void {
  if (pause > 0)
    throw new Problem(429, {
      code: 'PAUSED',
      message: 'Too many sign-ins failed.',
      advice: 'Wait, then try again. A browser in which you were signed in before has pauses of its own.',
      retryAfter: Math.ceil(pause / 1_000),
    });
}

/** What forgets the failures of a place, once somebody is in. */
export async function forgiven(keeping: Keeping, place: Place) {
  const kept = await load<Attempts>(keeping, 'attempts', hereId(place));
  return kept === undefined ? [] : [putOf<Attempts>('attempts', kept.id, kept, undefined)];
}

function beyond(free: number, attempts: Attempts | undefined): Attempts | undefined {
  return attempts && { ...attempts, failures: attempts.failures - free };
}

/** Names that nobody has get the same: the ids say nothing about who is there. */
function hereId({ user, address, device }: Place): string {
  return tokenId(`${user} ${device === undefined ? `from ${network(address)}` : `in ${device}`}`);
}

function everywhereId({ user }: Place): string {
  return tokenId(`${user} everywhere`);
}

function codesId({ user }: Place): string {
  return tokenId(`${user} codes everywhere`);
}
