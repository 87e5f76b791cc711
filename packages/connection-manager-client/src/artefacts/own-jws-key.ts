import type { KeyRecord } from '@payment-manager/vault';
import type { PublishedJwsKey } from '../api/connection-manager-api.ts';
import { day } from '../certificates/certificate.ts';
import type { Standing } from '../condition.ts';
import { type Decision, type Reconciler, reconciler } from '../reconciler.ts';
import { complaintsOf, firstSeen, type Surroundings } from '../surroundings.ts';
import { actOnKey, destroying, dueAt, inPlay, type KeyAction, overAt } from './own-keys.ts';

/** Our JWS keys, and what the scheme's list says under our name. */
export interface OwnJwsKeyObserved {
  readonly keys: readonly KeyRecord[];
  /** Usually one; a list that is not validated may hold several. */
  readonly published: readonly PublishedJwsKey[];
  /** The key that is seen published now, and since when this process has seen it. */
  readonly seen: { readonly keyId: string; readonly since: number } | undefined;
  /** When a key that was never ours was last seen under our name while we had one in use. */
  readonly foreignSeenAt: number | undefined;
}

export type OwnJwsKeyAction = KeyAction | { readonly do: 'publish'; readonly keyId: string };

const DAY_MS = 86_400_000;
/** How far the time of a publication may lie beside ours before it is not believed. */
const BELIEVED_MS = 300_000;
/** How long it is told that there was somebody else's key under our name. */
const FOREIGN_TOLD_MS = DAY_MS;

/** Published, seen in the list that peers read, and after the propagation time in use (docs/money-rules.md, 10). */
export function decideOwnJwsKey(
  { keys, published, seen, foreignSeenAt }: OwnJwsKeyObserved,
  { wanted, propagationMs, overlapMs }: Pick<Surroundings, 'wanted' | 'propagationMs' | 'overlapMs'>,
  now: number,
): Decision<OwnJwsKeyAction> {
  const shown = (key: KeyRecord): PublishedJwsKey | undefined => published.find(({ keyId }) => keyId === key.id);
  const { active, pending, surplus, retiring } = inPlay(
    keys,
    (key) => shown(key) !== undefined,
    () => true,
  );
  const { over, next } = overAt(retiring, overlapMs, now);
  const cleaning: OwnJwsKeyAction[] = [
    ...destroying(surplus, 'it is not needed'),
    ...destroying(over, 'its successor is in use, and the overlap is over'),
  ];
  const step = (action: OwnJwsKeyAction, message: string): Decision<OwnJwsKeyAction> => ({
    actions: [...cleaning, action],
    standing: { state: 'Progressing', reason: 'IN_PROGRESS', message },
  });
  const renewAt = active && wanted.jwsKeyDays !== undefined ? active.since + wanted.jwsKeyDays * DAY_MS : Number.POSITIVE_INFINITY;
  const current = pending ?? active;
  if (!current || (!pending && renewAt <= now)) return step({ do: 'generate', why: active ? 'renewal' : 'first' }, 'A JWS key is created.');
  const entry = shown(current);
  if (!entry) return step({ do: 'publish', keyId: current.id }, 'Our JWS key is published.');
  if (entry.validationState === 'INVALID')
    return {
      actions: cleaning,
      standing: {
        state: 'Failed',
        reason: 'NOT_ACCEPTED',
        message: `The Connection Manager reports problems with our JWS key.${pending && active ? ' We continue to sign with the present key.' : ''}`,
        nextStep: 'Read the details, and renew DFSP_JWS.',
        details: complaintsOf(entry.validations),
      },
      ...dueAt(next),
    };
  if (pending) {
    const ready = active === undefined ? now : publishedAt(pending, entry, seen, now) + propagationMs;
    if (ready <= now) return step({ do: 'activate', keyId: pending.id }, 'Our JWS key is now in use.');
    return {
      actions: cleaning,
      standing: {
        state: 'Progressing',
        reason: 'IN_PROGRESS',
        message: `Our new JWS key is published; we sign with it from ${day(ready)}.`,
      },
      ...dueAt(ready, next),
    };
  }
  if (foreignSeenAt !== undefined && now < foreignSeenAt + FOREIGN_TOLD_MS)
    return { actions: cleaning, standing: foreign(foreignSeenAt), ...dueAt(renewAt, next, foreignSeenAt + FOREIGN_TOLD_MS) };
  return {
    actions: cleaning,
    standing: { state: 'Ready', reason: 'IN_ORDER', message: 'Our JWS key is published and in use.' },
    ...dueAt(renewAt, next),
  };
}

function foreign(at: number): Standing {
  return {
    state: 'Ready',
    reason: 'FOREIGN_KEY',
    message: `Our JWS key is published and in use. On ${day(at)} the list held a key under our name that is not ours.`,
    nextStep:
      'Find out who published it: another installation of yours that still runs, or somebody who wants to sign in your name. Tell the hub’s operator, and change the client secret.',
  };
}

/** When it was published: at the end of the second that we named when we did, unless that cannot be; then since we see it. */
function publishedAt({ id, since }: KeyRecord, { createdAt }: PublishedJwsKey, seen: OwnJwsKeyObserved['seen'], now: number): number {
  const said = ((createdAt ?? 0) + 1) * 1_000;
  if (said >= since - BELIEVED_MS && said <= now + BELIEVED_MS) return said;
  return seen?.keyId === id ? seen.since : now;
}

/** Keeps our JWS key. */
export function ownJwsKey(around: Surroundings): Reconciler {
  const { api, environment, wanted, clock } = around;
  const { keys } = environment;
  const algorithm = wanted.jwsKeyAlgorithm ?? 'RSA-2048';
  const since = firstSeen(clock);
  let foreignSeenAt: number | undefined;
  return reconciler<OwnJwsKeyObserved, OwnJwsKeyAction>(
    {
      artefact: 'DFSP_JWS',
      async observe() {
        const own = await keys.list('jws-signing');
        const published = (await api.jwsKeys()).filter(({ dfspId }) => dfspId === wanted.fspId);
        const keyId = own.findLast(({ id }) => published.some((entry) => entry.keyId === id))?.id;
        const seenSince = since(keyId);
        const strange = published.some((entry) => !own.some(({ id }) => id === entry.keyId));
        if (strange && own.some(({ state }) => state === 'active')) foreignSeenAt = clock.now();
        const seen = keyId === undefined || seenSince === undefined ? undefined : { keyId, since: seenSince };
        return { keys: own, published, seen, foreignSeenAt };
      },
      decide: (observed, now) => decideOwnJwsKey(observed, around, now),
      async act(action) {
        if (action.do !== 'publish') return actOnKey(keys, 'jws-signing', algorithm, action);
        const key = (await keys.list('jws-signing')).find(({ id }) => id === action.keyId);
        if (key) await api.publishJwsKey(wanted.fspId, { publicKey: key.publicKey, createdAt: Math.floor(clock.now() / 1_000) });
      },
      certificates: async () => [],
    },
    clock,
  );
}
