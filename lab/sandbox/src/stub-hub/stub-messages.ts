import type { KeyObject } from 'node:crypto';
import { attachSignature, buildMessage, type Operation, signingInput } from '@payment-manager/fspiop';
import type { HttpClient, HttpOutcome, World } from '@payment-manager/runtime';

/** What the stub of a hub works with. It plays the hub and, as asked, the DFSP on its other side. */
export interface StubParts extends Pick<World, 'clock' | 'signatures'> {
  readonly hubId: string;
  readonly payerFsp: string;
  readonly payeeFsp: string;
  /** JWS keys of those in whose name the stub speaks. */
  readonly keys: Readonly<Record<string, KeyObject>>;
  /** Base URL of an FSP's inbound API. */
  readonly endpointOf: (fspId: string) => string;
  readonly client: HttpClient;
}

const VERSION = '1.1';
const TIMEOUT_MS = 30_000;

/** A message of the stub's own. */
export interface StubMessage {
  readonly operation: Operation;
  readonly path: string;
  readonly from: string;
  readonly to: string;
  readonly body?: object;
}

/** Builds, signs (when there is a body) and sends a message to `to`. */
export async function sendSigned(parts: StubParts, message: StubMessage): Promise<HttpOutcome> {
  return (await sendTimed(parts, message)).outcome;
}

/** The same; tells besides how long the answer took, milliseconds from when the message was signed. */
export async function sendTimed(parts: StubParts, message: StubMessage): Promise<{ outcome: HttpOutcome; tookMs: number }> {
  const built = await buildSigned(parts, message);
  const sentAt = parts.clock.monotonic();
  const outcome = await parts.client.request({
    method: built.method,
    url: parts.endpointOf(message.to) + message.path,
    headers: built.headers,
    ...(built.body !== undefined && { body: built.body }),
    timeoutMs: TIMEOUT_MS,
  });
  return { outcome, tookMs: parts.clock.monotonic() - sentAt };
}

async function buildSigned(parts: StubParts, message: StubMessage): Promise<ReturnType<typeof buildMessage>> {
  const { operation, path, from, to, body } = message;
  const built = buildMessage({
    operation,
    path,
    source: from,
    destination: to,
    version: VERSION,
    date: parts.clock.now(),
    ...(body && { body }),
  });
  const key = parts.keys[from];
  if (built.body !== undefined && key !== undefined) {
    const { protectedHeader, input } = signingInput(built, 'RS256');
    attachSignature(built, protectedHeader, await parts.signatures.sign('RS256', key, input));
  }
  return built;
}

/** True for a 2xx. */
export function isAcknowledged(outcome: HttpOutcome): boolean {
  return outcome.kind === 'answer' && outcome.status >= 200 && outcome.status < 300;
}

/** Error callbacks end in this. */
export function isErrorPath(target: string): boolean {
  return target.endsWith('/error');
}

/** Parsed without a check: the stub believes what it gets. */
export function bodyOf<T>(body: Uint8Array): T {
  return JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')) as T;
}

/** Is it a question about a transfer? The hub answers it itself. */
export function asksAboutTransfer({ method, target }: { readonly method: string; readonly target: string }): boolean {
  return method === 'GET' && target.startsWith('/transfers/');
}

/** The answer to a question about a transfer: here every one that is asked about is committed. */
export async function answerQuestion(parts: StubParts, path: string, to: string): Promise<void> {
  await sendSigned(parts, { operation: 'PUT /transfers', path, from: parts.hubId, to, body: { transferState: 'COMMITTED' } });
}
