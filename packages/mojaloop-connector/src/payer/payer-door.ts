import {
  type ErrorBody,
  type PartiesPutResponse,
  partyPath,
  type QuotesIdPutResponse,
  type QuotesPostRequest,
  type TransfersIdPutResponse,
} from '@payment-manager/fspiop';
import type { World } from '@payment-manager/runtime';
import type { ReadAnswer, Reads } from '../hub-client/reads.ts';
import type { Sender } from '../hub-client/sender.ts';
import type { ConnectorSettings } from '../transfer/connector-settings.ts';
import type { Message, SendAction } from '../transfer/message.ts';
import type { HelperAnswer, PayerDoor } from '../transfer/payer-door.ts';
import type { PeerKeys } from '../transfer/peer-keys.ts';
import { inquiryMessage, partyTopic } from './owed.ts';
import type { Payments } from './payments.ts';

export interface PayerDoorDeps extends Pick<World, 'clock' | 'log'> {
  readonly settings: ConnectorSettings;
  readonly payments: Payments;
  readonly reads: Reads<ReadAnswer>;
  readonly sender: Sender;
  readonly peerKeys: PeerKeys;
}

/** The door of the outbound API: payments, and questions to the hub that belong to none. */
export function payerDoor(deps: PayerDoorDeps): PayerDoor {
  return {
    start: deps.payments.start,
    startSimple: deps.payments.startSimple,
    watch: deps.payments.watch,
    resume: deps.payments.resume,
    async inquire(transferId) {
      const payment = await deps.payments.inquire(transferId);
      // of what is not in our journal nobody but the hub can say how it ended (docs/money-rules.md, 4)
      const isHub = ({ source }: ReadAnswer) => source === deps.settings.hubId;
      return payment ?? read<TransfersIdPutResponse>(deps, `transfer:${transferId}`, inquiryMessage(deps.settings, transferId), isHub);
    },
    findParty(key, destination) {
      const message: Message = {
        operation: 'GET /parties',
        path: partyPath('parties', key),
        version: deps.settings.versions.parties,
        ...(destination !== undefined && { destination }),
      };
      return read<PartiesPutResponse>(deps, partyTopic(key), message, (answer) => counts(deps, answer, destination));
    },
    quote(destination: string, body: QuotesPostRequest) {
      const message: Message = { operation: 'POST /quotes', path: '/quotes', version: deps.settings.versions.quotes, destination, body };
      return read<QuotesIdPutResponse>(deps, `quote:${body.quoteId}`, message, (answer) => counts(deps, answer, destination));
    },
  };
}

/** An answer counts only from the hub, or the FSP that was asked; where none was named, from any FSP of which we hold a key (docs/money-rules.md, 5). */
function counts(deps: PayerDoorDeps, { source }: ReadAnswer, destination: string | undefined): boolean {
  if (source === deps.settings.hubId) return true;
  if (destination !== undefined) return source === destination;
  return !deps.settings.jws.verify || deps.peerKeys.keysOf(source).length > 0;
}

/**
 * An answer that has been on its way between replicas for longer than this before the question answers an older one. A younger
 * one counts: our own, which comes later, then serves who waits for this one.
 */
const OLDER_BY_MS_MAX = 500;

/** Asks and waits. The wait begins before the question leaves: an answer may be faster than our own send. */
async function read<T>(
  deps: PayerDoorDeps,
  topic: string,
  message: Message,
  accept: (answer: ReadAnswer) => boolean,
): Promise<HelperAnswer<T>> {
  if (deps.reads.full)
    return { kind: 'failed', errorInformation: { errorCode: '2005', errorDescription: 'too many enquiries are in flight; try again' } };
  const until = deps.clock.now() + deps.settings.timeouts.callbackMs;
  const begunAt = deps.clock.monotonic();
  const waiting = deps.reads.wait(
    topic,
    deps.settings.timeouts.callbackMs,
    (answer) => (answer.ageMs ?? 0) <= deps.clock.monotonic() - begunAt + OLDER_BY_MS_MAX && accept(answer),
  );
  const abort = new AbortController();
  const action: SendAction = { key: `read:${topic}`, type: 'send', repeatable: true, message, until };
  const failed = deps.sender.send(action, { resumed: false, signal: abort.signal }).then(
    (sent) => {
      if (sent === undefined || sent.outcome.kind === 'acknowledged') return undefined;
      return { kind: 'failed', errorInformation: sent.outcome.errorInformation } as const;
    },
    // a defect: whoever asks is told that nothing is known, as of any question that did not leave
    (error: unknown) => {
      deps.log.error('a question could not be sent', { operation: message.operation, error: String(error) });
      return { kind: 'failed', errorInformation: { errorCode: '2001', errorDescription: 'the question could not be sent' } } as const;
    },
  );
  const failure = failed.then((answer) => answer ?? new Promise<never>(() => {}));
  try {
    const answer = await Promise.race([waiting.answer, failure]);
    if (answer === undefined) return { kind: 'timeout' };
    return 'kind' in answer ? answer : answered<T>(answer);
  } finally {
    waiting.cancel();
    abort.abort();
  }
}

function answered<T>({ operation, source, destination, date, body }: ReadAnswer): HelperAnswer<T> {
  if (operation.endsWith('/error')) return { kind: 'error', errorInformation: (body as ErrorBody).errorInformation };
  return {
    kind: 'answered',
    body: body as T,
    headers: {
      date,
      'fspiop-source': source,
      ...(destination !== undefined && { 'fspiop-destination': destination }),
    },
  };
}
