import { isIP } from 'node:net';
import type { Secret } from '@payment-manager/runtime';
import type { ToldWords } from '@payment-manager/runtime/words';
import { mailOf } from './alert-mail.ts';
import type { AlertNotice } from './alert-notice.ts';
import { missingIn } from './alert-secrets.ts';
import type { Attempted } from './due-deliveries.ts';
import type { AlertChannel } from './webhook-channel.ts';

export interface EmailOptions {
  readonly host: string;
  readonly port: number;
  /** `starttls`: nothing is said before it, and without it nothing is sent. `none`: in a sandbox alone. */
  readonly security: 'starttls' | 'tls' | 'none';
  readonly user: string | undefined;
  /** Asked at each mail; undefined: no sign-in. Rejects with AlertSecretMissing: then nothing leaves, and it is tried again. */
  readonly password: (() => Promise<Secret<string>>) | undefined;
  readonly from: string;
  readonly to: readonly string[];
  readonly words: ToldWords;
  /** PEM; undefined: the system’s. */
  readonly trustedCas: string | undefined;
}

const CONNECT_MS = 10_000;
const SILENCE_MS = 30_000;

/** Sends notices as plain text and as HTML, one connection each. The library is loaded here alone. Never rejects once it is open. */
export async function emailChannel(options: EmailOptions): Promise<AlertChannel> {
  const { createTransport } = await import('nodemailer');
  const { host, port, security, user, password, from, to, trustedCas, words } = options;
  const transportWith = (pass: Secret<string> | undefined) =>
    createTransport({
      ...{ host, port, secure: security === 'tls', requireTLS: security === 'starttls', ignoreTLS: security === 'none' },
      tls: { minVersion: 'TLSv1.2', ...(isIP(host) === 0 && { servername: host }), ...(trustedCas !== undefined && { ca: trustedCas }) },
      ...(user !== undefined && { auth: { user, pass: pass?.reveal() ?? '' } }),
      ...{ connectionTimeout: CONNECT_MS, greetingTimeout: CONNECT_MS, socketTimeout: SILENCE_MS },
      ...{ disableFileAccess: true, disableUrlAccess: true },
    });
  return {
    async send(notice) {
      const pass = await password?.().catch(missingIn);
      if (typeof pass === 'string') return { kind: 'failed', problem: pass };
      const transport = transportWith(pass);
      try {
        const { rejected } = await transport.sendMail({
          from,
          to: [...to],
          ...mailOf(notice, words),
          messageId: messageId(notice, from),
          headers: { ...HEADERS, 'content-language': words.language },
        });
        return rejected.length === 0
          ? { kind: 'sent' }
          : { kind: 'sent', problem: `${rejected.length} of ${to.length} recipients are refused` };
      } catch (error) {
        return problemOf(error as SmtpError);
      } finally {
        transport.close();
      }
    },
    close: () => {},
  };
}

/** Out-of-office answers to a machine help nobody. */
const HEADERS = { 'auto-submitted': 'auto-generated', 'x-auto-response-suppress': 'All' };

/** The same when it is repeated, so that a mail that was taken twice is shown once. */
function messageId({ id }: AlertNotice, from: string): string {
  return `<${id}@${from.split('@').at(-1)?.replace(/>$/, '') ?? 'localhost'}>`;
}

interface SmtpError extends Error {
  readonly code?: string;
  readonly responseCode?: number;
  readonly command?: string;
}

/** What a server says may have addresses and more: only its number is told. */
function problemOf({ code, responseCode, command }: SmtpError): Attempted {
  const permanent = responseCode !== undefined && responseCode >= 550 && responseCode < 560 && code === 'EENVELOPE';
  if (permanent) return { kind: 'refused', problem: `the mail server refuses sender or recipients (${responseCode})` };
  const status = responseCode === undefined ? '' : `, ${responseCode}`;
  return {
    kind: 'failed',
    problem: `the mail server does not take it (${code ?? 'unknown'}${status}${command === undefined ? '' : ` at ${command}`})`,
  };
}
