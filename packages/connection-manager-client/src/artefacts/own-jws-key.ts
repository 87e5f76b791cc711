import type { KeyRecord } from '@payment-manager/vault';
import type { PublishedJwsKey } from '../api/connection-manager-api.ts';
import { day, keyIdOfPem } from '../certificates/certificate.ts';
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
}

export type OwnJwsKeyAction = KeyAction | { readonly do: 'publish'; readonly keyId: string };

const dayMs = 86_400_000;
/** How far the time of a publication may lie beside ours before it is not believed. */
const believedMs = 300_000;

/** Published, seen in the list that peers read, and after the propagation time in use (money-rules 10). */
export function decideOwnJwsKey(
  { keys, published, seen }: OwnJwsKeyObserved,
  { wanted, propagationMs, overlapMs }: Pick<Surroundings, 'wanted' | 'propagationMs' | 'overlapMs'>,
  now: number,
): Decision<OwnJwsKeyAction> {
  const shown = (key: KeyRecord): PublishedJwsKey | undefined => published.find(({ publicKey }) => keyIdOfPem(publicKey) === key.id);
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
  const renewAt = active && wanted.jwsKeyDays !== undefined ? active.since + wanted.jwsKeyDays * dayMs : Number.POSITIVE_INFINITY;
  const current = pending ?? active;
  if (!current || (!pending && renewAt <= now)) return step({ do: 'generate', why: active ? 'renewal' : 'first' }, 'A JWS key is made.');
  const entry = shown(current);
  if (!entry) return step({ do: 'publish', keyId: current.id }, 'Our JWS key is published.');
  if (entry.validationState === 'INVALID')
    return {
      actions: cleaning,
      standing: {
        state: 'Failed',
        reason: 'NOT_ACCEPTED',
        message: `The Connection Manager finds fault with our JWS key.${pending && active ? ' We go on signing with the present one.' : ''}`,
        nextStep: 'Read the details, and renew DFSP_JWS.',
        details: complaintsOf(entry.validations),
      },
      ...dueAt(next),
    };
  if (pending) {
    const ready = active === undefined ? now : publishedAt(pending, entry, seen, now) + propagationMs;
    if (ready <= now) return step({ do: 'activate', keyId: pending.id }, 'Our JWS key is put in use.');
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
  const others = published.filter((one) => one !== entry && keyIdOfPem(one.publicKey) !== current.id).length;
  return {
    actions: cleaning,
    standing: {
      state: 'Ready',
      reason: 'IN_ORDER',
      message: 'Our JWS key is published and in use.',
      ...(others === 0
        ? {}
        : { details: [`The list holds ${others} other key(s) under our name; ask the hub’s operator to remove them.`] }),
    },
    ...dueAt(renewAt, next),
  };
}

/** When it was published: at the end of the second that we named when we did, unless that cannot be; then since we see it. */
function publishedAt({ id, since }: KeyRecord, { createdAt }: PublishedJwsKey, seen: OwnJwsKeyObserved['seen'], now: number): number {
  const said = ((createdAt ?? 0) + 1) * 1_000;
  if (said >= since - believedMs && said <= now + believedMs) return said;
  return seen?.keyId === id ? seen.since : now;
}

/** Keeps our JWS key. */
export function ownJwsKey(around: Surroundings): Reconciler {
  const { api, environment, wanted, clock } = around;
  const { keys } = environment;
  const algorithm = wanted.jwsKeyAlgorithm ?? 'RSA-2048';
  const since = firstSeen(clock);
  return reconciler<OwnJwsKeyObserved, OwnJwsKeyAction>(
    {
      artefact: 'DFSP_JWS',
      async observe() {
        const own = await keys.list('jws-signing');
        const published = (await api.jwsKeys()).filter(({ dfspId }) => dfspId === wanted.fspId);
        const keyId = own.findLast(({ id }) => published.some(({ publicKey }) => keyIdOfPem(publicKey) === id))?.id;
        const seenSince = since(keyId);
        return { keys: own, published, seen: keyId === undefined || seenSince === undefined ? undefined : { keyId, since: seenSince } };
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
