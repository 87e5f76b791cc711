import { createHmac } from 'node:crypto';
import type { Clock, HttpClient, Secret } from '@payment-manager/runtime';
import type { AlertNotice } from './alert-notice.ts';
import { missingIn } from './alert-secrets.ts';
import type { Attempted } from './due-deliveries.ts';

/** A way by which somebody is told. */
export interface AlertChannel {
  send(notice: AlertNotice): Promise<Attempted>;
  close(): void | Promise<void>;
}

export interface WebhookOptions {
  readonly url: string;
  /** Asked at each delivery. Rejects with AlertSecretMissing: then nothing leaves, and it is tried again. */
  secret(): Promise<Secret<string>>;
  readonly client: HttpClient & { close(): void | Promise<void> };
  readonly clock: Pick<Clock, 'now'>;
}

const TIMEOUT_MS = 5_000;
/** The same notice again would be refused again. */
const REFUSALS = new Set([400, 413, 422]);

/**
 * Posts notices as JSON. `x-payment-manager-signature` is `t=SECONDS,v1=HEX`: HMAC-SHA256 of `SECONDS.BODY`, so that who keeps a notice cannot send it again
 * much later. A redirect is not followed: it would take the notice, and its signature, to somebody else.
 */
export function webhookChannel({ url, secret: secretNow, client, clock }: WebhookOptions): AlertChannel {
  return {
    async send(notice) {
      const secret = await secretNow().catch(missingIn);
      if (typeof secret === 'string') return { kind: 'failed', problem: secret };
      const body = JSON.stringify(notice);
      const headers = {
        'content-type': 'application/json',
        'x-payment-manager-signature': signatureOf(body, secret, Math.floor(clock.now() / 1_000)),
      };
      const outcome = await client.request({ method: 'POST', url, headers, body, timeoutMs: TIMEOUT_MS });
      // what a failure says may have the URL, whose path may be a secret
      if (outcome.kind === 'failed') return { kind: 'failed', problem: `no answer (${outcome.code})` };
      if (outcome.status >= 200 && outcome.status < 300) return { kind: 'sent' };
      return { kind: REFUSALS.has(outcome.status) ? 'refused' : 'failed', problem: `it answers with status ${outcome.status}` };
    },
    close: () => client.close(),
  };
}

/** @param seconds since the epoch */
export function signatureOf(body: string, secret: Secret<string>, seconds: number): string {
  return `t=${seconds},v1=${createHmac('sha256', secret.reveal()).update(`${seconds}.${body}`).digest('hex')}`;
}
