import { createHmac } from 'node:crypto';
import type { Secret } from '@payment-manager/runtime';

/** Proves to a webhook that a body is ours: HMAC-SHA256 of its bytes, in hexadecimal. Nothing without a secret. */
export function signatureHeader(secret: Secret<string> | undefined, body: string): Readonly<Record<string, string>> {
  if (secret === undefined) return {};
  return { 'x-payment-manager-signature': `sha256=${createHmac('sha256', secret.reveal()).update(body).digest('hex')}` };
}
