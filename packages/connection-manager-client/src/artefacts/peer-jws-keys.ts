import type { KeyRecord } from '@payment-manager/vault';
import type { PublishedJwsKey } from '../api/connection-manager-api.ts';
import { spoken } from '../api/fields.ts';
import { keyIdOfPem } from '../certificates/certificate.ts';
import { counted } from '../counted.ts';
import { type Decision, type Reconciler, reconciler } from '../reconciler.ts';
import { complaintsOf, type Surroundings } from '../surroundings.ts';
import { acceptedTrust } from './accepted-trust.ts';
import { doing, dueAt, overAt } from './own-keys.ts';
import { breaksKeyPin, NO_PINS } from './pins.ts';

/** The scheme's list of keys, and whom we trust. */
export interface PeerJwsKeysObserved {
  readonly listed: readonly PublishedJwsKey[];
  /** Trusted keys by FSP id: in use first, then retiring. */
  readonly trusted: ReadonlyMap<string, readonly KeyRecord[]>;
  /** Whether the list has to have our own key: it is in use. */
  readonly ownExpected: boolean;
  /** Under which origin this client keeps keys: the address of the Connection Manager. What a person brought has none of that kind. */
  readonly origin: string;
  /** Offered keys that the vault refused because they had been compromised, by FSP id. */
  readonly compromised: ReadonlyMap<string, string>;
  /** A key of the hub's that breaks the pin, and waits for a person. */
  readonly waiting?: string;
}

export type PeerJwsKeysAction =
  | { readonly do: 'trust'; readonly fspId: string; readonly publicKey: string }
  | { readonly do: 'end'; readonly fspId: string; readonly keyId: string }
  | { readonly do: 'remove'; readonly fspId: string };

/** An entry that can be used, or why not. */
type Judged = { readonly fspId: string; readonly entry: PublishedJwsKey; readonly keyId?: string; readonly refused?: string };

/** Ids that the vault and the protocol can carry. */
const ID_FORM = /^[\x21-\x2e\x30-\x7e]{1,64}$/;
/** A key that says it is from so far in the future must not outweigh the next true one for ever. */
const AHEAD_MS = 86_400_000;
const MOST_DETAILS = 50;
/**
 * How many peers come or go in one pass: each is a write into the vault, and a known peer's new key, for which payments may wait, is taken by the
 * next pass. What is left goes on after `moreMs`.
 */
const MOST_IN_PASS = 100;
const MORE_MS = 1_000;

/** Takes over what the list says as far as it can be used, and removes who is gone, unless the list itself is in doubt. */
export function decidePeerJwsKeys(
  { listed, trusted, ownExpected, origin, compromised, waiting }: PeerJwsKeysObserved,
  { wanted, overlapMs, pins = NO_PINS }: Pick<Surroundings, 'wanted' | 'overlapMs' | 'pins'>,
  now: number,
): Decision<PeerJwsKeysAction> {
  const nameless = listed.filter(({ dfspId }) => dfspId === undefined || !ID_FORM.test(dfspId)).length;
  const peers = best(listed, wanted.fspId, now);
  const ours = [...trusted].filter(([, keys]) => isListed(keys[0]?.origin)).map(([fspId]) => fspId);
  // one that is pinned does not come back with another key by being away for a while
  const gone = ours.filter((fspId) => !peers.has(fspId) && fspId !== pins.hubKeyOf);
  const suspect = (ownExpected && !listed.some(({ dfspId }) => dfspId === wanted.fspId)) || (listed.length === 0 && ours.length > 0);
  const trusting = [...peers.values()].flatMap(({ fspId, entry, keyId, refused }): Extract<PeerJwsKeysAction, { do: 'trust' }>[] => {
    if (refused !== undefined || compromised.get(fspId) === keyId || (waiting !== undefined && keyId === waiting)) return [];
    if (keyId !== undefined && isKnown(keyId, trusted.get(fspId) ?? [], origin)) return [];
    return [{ do: 'trust', fspId, publicKey: entry.publicKey ?? '' }];
  });
  const retiring = [...trusted].map(([fspId, keys]) => ({
    fspId,
    ...overAt(
      keys.filter(({ state }) => state === 'retiring'),
      overlapMs,
      now,
    ),
  }));
  const ending = retiring.flatMap(({ fspId, over }) => over.map(({ id }) => ({ do: 'end', fspId, keyId: id }) as const));
  const removing = suspect ? [] : gone.map((fspId) => ({ do: 'remove', fspId }) as const);
  const known = trusting.filter(({ fspId }) => trusted.has(fspId));
  const comingAndGoing = [...trusting.filter(({ fspId }) => !trusted.has(fspId)), ...removing];
  const more = comingAndGoing.length > MOST_IN_PASS;
  const actions = [...known, ...ending, ...comingAndGoing.slice(0, MOST_IN_PASS)];
  const count = peers.size - [...peers.values()].filter(({ refused }) => refused !== undefined).length;
  const details = [
    ...[...peers.values()].flatMap((peer) => complaintOf(peer, trusted, compromised)),
    ...(nameless > 0 ? [`${counted(nameless, 'entry', 'entries')} without the name of an FSP`] : []),
  ].slice(0, MOST_DETAILS);
  return {
    actions,
    standing:
      actions.length > 0
        ? UNDER_WAY
        : waiting !== undefined
          ? waitsForPerson(waiting)
          : suspect
            ? inDoubt(listed.length, ours.length, details)
            : settled(count, details),
    ...dueAt(...retiring.map(({ next }) => next), ...(more ? [now + MORE_MS] : [])),
    ...(more && { more }),
  };
}

/** A Connection Manager may have moved; what it said at its former address is its word all the same. */
function isListed(origin: string | undefined): boolean {
  return origin !== undefined && /^https?:/.test(origin);
}

/**
 * Whether a key is in use already. Under another origin it is taken over, so that it is removed and replaced like all others later; but
 * not while a former one of that origin is still trusted beside it: keys of two origins never overlap, so that one would end at once.
 */
function isKnown(keyId: string, keys: readonly KeyRecord[], origin: string): boolean {
  const active = keys.find(({ state }) => state === 'active');
  return active?.id === keyId && (active.origin === origin || keys.some(({ state }) => state === 'retiring'));
}

const UNDER_WAY = { state: 'Progressing', reason: 'IN_PROGRESS', message: 'Changed keys of peers are taken over.' } as const;

function waitsForPerson(keyId: string): Decision<never>['standing'] {
  return {
    state: 'Failed',
    reason: 'PIN_BROKEN',
    message: `The scheme’s list has another JWS key of the hub than the one that is pinned (jws.pinHubKey): ${keyId}. The former one stays trusted.`,
    nextStep: `Ask the hub’s operator by another channel whether this is its key. If so: ./pm keys accept ${keyId}`,
  };
}

function inDoubt(entries: number, kept: number, details: readonly string[]): Decision<never>['standing'] {
  return {
    state: 'Failed',
    reason: 'PEER_LIST_SUSPECT',
    message: `The list of JWS keys has ${counted(entries, 'entry', 'entries')} and lacks our own key, or is empty; ${counted(kept, 'peer')} ${kept === 1 ? 'stays' : 'stay'} trusted, and nobody is removed.`,
    nextStep: 'Ask the hub’s operator whether the Connection Manager was restored or reset.',
    ...(details.length > 0 ? { details } : {}),
  };
}

function settled(count: number, details: readonly string[]): Decision<never>['standing'] {
  if (details.length > 0)
    return {
      state: 'Ready',
      reason: 'PEER_KEYS_UNUSABLE',
      message: `Keys of ${counted(count, 'peer')} are trusted; ${counted(details.length, 'entry', 'entries')} cannot be used.`,
      nextStep: 'Tell the peers in the details, or the hub’s operator: their messages cannot be verified.',
      details,
    };
  if (count === 0)
    return { state: 'Ready', reason: 'WAITING_FOR_PEERS', message: 'No other DFSP, nor the hub, has published a JWS key yet.' };
  return { state: 'Ready', reason: 'IN_ORDER', message: `Keys of ${counted(count, 'peer')} are trusted.` };
}

function complaintOf(
  { fspId, keyId, refused }: Judged,
  trusted: ReadonlyMap<string, readonly KeyRecord[]>,
  compromised: ReadonlyMap<string, string>,
): string[] {
  const why = refused ?? (compromised.get(fspId) === keyId ? 'its key was reported as compromised' : undefined);
  if (why === undefined) return [];
  return [`${fspId}: ${why}${(trusted.get(fspId)?.length ?? 0) > 0 ? '; its former key stays trusted' : ''}`];
}

/** One entry for each peer: the usable one that is newest. */
function best(listed: readonly PublishedJwsKey[], ownId: string, now: number): ReadonlyMap<string, Judged> {
  const chosen = new Map<string, Judged>();
  const age = ({ entry: { createdAt = 0 } }: Judged): number => (createdAt * 1_000 > now + AHEAD_MS ? 0 : createdAt);
  for (const entry of listed) {
    const { dfspId } = entry;
    if (dfspId === undefined || dfspId === ownId || !ID_FORM.test(dfspId)) continue;
    const judged = judge(dfspId, entry);
    const present = chosen.get(dfspId);
    const better = !present || (present.refused !== undefined && judged.refused === undefined);
    const newer = present && (present.refused === undefined) === (judged.refused === undefined) && age(judged) > age(present);
    if (better || newer) chosen.set(dfspId, judged);
  }
  return chosen;
}

function judge(fspId: string, entry: PublishedJwsKey): Judged {
  const { publicKey, keyId, unfit, validationState, validations } = entry;
  const refuse = (refused: string): Judged => ({ fspId, entry, refused });
  if (publicKey === undefined) return refuse('it has published no key');
  if (keyId === undefined) return refuse('its key cannot be read as a public key');
  if (unfit !== undefined) return refuse(unfit);
  if (validationState === 'INVALID')
    return refuse(
      `the Connection Manager marks its key as invalid${complaintsOf(validations)
        .map((one) => ` (${spoken(one)})`)
        .join('')}`,
    );
  return { fspId, entry, keyId };
}

/** Keeps the trust in peers' keys. */
export function peerJwsKeys(around: Surroundings): Reconciler {
  const { api, environment, clock } = around;
  const { trust, keys } = environment;
  const compromised = new Map<string, string>();
  return reconciler<PeerJwsKeysObserved, PeerJwsKeysAction>(
    {
      artefact: 'PEER_JWS',
      async observe() {
        const trusted = await trust.everybody('peer-jws');
        const ownExpected = (await keys.active('jws-signing')) !== undefined;
        const listed = await api.jwsKeys();
        const waiting = await waitingKey(listed);
        return { listed, trusted, ownExpected, origin: api.url, compromised, ...(waiting !== undefined && { waiting }) };
      },
      decide: (observed, now) => decidePeerJwsKeys(observed, around, now),
      async act(action) {
        const { fspId } = action;
        if (action.do === 'end') await trust.move('peer-jws', fspId, action.keyId, 'destroyed', doing('the overlap is over'));
        else if (action.do === 'remove') await trust.distrust('peer-jws', fspId, doing('it is not in the scheme’s list any more'));
        else await take(action.publicKey, fspId);
      },
      certificates: async () => [],
    },
    clock,
  );

  /** The hub's key in the list, where it breaks the pin. */
  async function waitingKey(listed: readonly PublishedJwsKey[]): Promise<string | undefined> {
    const { pins = NO_PINS, wanted } = around;
    const { hubKeyOf } = pins;
    if (hubKeyOf === undefined) return undefined;
    const { keyId } = best(listed, wanted.fspId, clock.now()).get(hubKeyOf) ?? {};
    if (keyId === undefined) return undefined;
    const accepted = await acceptedTrust(environment);
    return breaksKeyPin(hubKeyOf, keyId, await trust.list('peer-jws', hubKeyOf), pins, (id) => accepted.has(id)) ? keyId : undefined;
  }

  async function take(publicKey: string, fspId: string): Promise<void> {
    const keyId = keyIdOfPem(publicKey) ?? '';
    const known = await trust.list('peer-jws', fspId);
    if (known.some(({ id, history }) => id === keyId && history.some(({ state }) => state === 'compromised'))) {
      compromised.set(fspId, keyId);
      return;
    }
    await trust.present('peer-jws', fspId, [publicKey], api.url, doing('the scheme’s list has it'));
  }
}
