import { Problem } from '../server/problem.ts';
import { type Keeping, load, putOf, tryCommit } from '../store/kept.ts';
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

/** @throws Problem `PAUSED` when the next try does not count yet */
export async function demandNoPause(keeping: Keeping, place: Place): Promise<void> {
  const now = keeping.clock.now();
  const here = await load<Attempts>(keeping, 'attempts', hereId(place));
  const everywhere = place.device === undefined ? await load<Attempts>(keeping, 'attempts', everywhereId(place)) : undefined;
  const pause = Math.max(pauseOf(here?.value, now), Math.min(EVERYWHERE_PAUSE_MS, pauseOf(asEverywhere(everywhere?.value), now)));
  if (pause > 0)
    throw new Problem(429, {
      code: 'PAUSED',
      message: 'Too many sign-ins failed.',
      advice: 'Wait, then try again. A browser in which you were signed in before has pauses of its own.',
      retryAfter: Math.ceil(pause / 1_000),
    });
}

/** Notes a failure. Two in one moment count as at least one. */
export async function noteFailure(keeping: Keeping, place: Place): Promise<void> {
  const now = keeping.clock.now();
  for (const id of [hereId(place), ...(place.device === undefined ? [everywhereId(place)] : [])]) {
    for (let tries = 0; tries < 3; tries++) {
      const kept = await load<Attempts>(keeping, 'attempts', id);
      if (await tryCommit(keeping, [putOf('attempts', id, kept, afterFailure(kept?.value, now), { expires: now + FORGOTTEN_MS })], []))
        break;
    }
  }
}

/** What forgets the failures of a place, once somebody is in. */
export async function forgiven(keeping: Keeping, place: Place) {
  const kept = await load<Attempts>(keeping, 'attempts', hereId(place));
  return kept === undefined ? [] : [putOf<Attempts>('attempts', kept.id, kept, undefined)];
}

function asEverywhere(attempts: Attempts | undefined): Attempts | undefined {
  return attempts && { ...attempts, failures: attempts.failures - EVERYWHERE_FREE };
}

/** Names that nobody has get the same: the ids say nothing about who is there. */
function hereId({ user, address, device }: Place): string {
  return tokenId(`${user} ${device === undefined ? `from ${network(address)}` : `in ${device}`}`);
}

function everywhereId({ user }: Place): string {
  return tokenId(`${user} everywhere`);
}

/** Of IPv6 the network, for one caller has 2^64 addresses. */
export function network(address: string): string {
  return address.includes(':') && !address.includes('.') ? address.split(':').slice(0, 4).join(':') : address;
}
