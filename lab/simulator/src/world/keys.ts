import { createPublicKey, type KeyObject } from 'node:crypto';
import type { PeerKeys } from '@payment-manager/mojaloop-connector';
import { DFSPS, type Dfsp, HUB, STRANGER } from '../scenario/parties.ts';
import type { SimulatedSignatures } from './signatures.ts';

/** Who signs with what now, and which public keys count. */
export interface SchemeKeys {
  signingKey(fspId: string): KeyObject;
  /** PEM; two during a rotation. */
  published(fspId: string): readonly string[];
  /** The keys as one process holds them: fetched when it starts and when a signature does not verify. */
  peerKeys(): PeerKeys;
  /** A new key is published beside the old one; who is told when to sign with it decides (docs/money-rules.md, 10). */
  publishNext(fspId: Dfsp): void;
  signWithNext(fspId: Dfsp): void;
  retireOld(fspId: Dfsp): void;
}

/** Key objects by their PEM, of every world: the simulation's key pairs are few. */
const OBJECTS = new Map<string, KeyObject>();

function object(pem: string): KeyObject {
  const known = OBJECTS.get(pem) ?? createPublicKey(pem);
  OBJECTS.set(pem, known);
  return known;
}

/** The keys of the scheme, first generation. */
export function schemeKeys(signatures: SimulatedSignatures): SchemeKeys {
  const signing = new Map<string, number>();
  const published = new Map<string, readonly number[]>();
  for (const fspId of [...DFSPS, HUB, STRANGER]) {
    signing.set(fspId, 0);
    published.set(fspId, [0]);
  }
  const pair = (fspId: string, generation: number) => signatures.keyPair(`${fspId}/${generation}`);
  const pems = (fspId: string): readonly string[] => (published.get(fspId) ?? []).map((generation) => pair(fspId, generation).publicPem);
  const last = (fspId: string): number => published.get(fspId)?.at(-1) ?? 0;
  return {
    signingKey: (fspId) => pair(fspId, signing.get(fspId) ?? 0).privateKey,
    published: pems,
    peerKeys() {
      const held = new Map<string, readonly KeyObject[]>();
      const readNow = (fspId: string): readonly KeyObject[] => pems(fspId).map(object);
      return {
        keysOf(fspId) {
          const known = held.get(fspId) ?? readNow(fspId);
          held.set(fspId, known);
          return known;
        },
        refresh(fspId) {
          const before = held.get(fspId);
          const now = readNow(fspId);
          held.set(fspId, now);
          return Promise.resolve(before?.length !== now.length || before.some((key, index) => key !== now[index]));
        },
      };
    },
    publishNext: (fspId) => void published.set(fspId, [last(fspId), last(fspId) + 1]),
    signWithNext: (fspId) => void signing.set(fspId, last(fspId)),
    retireOld: (fspId) => void published.set(fspId, [last(fspId)]),
  };
}
