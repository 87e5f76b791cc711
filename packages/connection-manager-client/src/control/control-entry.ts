import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isIPv4 } from 'node:net';
import type { Secret } from '@payment-manager/runtime';
import { ControlError } from './control-error.ts';

/** What is answered to somebody who is not let in. */
export interface Refusal {
  readonly status: 401 | 403;
  readonly say: string;
}

const MIN_TOKEN_LENGTH = 32;

/**
 * Who may come in: whoever brings the token, as `Authorization: Bearer TOKEN` or as the password of `Basic`. The latter is what an
 * unmodified Mojaloop SDK can do, whose address setting may hold `NAME:TOKEN@HOST`. Browsers, which say where a page comes from, never.
 *
 * @throws ControlError `CONTROL_TOKEN_WEAK`
 */
export function entry(token: Secret<string>): (headers: IncomingHttpHeaders) => Refusal | undefined {
  // Only what stands in a URL as it is: the SDK puts its address into one.
  if (!new RegExp(`^[\\w.~-]{${MIN_TOKEN_LENGTH},512}$`).test(token.reveal()))
    throw new ControlError(
      'CONTROL_TOKEN_WEAK',
      `The token of the control server must have ${MIN_TOKEN_LENGTH} to 512 letters, digits or . _ ~ -. Make one, e.g. by: openssl rand -hex 32`,
    );
  const wanted = digest(token.reveal());
  return ({ origin, authorization = '' }) => {
    if (origin !== undefined) return { status: 403, say: 'Web pages are not let in.' };
    if (timingSafeEqual(digest(tokenIn(authorization)), wanted)) return undefined;
    return {
      status: 401,
      say: 'The token is missing or wrong. Send Authorization: Bearer TOKEN; in a Mojaloop SDK set MGMT_API_WS_URL=sdk:TOKEN@HOST.',
    };
  };
}

function tokenIn(authorization: string): string {
  const [scheme = '', given = ''] = authorization.split(' ', 2);
  if (scheme.toLowerCase() === 'bearer') return given;
  if (scheme.toLowerCase() !== 'basic') return '';
  const pair = Buffer.from(given, 'base64').toString('utf8');
  return pair.slice(pair.indexOf(':') + 1);
}

/** One length, whatever was given. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** @throws ControlError `CONTROL_UNPROTECTED` unless only this machine can reach it, or client certificates are asked for. */
export function checkExposure(host: string, clientCertificates: boolean): void {
  const local = host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
  if (!local && !clientCertificates)
    throw new ControlError(
      'CONTROL_UNPROTECTED',
      `The control server hands out private keys: on ${host} it needs TLS with client certificates. Give it certificates, or let it listen on 127.0.0.1.`,
    );
}
