import type { Append, AppendResult, StoredRecord } from '@payment-manager/journal';
import type { Connector, ConnectorDeps } from '@payment-manager/mojaloop-connector';
import type { OutgoingRequest } from '@payment-manager/runtime';
import type { Rule } from '../src/index.ts';

/** A fault planted in what the connector is given; the checkers of the simulator must see it. */
export interface PlantedInWorld {
  readonly name: string;
  readonly sabotage?: (deps: ConnectorDeps) => ConnectorDeps;
  /** Where it cannot be planted in what the connector is given: in what it answers. */
  readonly breakConnector?: (connector: Connector) => Connector;
  /** Rules of which one at least must be seen broken. */
  readonly seen: readonly Rule[];
  /** A seed that has shown it once: the search begins here. Default: the first. */
  readonly from?: number;
}

const done = (append: Append): AppendResult => ({ kind: 'appended', version: append.expectedVersion + append.events.length });
const withoutLast = (record: StoredRecord): StoredRecord =>
  record.events.length < 2 ? record : { ...record, events: record.events.slice(0, -1) };
const LONG_MS = 9_000;

export const plantedInWorld: readonly PlantedInWorld[] = [
  {
    name: 'it acts before the append is durable',
    sabotage: (deps) => ({
      ...deps,
      journal: {
        ...deps.journal,
        append(append) {
          deps.journal.append(append).catch(() => {});
          return Promise.resolve(done(append));
        },
      },
    }),
    seen: ['durable-first', 'acknowledged-is-durable'],
  },
  {
    name: 'a commit that failed counts as done',
    sabotage: (deps) => ({
      ...deps,
      journal: { ...deps.journal, append: (append) => deps.journal.append(append).catch(() => done(append)) },
    }),
    from: 13,
    seen: ['durable-first', 'acknowledged-is-durable', 'told-is-durable'],
  },
  {
    name: 'claims are not kept: nothing tells a repeat from new work',
    sabotage: (deps) => ({
      ...deps,
      journal: {
        ...deps.journal,
        append: (append) => deps.journal.append({ ...append, claims: [] }),
        findByClaim: () => Promise.resolve(undefined),
      },
    }),
    seen: ['one-payment-per-key', 'acknowledged-is-durable', 'durable-first'],
  },
  {
    name: 'a timer is forgotten',
    sabotage: (deps) => ({
      ...deps,
      timers: { ...deps.timers, after: (ms, run) => (ms >= LONG_MS ? { cancel: () => {} } : deps.timers.after(ms, run)) },
    }),
    seen: ['liveness', 'bounded'],
  },
  {
    name: 'timers are not taken back',
    sabotage: (deps) => ({
      ...deps,
      timers: {
        ...deps.timers,
        after(ms, run) {
          deps.timers.after(ms * 1_000, run);
          return deps.timers.after(ms, run);
        },
      },
    }),
    seen: ['bounded'],
  },
  {
    name: 'open records are not taken up after a crash',
    sabotage: (deps) => ({ ...deps, journal: { ...deps.journal, openRecords: () => Promise.resolve([]) } }),
    from: 5,
    seen: ['liveness'],
  },
  {
    name: 'the last event of a record is lost when it is loaded',
    sabotage: (deps) => ({
      ...deps,
      journal: {
        ...deps.journal,
        load: async (recordId) => {
          const record = await deps.journal.load(recordId);
          return record && withoutLast(record);
        },
        openRecords: async (limit, after) => (await deps.journal.openRecords(limit, after)).map(withoutLast),
      },
    }),
    seen: ['forward-only', 'liveness', 'told-is-durable', 'acknowledged-is-durable', 'hub-decides', 'money', 'defect'],
  },
  {
    name: 'a COMMITTED that the hub has acknowledged is not asked about',
    sabotage: (deps) => ({
      ...deps,
      settings: { ...deps.settings, core: { ...deps.settings.core, confirmAcknowledged: 'never' } },
    }),
    from: 4,
    seen: ['liveness'],
  },
  {
    name: 'a prepare is sent again under a new id',
    sabotage: (deps) => {
      let prepares = 0;
      const renamed = (request: OutgoingRequest): OutgoingRequest => ({
        ...request,
        body: String(request.body).replace(/"transferId":"[^"]+"/, `"transferId":"${deps.random.uuid()}"`),
      });
      return {
        ...deps,
        hubClient: {
          ...deps.hubClient,
          request: (request) => {
            const again = request.method === 'POST' && request.url.endsWith('/transfers') && ++prepares % 3 === 0;
            return deps.hubClient.request(again ? renamed(request) : request);
          },
        },
      };
    },
    from: 4,
    seen: ['durable-first', 'same-message-again'],
  },
  {
    name: 'a prepare is sent with another amount than was accepted',
    sabotage: (deps) => ({
      ...deps,
      hubClient: {
        ...deps.hubClient,
        request: (request) =>
          deps.hubClient.request(
            request.method === 'POST' && request.url.endsWith('/transfers')
              ? { ...request, body: String(request.body).replace(/"amount":"\d+/, '"amount":"77') }
              : request,
          ),
      },
    }),
    from: 4,
    seen: ['same-message-again'],
  },
  {
    name: 'a money call without an answer is made again',
    sabotage: (deps) => ({
      ...deps,
      core: {
        ...deps.core,
        async transfer(request, key, deadline) {
          const first = await deps.core.transfer(request, key, deadline);
          return first.kind === 'unknown' ? deps.core.transfer(request, `${key}-2`, deadline + 8_000) : first;
        },
      },
    }),
    from: 30,
    seen: ['one-effect'],
  },
  {
    name: 'an unknown outcome of the core is guessed to be a refusal',
    sabotage: (deps) => ({
      ...deps,
      core: {
        ...deps.core,
        async transfer(request, key, deadline) {
          const outcome = await deps.core.transfer(request, key, deadline);
          return outcome.kind === 'unknown' ? { kind: 'rejected', refusal: { code: '2001', description: 'guessed' } } : outcome;
        },
      },
    }),
    from: 34,
    seen: ['money'],
  },
  {
    name: 'the core is told COMMITTED as soon as it has reserved',
    sabotage: (deps) => ({
      ...deps,
      core: {
        ...deps.core,
        async transfer(request, key, deadline) {
          const outcome = await deps.core.transfer(request, key, deadline);
          const completedTimestamp = new Date(deps.clock.now()).toISOString();
          const { transferId } = request;
          if (outcome.kind === 'ok')
            await deps.core.notify({ transferId, transferState: 'COMMITTED', completedTimestamp, context: {} }, key, deadline);
          return outcome;
        },
      },
    }),
    from: 4,
    seen: ['durable-first', 'money'],
  },
  {
    name: 'a prepare without an answer counts as refused',
    sabotage: (deps) => ({
      ...deps,
      hubClient: {
        ...deps.hubClient,
        async request(request) {
          const outcome = await deps.hubClient.request(request);
          const isPrepare = request.method === 'POST' && request.url.endsWith('/transfers');
          return isPrepare && outcome.kind === 'failed' ? { kind: 'answer', status: 400, headers: {}, body: new Uint8Array() } : outcome;
        },
      },
    }),
    from: 10,
    seen: ['hub-decides'],
  },
  {
    name: 'a day has a payment less than it had',
    sabotage: (deps) => ({
      ...deps,
      journal: { ...deps.journal, between: async (query) => (await deps.journal.between(query)).slice(1) },
    }),
    from: 4,
    seen: ['reconcile'],
  },
  {
    name: 'a quote is accepted automatically whatever it costs',
    sabotage: (deps) => ({ ...deps, settings: { ...deps.settings, maxAutoAcceptFee: { USD: { absolute: '1000' } } } }),
    from: 5,
    seen: ['acceptance'],
  },
  {
    name: 'an action that throws is never heard of again',
    sabotage: (deps) => ({
      ...deps,
      hubClient: { ...deps.hubClient, request: (request) => deps.hubClient.request(request).catch(() => new Promise(() => {})) },
    }),
    from: 12,
    seen: ['liveness'],
  },
  {
    name: 'a call of the core that throws counts as refused',
    sabotage: (deps) => ({
      ...deps,
      core: {
        ...deps.core,
        transfer: (request, key, deadline) =>
          deps.core
            .transfer(request, key, deadline)
            .catch(() => ({ kind: 'rejected', refusal: { code: '2001', description: 'it threw' } }) as const),
      },
    }),
    from: 8,
    seen: ['money'],
  },
  {
    name: 'what the hub does not know now is told as the end of a transfer that is not ours',
    breakConnector: (connector) => ({
      ...connector,
      async outbound(request) {
        const answer = await connector.outbound(request);
        if (request.method !== 'GET' || answer.status !== 504 || !String(answer.body).includes('"errorCode":"3208"')) return answer;
        return {
          ...answer,
          body: String(answer.body).replace('"transferState":{', '"transferState":{"currentState":"ERROR_OCCURRED",'),
        };
      },
    }),
    from: 303,
    seen: ['hub-decides'],
  },
  {
    name: 'a core is believed to be quiet sooner than it is',
    sabotage: (deps) => ({ ...deps, settings: { ...deps.settings, core: { ...deps.settings.core, quietMs: 0 } } }),
    from: 62,
    seen: ['money'],
  },
];
