import { createHmac } from 'node:crypto';
import type { HttpClient, HttpOutcome, Secret } from '@payment-manager/runtime';

/** Where notices go, and what signs them. */
export interface SignedNotice {
  readonly url: string;
  readonly secret: Secret<string> | undefined;
  /** JSON, as it is signed and sent. */
  readonly body: string;
  readonly timeoutMs: number;
}

/** Sends JSON to a webhook, which can see that it is ours where there is a secret. */
export function postSigned(client: HttpClient, { url, secret, body, timeoutMs }: SignedNotice): Promise<HttpOutcome> {
  const headers = { 'content-type': 'application/json', ...signatureHeader(secret, body) };
  return client.request({ method: 'POST', url, headers, body, timeoutMs });
}

/** Proves to a webhook that a body is ours: HMAC-SHA256 of its bytes, in hexadecimal. Nothing without a secret. */
function signatureHeader(secret: Secret<string> | undefined, body: string): Readonly<Record<string, string>> {
  if (secret === undefined) return {};
  return { 'x-payment-manager-signature': `sha256=${createHmac('sha256', secret.reveal()).update(body).digest('hex')}` };
}
