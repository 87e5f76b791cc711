import { matchRoute } from '@payment-manager/fspiop';
import type { HttpClient, HttpHandler, HttpRequest, World } from '@payment-manager/runtime';
import type { MessageFacts } from '../faults/fault.ts';
import { faultyHandler } from '../faults/faulty-handler.ts';
import { faultySender } from '../faults/faulty-sender.ts';
import { type MessageFaults, messageFaults } from '../faults/message-faults.ts';
import type { JsonObject } from '../request-body.ts';
import { type DeliveryPolicy, deliveries } from './deliveries.ts';
import { hubAdmin, putParticipant, putParty } from './hub-admin.ts';
import type { HubIdentity } from './hub-message.ts';
import type { HubStore } from './hub-store.ts';
import { lookupRelay } from './lookup-relay.ts';
import { type SchemeDirectory, schemeDirectory } from './scheme-directory.ts';
import { acknowledgement, switchApi } from './switch-api.ts';
import type { HubTransfer } from './transfer.ts';
import { transferDesk } from './transfer-desk.ts';
import { errorMessage, errorOf } from './transfer-messages.ts';

/** What a hub is told. */
export interface HubSettings {
  readonly requireClientCertificate: boolean;
  readonly verifySignatures: boolean;
  readonly requireSignedParties: boolean;
  readonly openTransfersMax: number;
  /** What GET /transfers/{id} tells of an aborted transfer: its `error`, or the `state` ABORTED; hubs of the field do either (docs/protocol.md, 14). */
  readonly abortedAs: 'error' | 'state';
  readonly futureToleranceMs: number;
  readonly delivery: DeliveryPolicy;
}

/** A strict hub with limits that fit a laptop. */
export const DEFAULT_HUB_SETTINGS: HubSettings = {
  requireClientCertificate: true,
  verifySignatures: true,
  requireSignedParties: false,
  openTransfersMax: 20_000,
  abortedAs: 'error',
  futureToleranceMs: 1_000,
  delivery: { httpTimeoutMs: 10_000, attemptsMax: 12, pauseMs: 200, pauseMsMax: 10_000, underWayMax: 20_000 },
};

export interface HubOptions extends Pick<World, 'clock' | 'timers' | 'random' | 'signatures' | 'log'> {
  readonly identity: HubIdentity;
  readonly settings: HubSettings;
  readonly store: HubStore;
  /** Client to the participants, with the hub's certificate. */
  readonly client: HttpClient;
}

/** A hub without sockets: two APIs and what tests look at. */
export interface Hub {
  readonly identity: HubIdentity;
  /** The FSPIOP API for the DFSPs. */
  readonly handler: HttpHandler;
  /** The operator's API. */
  readonly admin: HttpHandler;
  readonly directory: SchemeDirectory;
  readonly faults: MessageFaults;
  /** As POST /participants of the admin API. */
  putParticipant(given: JsonObject): Promise<void>;
  /** As POST /parties of the admin API. */
  putParty(given: JsonObject): Promise<void>;
  findTransfer(transferId: string): Promise<HubTransfer | undefined>;
  /** Messages that are being sent. */
  readonly underWay: number;
  /** Sends nothing any more and closes the store; what is owed is sent after the next start. */
  stop(): Promise<void>;
}

/** Opens a hub: participants, positions, open transfers and owed messages as they were. */
export async function openHub(options: HubOptions): Promise<Hub> {
  const { identity, settings, store, clock, timers, random, log } = options;
  const { hubId } = identity;
  const directory = schemeDirectory();
  const faults = messageFaults(random);
  const send = faultySender(options.client, { book: faults, timers, log });
  const endpointOf = (fspId: string): string | undefined => directory.participant(fspId)?.endpoint || undefined;
  const outbox = deliveries({ send, identity, endpointOf, policy: settings.delivery, clock, timers, signatures: options.signatures, log });
  const desk = transferDesk({ abortedAs: settings.abortedAs, directory, store, deliveries: outbox, clock, timers, random, log });
  const lookups = lookupRelay({ hubId, directory, deliveries: outbox, random, log });
  const api = switchApi({ ...settings, hubId, directory, signatures: options.signatures, desk, lookups, deliveries: outbox, clock });

  const found = await store.load();
  for (const participant of found.participants) directory.putParticipant(participant);
  for (const entry of found.parties) directory.putParty(entry);
  for (const position of found.positions) directory.restorePosition(position);
  desk.resume(found.openTransfers, found.owed);

  return {
    identity,
    directory,
    faults,
    handler: faultyHandler(api, {
      book: faults,
      timers,
      log,
      facts: factsOf,
      accepted: acknowledgement,
      tellError(request, errorCode) {
        const { route, to, version } = callbackOf(request);
        if (route.resource === 'transfers' && route.id !== undefined)
          void outbox.deliver({ id: random.uuid(), to, message: errorMessage(route.id, version, errorOf(errorCode)) });
      },
      refused: ({ status, errorCode = '2001', message = 'a fault of the sandbox' }) => ({
        status,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ errorInformation: { errorCode, errorDescription: message } }),
      }),
    }),
    admin: hubAdmin({ hubId, directory, store, desk, faults }),
    putParticipant: async (given) => void (await putParticipant(given, { hubId, directory, store })),
    putParty: async (given) => void (await putParty(given, { directory, store })),
    findTransfer: (transferId) => desk.find(transferId),
    get underWay() {
      return outbox.underWay;
    },
    async stop() {
      desk.stop();
      outbox.stop();
      await store.close();
    },
  };
}

/** Where a callback about a message of a transfer goes, and in which version. */
function callbackOf({ method, target, headers }: HttpRequest) {
  const version = /version=(\d+\.\d+)/.exec(headers['content-type'] ?? '')?.[1] ?? '1.1';
  return { route: matchRoute(method, target), to: headers['fspiop-source'] ?? '', version };
}

/** A message as the faults see it; undefined for what is no message of the API. */
function factsOf(request: HttpRequest): MessageFacts | undefined {
  try {
    const { operation } = matchRoute(request.method, request.target);
    const fspId = request.headers['fspiop-source'];
    return { operation, direction: 'in', ...(fspId !== undefined && { fspId }) };
  } catch {
    return undefined;
  }
}
