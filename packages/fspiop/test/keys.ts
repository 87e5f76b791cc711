import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { JwsAlgorithm, Verify } from '../src/index.ts';

/** The throw-away keys of the signature vectors. */
const keys = JSON.parse(readFileSync(new URL('../fixtures/jws-keys.json', import.meta.url), 'utf8'));

export const privateKey = (fsp: string): KeyObject => createPrivateKey(keys[fsp].privatePemPkcs8);
export const publicKey = (fsp: string): KeyObject => createPublicKey(keys[fsp].publicPem);
export const holdsKeyOf = (fsp: string): boolean => ['payerfsp', 'payeefsp', 'ecfsp'].includes(fsp);

const digest = (algorithm: JwsAlgorithm) => `sha${algorithm.slice(2)}`;
const keyInput = (algorithm: JwsAlgorithm, key: KeyObject) => (algorithm === 'ES256' ? { key, dsaEncoding: 'ieee-p1363' as const } : key);

export const signWith = (algorithm: JwsAlgorithm, key: KeyObject, input: Uint8Array): Buffer =>
  sign(digest(algorithm), input, keyInput(algorithm, key));

/** What `runtime` does on its thread pool. */
export const verifyWith: Verify = async (algorithm, key, input, signature) =>
  verify(digest(algorithm), input, keyInput(algorithm, key), signature);
