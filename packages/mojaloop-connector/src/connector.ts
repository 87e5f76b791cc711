import type { KeyObject } from 'node:crypto';
import { Engine, type EngineDeps } from '@payment-manager/engine';
import type { Attention, Journal } from '@payment-manager/journal';
import type { MessageLog } from '@payment-manager/messages';
import type { AlarmEntry, Clock, HttpClient, HttpHandler, Log, Metrics, Sealer, World } from '@payment-manager/runtime';
import { Admission, type Gate, inboundGate, outboundGate, tellingFollowUps } from './admission/admission.ts';
import type { CoreDoor, CoreRecordsDoor, CoreWithRecords, OpenedCore } from './core-client/core-door.ts';
import { type GuardedCore, guardedCore } from './core-client/guarded-core.ts';
import { outboundApi } from './dfsp-api/outbound-api.ts';
import { recordedDfspApi } from './dfsp-api/recorded.ts';
import { alarmList } from './exceptions/alarms.ts';
import { withCoreRecords } from './exceptions/core-records.ts';
import { type ExceptionsDoor, exceptionsDoor } from './exceptions/exceptions-door.ts';
import { type PaymentTrace, paymentTraces } from './exceptions/payment-trace.ts';
import { shares } from './exceptions/shares.ts';
import { inboundApi } from './hub-api/inbound-api.ts';
import { partyLookups } from './hub-api/party-lookups.ts';
import { signatureGuard } from './hub-api/signature.ts';
import { inboundDoor } from './hub-api/take-message.ts';
import { type PassedOn, passedOn } from './hub-client/passed-on.ts';
import { type ReadAnswer, Reads } from './hub-client/reads.ts';
import { amongReplicas } from './hub-client/replicas.ts';
import { createSender, type Sender } from './hub-client/sender.ts';
import { type PayeeEngine, payeeFlow } from './payee/flow.ts';
import { performPayee } from './payee/perform.ts';
import { idempotencyClaim, payerFlow } from './payer/flow.ts';
import { payerDoor } from './payer/payer-door.ts';
import { createPayments, type PayerEngine } from './payer/payments.ts';
import { type RestoredDesk, restoredDesk } from './restored/restored-desk.ts';
import { unknownTransfers } from './restored/unknown-transfers.ts';
import type { ConnectorSettings } from './transfer/connector-settings.ts';
import type { Message, SendAction } from './transfer/message.ts';
import type { PayerDoor } from './transfer/payer-door.ts';
import type { PeerKeys } from './transfer/peer-keys.ts';
import { type Restored, restoredOf } from './transfer/restored.ts';

/** Everything that the connector needs; wired once, in the composition root. */
export interface ConnectorDeps<Core extends CoreDoor | CoreWithRecords = CoreDoor> extends World {
  readonly settings: ConnectorSettings;
  readonly journal: Journal;
  readonly sealer: Sealer;
  /** Makes the transferIds of payments whose repeats are looked for: see `transferIdOf`. 32 bytes that go with the journal. */
  readonly transferIdKey: Uint8Array;
  readonly hubClient: HttpClient;
  readonly core: Core;
  /** Our JWS key as it is now. */
  readonly signingKey: () => KeyObject | undefined;
  readonly peerKeys: PeerKeys;
  /** Where the bytes of messages are kept. Absent: nowhere. */
  readonly messages?: MessageLog | undefined;
  /** Mean delay of the event loop since the last call, milliseconds. Absent: the world is simulated and knows none. */
  readonly loopDelay?: () => number;
}

/** Something that needs a person. */
export interface AttentionEntry extends Attention {
  /** transferId, or what else people know it by. */
  readonly id: string;
  readonly flow: string;
}

export interface Connector {
  /** The API that the hub calls. */
  readonly inbound: HttpHandler;
  /** The API that the DFSP calls. */
  readonly outbound: HttpHandler;
  /** What the HTTP servers before the two ask at each request's head: new work is refused there while there is too much. */
  readonly gates: { readonly inbound: Gate; readonly outbound: Gate };
  readonly payer: PayerDoor;
  /** Payments that only a person, or a late word of the hub, can settle. */
  exceptions(query: { readonly id?: string; readonly limit: number }): Promise<readonly AttentionEntry[]>;
  /** One payment with everything that is known of it, what a person may do, and a day's payments for reconciliation. */
  readonly desk: ExceptionsDoor;
  /** By what the messages of the payments with this transferId are found. */
  traces(transferId: string): Promise<readonly PaymentTrace[]>;
  /** What a person does about a journal that was put back to an older copy. */
  readonly restored: RestoredDesk;
  /** What somebody should look at: every exception, cores that take no outcome, messages from strangers. */
  alarms(query: { readonly id?: string; readonly limit: number }): Promise<readonly (AttentionEntry | AlarmEntry)[]>;
  /** True from the moment at which every open record is loaded. */
  ready(): boolean;
  /** Loads every open record and goes on with what it is owed. Answers how many there were. */
  start(): Promise<number>;
  /** Instead of starting, where other replicas act: what they store is seen, and nothing is begun or taken over. */
  watch(): void;
  /** The DFSP's requests that wait are answered with what is known: 504 for what is not final. */
  endWaits(): void;
  /** Calls of the core that may be begun only once get `graceMs` (default none) to answer; then nothing more is begun or heard. */
  stop(graceMs?: number): Promise<void>;
}

/** The Mojaloop connector of one DFSP. */
export function createConnector(deps: ConnectorDeps<CoreDoor | CoreWithRecords>): Connector {
  const { settings, clock, timers } = deps;
  const restored = restoredOf(deps.journal);
  const alarms = alarmList(deps, deps.log, deps.metrics);
  const opened: OpenedCore = 'open' in deps.core ? deps.core.open({ alarm: alarms.raise, restored }) : { door: deps.core };
  const { door: coreDoor, records } = opened;
  const core = guardedCore(coreDoor, { ...deps, alarm: alarms.raise, limits: settings.limits });
  const sender = tellingFollowUps(createSender({ ...deps, client: deps.hubClient }), (what) => admission.expect(what));
  const { payer, payee } = engines(deps, { core, sender, restored, alarm: alarms.raise, busy: () => admission.overloaded });
  const admit = () => restored()?.standing !== true && payer.openCount + payee.openCount < settings.limits.inFlight;
  const reads = new Reads<ReadAnswer>(timers, () => settings.limits.inFlight);
  const unknown = unknownTransfers(deps.journal, settings.hubId, clock, restored);
  const callbacks = passedOn({
    ...deps,
    mail: deps.journal.replica?.mail,
    reads,
    alarm: alarms.raise,
    unclaimed: ({ label, answer }) => unknown.note(label, answer),
  });
  const tell = bestEffort(sender, clock, deps.log);
  const lookups = partyLookups({ ...deps, core, tell });
  const admission = new Admission({
    ...deps,
    loopDelay: deps.loopDelay ?? (() => 0),
    // who waits for a slow core takes nothing of ours meanwhile
    working: () => Math.max(0, payee.awaitedCount + lookups.underWay - core.slowCalls()),
    most: () => settings.limits.inFlight,
  });
  const door = payerDoor({ ...deps, payments: createPayments({ ...deps, engine: payer, restored, admit }), reads, sender });
  const sends = opened.sends?.({ payer: door, settings, admit });
  measure(deps.metrics, { payer, payee, ...(records && { core: records }), ...(sends && { send: sends.records }) });
  measureLater(deps.metrics, payee);
  // payments ask what their records at the core know, and our customers' payments both
  const all = [...(records === undefined ? [] : [records]), payer, payee, ...(sends === undefined ? [] : [sends.records])];
  const replicas = deps.journal.replica && amongReplicas(deps.journal.replica, all, timers, deps.log);
  return {
    inbound: inboundApi({
      ...deps,
      door: inboundDoor({
        ...deps,
        core,
        payer,
        payee,
        lookups,
        reads,
        passedOn: callbacks,
        tell,
        restored,
        unknown,
        alarm: alarms.raise,
        admit,
      }),
      guard: signatureGuard(deps),
      alarm: alarms.raise,
    }),
    outbound: recordedDfspApi(outboundApi({ ...deps, door, sends: sends?.door }), deps),
    gates: {
      inbound: inboundGate(admission),
      outbound: outboundGate(admission, (key) => payer.known(idempotencyClaim(key)) !== undefined),
    },
    payer: door,
    desk: withCoreRecords(exceptionsDoor({ ...deps, payer, payee, unknown }), sends?.desk ?? records?.desk),
    traces: (transferId) => paymentTraces({ ...deps, payer, payee }, transferId),
    restored: restoredDesk({ ...deps, payer, payee }),
    exceptions: (query) => attention(deps.journal, 'exception', query),
    async alarms(query) {
      const [ofPayments, exceptions] = await Promise.all([
        attention(deps.journal, 'alarm', query),
        attention(deps.journal, 'exception', query),
      ]);
      return shares<AttentionEntry | AlarmEntry>(query.limit, [ofPayments, exceptions, alarms.list(query)]);
    },
    ...lifeOf(all, replicas, callbacks),
  };
}

interface EngineParts {
  readonly core: GuardedCore;
  readonly sender: Sender;
  readonly restored: Restored;
  readonly alarm: EngineDeps['alarm'];
  /** Whether what can wait should. */
  busy(): boolean;
}

interface Engines {
  readonly payer: PayerEngine;
  readonly payee: PayeeEngine;
}

/** The engines of both sides of a payment. */
function engines(deps: Omit<ConnectorDeps, 'core'>, { core, sender, restored, alarm, busy }: EngineParts): Engines {
  const { settings } = deps;
  const engineDeps: EngineDeps = { ...deps, alarm, restingRecords: settings.limits.restingRecords, busy };
  return {
    payer: new Engine(
      payerFlow({ ...settings, restored }),
      (action, context) => (action.type === 'send' ? sender.send(action, context) : Promise.resolve({ type: 'due', key: action.key })),
      engineDeps,
    ),
    payee: new Engine(payeeFlow({ ...settings, restored }), performPayee({ ...deps, core, sender }), engineDeps),
  };
}

function measure(metrics: Metrics, flows: Readonly<Record<string, { readonly openCount: number }>>): void {
  metrics.readGauge('pm_open_records', 'Payments and quotes that are not finished, by flow', ['flow'], () =>
    Object.entries(flows).map(([flow, { openCount }]) => ({ labels: { flow }, value: openCount })),
  );
}

function measureLater(metrics: Metrics, payee: PayeeEngine): void {
  metrics.readGauge('pm_unconfirmed', 'Acknowledged COMMITTEDs about which the hub is still to be asked', [], () => [
    { labels: {}, value: payee.waiting.count },
  ]);
  metrics.readGauge('pm_unconfirmed_late_seconds', 'How late the first of these questions is', [], () => [
    { labels: {}, value: payee.waiting.lateMs / 1_000 },
  ]);
}

/** How it starts, one after the other, and ends. What is passed on among replicas is taken once all is loaded. */
function lifeOf(
  all: readonly Pick<CoreRecordsDoor, 'start' | 'endWaits' | 'finish' | 'stop'>[],
  replicas: ReturnType<typeof amongReplicas> | undefined,
  callbacks: Pick<PassedOn, 'start' | 'stop'>,
): Pick<Connector, 'ready' | 'start' | 'watch' | 'endWaits' | 'stop'> {
  let started = false;
  return {
    ready: () => started,
    async start() {
      let loaded = 0;
      for (const one of all) loaded += await one.start();
      loaded += (await replicas?.start()) ?? 0;
      callbacks.start();
      started = true;
      return loaded;
    },
    watch() {
      replicas?.watch();
      started = true;
    },
    endWaits() {
      for (const one of all) one.endWaits();
    },
    async stop(graceMs = 0) {
      await Promise.all(all.map((one) => one.finish(graceMs)));
      started = false;
      replicas?.stop();
      callbacks.stop();
      await Promise.all(all.map((one) => one.stop()));
    },
  };
}

async function attention(
  journal: Journal,
  level: Attention['level'],
  query: { readonly id?: string; readonly limit: number },
): Promise<readonly AttentionEntry[]> {
  const rows = await journal.attention({
    limit: query.limit,
    level,
    ...(query.id !== undefined && { label: query.id }),
  });
  return rows.map((row) => ({ id: row.label, flow: row.kind, level: row.level, code: row.code, reason: row.reason, since: row.since }));
}

/** How long, and how often, an answer to a question is tried. */
const TELL_MS = 30_000;
const TELL_ATTEMPTS = 4;

function bestEffort(sender: ReturnType<typeof createSender>, clock: Clock, log: Log): (message: Message) => void {
  const signal = new AbortController().signal;
  return (message) => {
    const action: SendAction = {
      key: 'courtesy:tell',
      type: 'send',
      repeatable: true,
      message,
      until: clock.now() + TELL_MS,
      attempts: TELL_ATTEMPTS,
    };
    sender.send(action, { resumed: false, signal }).catch((error: unknown) => {
      log.error('an answer could not be sent', { operation: message.operation, error: String(error) });
    });
  };
}
