import { FspiopError, type Received, type ReceiveOptions, receive } from '@payment-manager/fspiop';
import { JournalUnavailable } from '@payment-manager/journal';
import type { MessageLog } from '@payment-manager/messages';
import {
  type AlarmCode,
  type HttpHandler,
  type HttpRequest,
  type HttpResponse,
  MESSAGE_SECONDS,
  type World,
} from '@payment-manager/runtime';
import type { ConnectorSettings } from '../transfer/connector-settings.ts';
import { cameIn, idsOfMessage, idsOfRefused, jsonIn } from '../transfer/message-ids.ts';
import { ACCEPTED, busy, refusal, TAKEN, unavailable } from './answers.ts';

/** What the connector does with a message of the hub. Resolves when the message may be acknowledged: what it means is durable. */
export interface InboundDoor {
  take(received: Received): Promise<'taken' | 'busy'>;
}

export interface InboundDeps extends Pick<World, 'log' | 'metrics' | 'clock'> {
  readonly settings: ConnectorSettings;
  readonly door: InboundDoor;
  readonly guard: (request: HttpRequest, received: Received) => Promise<void>;
  readonly alarm: (code: AlarmCode, label: string, reason: string, peer?: string) => void;
  /** Where the bytes are kept that came. Absent: nowhere. */
  readonly messages?: MessageLog | undefined;
}

/** Also of what is refused before it is read: by them it is found, and erased. */
function idsOf({ target, body }: HttpRequest, received: Received | undefined): readonly string[] {
  return received === undefined ? idsOfRefused(target, jsonIn(body)) : idsOfMessage(target, received.body);
}

/**
 * The API that the hub calls. Checks in the order of docs/protocol.md, 4 (size and TLS are the server's): path, method, media type,
 * headers, JSON, schema, signature; then the message is recorded, and only then acknowledged (promise 1).
 */
export function inboundApi(deps: InboundDeps): HttpHandler {
  const { settings } = deps;
  const versions = Object.fromEntries(
    ['parties', 'participants', 'quotes', 'transfers', 'ping'].map((resource) => [resource, settings.supportedVersions]),
  );
  const options: ReceiveOptions = { fspId: settings.fspId, versions, extraCurrencies: settings.extraCurrencies };
  const refused = deps.metrics.counter('pm_inbound_refused_total', 'Messages of the hub that were refused, by error code', ['code']);
  const accepted = deps.metrics.counter('pm_inbound_messages_total', 'Messages of the hub that were accepted, by operation', ['operation']);
  const answered = async (request: HttpRequest, seen: { received?: Received }): Promise<HttpResponse> => {
    try {
      const received = receive(request, options);
      seen.received = received;
      await deps.guard(request, received);
      const isCallback = request.method === 'PUT' || request.method === 'PATCH';
      if (isCallback && received.destination !== undefined && received.destination !== settings.fspId) {
        // acknowledged, so that nobody repeats it for ever, and nothing follows from it (docs/money-rules.md, 5)
        deps.alarm(
          'CALLBACK_FOR_ANOTHER_FSP',
          received.route.id ?? '',
          `${received.source} sent us a callback for ${received.destination}`,
          received.source,
        );
        return TAKEN;
      }
      if ((await deps.door.take(received)) === 'busy') return busy();
      accepted.add(1, { operation: received.operation });
      return isCallback ? TAKEN : ACCEPTED;
    } catch (error) {
      if (error instanceof FspiopError) {
        refused.add(1, { code: error.errorCode });
        deps.log.info('message refused', { method: request.method, code: error.errorCode, reason: error.errorDescription });
        return refusal(error);
      }
      if (error instanceof JournalUnavailable) return unavailable();
      throw error;
    }
  };
  const seconds = deps.metrics.histogram(
    'pm_inbound_message_seconds',
    'Messages of the hub, from arrival to answer, by operation and result',
    MESSAGE_SECONDS,
    ['operation', 'result'],
  );
  return async (request) => {
    const { messages, clock } = deps;
    const [at, startedMs] = [clock.now(), clock.monotonic()];
    const seen: { received?: Received } = {};
    const keep = (answer: HttpResponse): void =>
      messages?.record({
        ...cameIn(request, answer),
        at,
        side: 'hub',
        tookMs: clock.monotonic() - startedMs,
        ids: idsOf(request, seen.received),
      });
    const answer = await answered(request, seen).catch((error: unknown) => {
      // what the server answers for us
      keep({ status: 500 });
      throw error;
    });
    const result = answer.status < 400 ? 'taken' : answer.status < 500 ? 'refused' : 'failed';
    seconds.observe((clock.monotonic() - startedMs) / 1_000, { operation: seen.received?.operation ?? 'none', result });
    keep(answer);
    return answer;
  };
}
