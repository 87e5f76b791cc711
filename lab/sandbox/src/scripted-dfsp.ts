import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import {
  attachSignature,
  buildMessage,
  checkSignature,
  formatDateTime,
  type Operation,
  type Received,
  receive,
  signingInput,
  verifySignature,
} from '@payment-manager/fspiop';
import type { Clock, HttpClient, HttpHandler, HttpOutcome, HttpResponse, Signatures, World } from '@payment-manager/runtime';

/** A message that a scripted DFSP got from the hub, checked: well-formed, addressed to it, and with a genuine signature or none. */
export interface GotMessage extends Received {
  readonly path: string;
  readonly signed: boolean;
}

/** What a test changes in a message before it goes out. */
export interface SendOptions {
  readonly destination?: string;
  readonly body?: object;
  readonly version?: string;
  readonly acceptVersion?: string;
  readonly source?: string;
  /** `none`: unsigned; `tampered`: the body is changed after signing; `always`: signed even without a body. */
  readonly signature?: 'none' | 'tampered' | 'always';
  readonly headers?: Readonly<Record<string, string>>;
}

/** A DFSP for tests: it sends what it is told, records what it gets, and reacts as scripted. It never retries. */
export interface ScriptedDfsp {
  readonly fspId: string;
  readonly got: readonly GotMessage[];
  readonly handler: HttpHandler;
  /** What was wrong with messages of the hub; a test asserts that it is empty. */
  readonly complaints: readonly string[];
  send(operation: Operation, path: string, options?: SendOptions): Promise<{ status: number; errorCode?: string }>;
  /** How it reacts to a message: an answer instead of the usual one, or nothing. Replaces an earlier reaction. */
  on(operation: Operation, react: (message: GotMessage) => HttpResponse | undefined): void;
  /** All messages of this kind so far. */
  of(operation: Operation): readonly GotMessage[];
  /** Resolves with message number `nth` (from 1) of this kind, when it is there. */
  next(operation: Operation, nth?: number): Promise<GotMessage>;
}

/** RSA without the thread pool, so that a virtual clock need not wait for another thread. */
export const immediateSignatures: Signatures = {
  sign: async (_algorithm, key, data) => sign('sha256', data, key),
  verify: async (_algorithm, key, data, signature) => verify('sha256', data, key, signature),
};

export interface ScriptedDfspOptions extends Pick<World, 'clock'> {
  readonly fspId: string;
  readonly client: HttpClient;
  readonly hubUrl: () => string;
  readonly privateKey: string;
  readonly keyOf: (fspId: string) => string | undefined;
}

/** Makes a scripted DFSP. */
export function scriptedDfsp(options: ScriptedDfspOptions): ScriptedDfsp {
  const got: GotMessage[] = [];
  const complaints: string[] = [];
  const reactions = new Map<Operation, (message: GotMessage) => HttpResponse | undefined>();
  const waiting = new Set<() => void>();
  const key = createPrivateKey(options.privateKey);
  const of = (operation: Operation): GotMessage[] => got.filter((message) => message.operation === operation);
  return {
    fspId: options.fspId,
    got,
    complaints,
    of,
    on: (operation, react) => void reactions.set(operation, react),
    handler: async (request) => {
      const versions = {
        parties: ['1.0', '1.1', '2.0'],
        participants: ['1.0', '1.1', '2.0'],
        quotes: ['1.0', '1.1', '2.0'],
        transfers: ['1.0', '1.1', '2.0'],
      };
      try {
        const received = receive(request, { fspId: options.fspId, versions });
        const signed = request.headers['fspiop-signature'] !== undefined;
        const pem = options.keyOf(received.source);
        if (signed && pem !== undefined) {
          const { ok } = await verifySignature(checkSignature(request), createPublicKey(pem), immediateSignatures.verify);
          if (!ok) throw new Error('bad signature');
        }
        const message: GotMessage = { ...received, path: request.target, signed };
        got.push(message);
        for (const wake of [...waiting]) wake();
        const answer = reactions.get(message.operation)?.(message);
        return answer ?? { status: request.method === 'PUT' || request.method === 'PATCH' ? 200 : 202 };
      } catch (error) {
        complaints.push(`${request.method} ${request.target}: ${String(error)}`);
        return { status: 400, body: '{"errorInformation":{"errorCode":"3105","errorDescription":"refused"}}' };
      }
    },
    async send(operation, path, given = {}) {
      const outcome = await sendMessage(operation, path, given, options, key);
      if (outcome.kind === 'failed') throw new Error(`${outcome.code}: ${outcome.message}`);
      const text = Buffer.from(outcome.body).toString('utf8');
      const code =
        text === '' ? undefined : (JSON.parse(text) as { errorInformation?: { errorCode?: string } }).errorInformation?.errorCode;
      return { status: outcome.status, ...(code !== undefined && { errorCode: code }) };
    },
    next: (operation, nth = 1) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = of(operation)[nth - 1];
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
}

function sendMessage(
  operation: Operation,
  path: string,
  given: SendOptions,
  options: ScriptedDfspOptions,
  key: KeyObject,
): Promise<HttpOutcome> {
  const built = buildMessage({
    operation,
    path,
    source: given.source ?? options.fspId,
    ...(given.destination !== undefined && { destination: given.destination }),
    version: given.version ?? '1.1',
    ...(given.acceptVersion !== undefined && { acceptVersion: given.acceptVersion }),
    body: given.body,
    date: options.clock.now(),
  });
  if (given.signature === 'always' || (built.body !== undefined && given.signature !== 'none')) {
    const { protectedHeader, input } = signingInput(built, 'RS256');
    attachSignature(built, protectedHeader, sign('sha256', input, key));
  }
  const body = given.signature === 'tampered' ? built.body?.replace(/"amount":"\d/, '"amount":"7') : built.body;
  return options.client.request({
    method: built.method,
    url: options.hubUrl() + path,
    headers: { ...built.headers, ...given.headers },
    ...(body !== undefined && { body }),
    // It is not what is measured: a busy machine may take long for 200 handshakes at once.
    timeoutMs: 60_000,
  });
}

/** A fulfilment of 32 equal bytes, and its condition. */
export function fulfilmentOf(byte: number): { fulfilment: string; condition: string } {
  const bytes = Buffer.alloc(32, byte);
  return { fulfilment: bytes.toString('base64url'), condition: createHash('sha256').update(bytes).digest('base64url') };
}

/** A prepare from greenbank to bluewallet. */
export function prepareBody(transferId: string, clock: Clock, change: object = {}): object {
  return {
    transferId,
    payerFsp: 'greenbank',
    payeeFsp: 'bluewallet',
    amount: { amount: '25', currency: 'USD' },
    ilpPacket: 'AYICxgAAAAAAAAknwA',
    condition: fulfilmentOf(7).condition,
    expiration: formatDateTime(clock.now() + 30_000),
    ...change,
  };
}
