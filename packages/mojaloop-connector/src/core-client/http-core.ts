import { FspiopError, type Party, partyPath } from '@payment-manager/fspiop';
import type { MessageLog } from '@payment-manager/messages';
import type { Clock, HttpClient, Log, Metrics } from '@payment-manager/runtime';
import { type AnswerReaders, answerReaders } from './core-answers.ts';
import { notificationBody, quoteRequestBody, transferRequestBody } from './core-bodies.ts';
import type { CoreDoor, PartyKey, ReadOutcome } from './core-door.ts';
import { coreHttp, type HttpCoreSettings } from './core-http.ts';
import { moneyOutcome, readOutcome } from './core-outcome.ts';
import { refusal } from './core-refusal.ts';

/**
 * The core over HTTP: the backend API that the Mojaloop SDK calls (docs/protocol.md, 17), so that a core or core connector
 * made for the SDK works unchanged. What the SDK does wrong there is mended, see README.md of this folder: money calls
 * are sent once, every failure gets a valid code, every answer is checked, and an Idempotency-Key goes with what moves
 * money. How many calls run at once is decided before (`guardedCore`).
 *
 * @example
 * const core = httpCore(settings, createHttpClient({}), systemClock, metrics, log);
 * const party = await core.findParty({ type: 'MSISDN', id: '27713803912' }, deadlineMs);
 */
export function httpCore(
  settings: HttpCoreSettings,
  client: HttpClient,
  clock: Clock,
  metrics: Metrics,
  log: Log,
  messages?: MessageLog,
): CoreDoor {
  const http = coreHttp(settings, client, clock, metrics, log, messages);
  const readers: AnswerReaders = answerReaders(settings.fspId, settings.core.emptyAnswerIsOk, clock, metrics, log);
  return {
    async findParty(party: PartyKey, deadline: number): Promise<ReadOutcome<Party>> {
      const path = safePartyPath(party);
      if (path === undefined) return { kind: 'rejected', refusal: refusal('3204'), notFound: true };
      return readOutcome('party', await http.read({ operation: 'party', method: 'GET', path, deadline }), (body) =>
        readers.party(body, party),
      );
    },
    async quote({ quote }, deadline) {
      const call = { operation: 'quote', method: 'POST', path: '/quoterequests', body: quoteRequestBody(quote), deadline } as const;
      return readOutcome('quote', await http.read(call), (body) => readers.quote(body, quote));
    },
    async transfer(request, key, deadline) {
      const call = {
        operation: 'transfer',
        method: 'POST',
        path: '/transfers',
        body: transferRequestBody(request),
        key,
        deadline,
      } as const;
      return moneyOutcome('transfer', await http.once(call), readers.transfer);
    },
    async notify(notification, key, deadline) {
      const call = {
        operation: 'notify',
        method: 'PUT',
        path: transferPath(notification.transferId),
        body: notificationBody(notification),
        key,
        deadline,
      } as const;
      // Every 2xx is an answer to a notification, with or without a body (docs/protocol.md, 17.2).
      return moneyOutcome('notify', await http.once(call), (body) => body ?? {});
    },
    async ask(transferId, deadline) {
      const answer = await http.read({ operation: 'ask', method: 'GET', path: transferPath(transferId), deadline });
      return readOutcome('ask', answer, (body) => readers.state(body, transferId));
    },
  };
}

/** `undefined`: an identifier that no URL can hold without changing its meaning (`..`); no core can know it. */
function safePartyPath(party: PartyKey): string | undefined {
  try {
    return partyPath('parties', party);
  } catch (error) {
    if (error instanceof FspiopError) return undefined;
    throw error;
  }
}

function transferPath(transferId: string): string {
  return `/transfers/${encodeURIComponent(transferId)}`;
}
