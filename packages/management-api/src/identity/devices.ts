import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Keeping } from '../store/kept.ts';
import { newToken } from './tokens.ts';

/**
 * What a browser keeps after a sign-in: it opens nothing, and gives its user pauses of its own, so that nobody else’s failures lock them out. Made with
 * a key of ours, so that nothing is stored.
 */
export function newDevice(keeping: Pick<Keeping, 'random'>, user: string, key: Uint8Array): string {
  const nonce = newToken(keeping.random);
  return `${nonce}.${macOf(nonce, user, key)}`;
}

/** The token, if the cookie is one of ours for this user. */
export function deviceOf(cookie: string | undefined, user: string, key: Uint8Array): string | undefined {
  const [, nonce, mac] = /^([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{43})$/.exec(cookie ?? '') ?? [];
  if (nonce === undefined || mac === undefined) return undefined;
  return timingSafeEqual(Buffer.from(mac), Buffer.from(macOf(nonce, user, key))) ? nonce : undefined;
}

function macOf(nonce: string, user: string, key: Uint8Array): string {
  return createHmac('sha256', key).update(`device ${nonce} ${user}`).digest('base64url');
}
