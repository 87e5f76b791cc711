import { Secret, TOTP } from 'otpauth';

const PERIOD_S = 30;
const DIGITS = 6;
/** One step to either side, for clocks that differ. */
const WINDOW = 1;

/** What an authenticator is told: 160 random bits in base32, and the address of the QR code. */
export function totpUri(secret: string, userName: string, issuer: string): string {
  return totpOf(secret, userName, issuer).toString();
}

/** A secret in base32, of random bytes. */
export function newTotpSecret(bytes: Uint8Array): string {
  return new Secret({ buffer: Uint8Array.from(bytes).buffer }).base32;
}

/**
 * The step of the code, if it is one of now, and later than the last that was taken: a code counts once, also for who looks over a shoulder.
 * Undefined: it does not count.
 */
export function acceptedStep(secret: string, code: string, now: number, lastStep: number): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const delta = totpOf(secret, '', '').validate({ token: code, timestamp: now, window: WINDOW });
  if (delta === null) return undefined;
  const step = Math.floor(now / 1_000 / PERIOD_S) + delta;
  return step > lastStep ? step : undefined;
}

/** The code of an instant; for tests and for who enrols a machine. */
export function totpCode(secret: string, now: number): string {
  return totpOf(secret, '', '').generate({ timestamp: now });
}

function totpOf(secret: string, label: string, issuer: string): TOTP {
  return new TOTP({
    issuer,
    label: label || 'user',
    algorithm: 'SHA1',
    digits: DIGITS,
    period: PERIOD_S,
    secret: Secret.fromBase32(secret),
  });
}
