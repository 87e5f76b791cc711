import type { Config } from '@payment-manager/configuration';
import { readSecretFiles } from '@payment-manager/configuration/files';
import type { Conditions, ConnectorCapabilities, CoreRecords, LiveConnector } from '@payment-manager/core-connector';
import { openWithConnector } from '@payment-manager/core-connector/in-journal';
import type { SendsOver, ShownBackEnd } from '@payment-manager/core-connector/running';
import { formatOfKind, formatReached, type Journal } from '@payment-manager/journal';
import type { MessageLog } from '@payment-manager/messages';
import type { CoreDesk, CoreParts, CoreRecordsDoor, CoreWithRecords, OpenSends } from '@payment-manager/mojaloop-connector';
import { every, type HttpHandler, type Sealer, type World } from '@payment-manager/runtime';
import type { CoreClients } from './core-clients.ts';
import type { Opened } from './opened.ts';

/** A core with records, and what these know of a transfer for whoever asks. */
interface CoreWithTerms extends CoreWithRecords {
  open(parts: CoreParts): ReturnType<CoreWithRecords['open']> & {
    termsOf(transferId: string): Promise<object | undefined>;
    /** Payments of our own customers over another's payer's side; absent: the connector makes none. */
    readonly sendsOver?: (over: SendsOver) => ReturnType<OpenSends>;
  };
}

/** Which core connector a process runs, and how it finds what is behind it. */
export interface ToldConnector {
  readonly version: string;
  /** Of the calls of each the last few. */
  readonly backEnds: readonly ShownBackEnd[];
}

/** It goes into a row of the database every three seconds. */
const CALLS_TOLD = 5;

/** A core that is reached by a connector. */
export interface ConnectorInUse {
  readonly core: CoreWithTerms;
  readonly capabilities: ConnectorCapabilities;
  readonly live: LiveConnector;
  /** `POST /callbacks/{name}` of the core, which shows who it is in its own way. */
  readonly callbacks: HttpHandler;
  /** How its back ends are. */
  readonly conditions: Conditions;
  /** What other processes are told of it. */
  told(): ToldConnector;
}

export interface OpenCoreParts {
  readonly journal: Journal;
  readonly sealer: Sealer;
  readonly clients: CoreClients;
  /** Undefined: what is said is not kept. */
  readonly messages: MessageLog | undefined;
  readonly opened: Opened;
}

/** What of a configuration a connector needs. */
export type CoreConfig = Pick<Config, 'fspId'> & {
  readonly sandbox?: boolean;
  readonly role?: Config['role'];
  readonly core: Pick<Config['core'], 'connector' | 'settings' | 'secretFiles' | 'tls' | 'allowedHosts'>;
  readonly limits: Pick<Config['limits'], 'restingRecords'>;
};

/**
 * Opens the connector that the configuration names; undefined: the core speaks for itself, over HTTP. What only a connector needs is loaded
 * with it.
 *
 * @throws ConnectorInvalid, JournalSharedWithOlder, or what the journal says
 */
export async function openCore(config: CoreConfig, world: World, parts: OpenCoreParts): Promise<ConnectorInUse | undefined> {
  const { connector: folder, settings, secretFiles } = config.core;
  if (folder === undefined) {
    await nothingLeft(parts.journal);
    return undefined;
  }
  const { journal, sealer, clients, messages, opened } = parts;
  const { clock, timers, log } = world;
  if (!(await formatReached(journal, formatOfKind('core'), timers, OLDER_GONE_MS))) throw new JournalSharedWithOlder();
  const {
    Conditions: AllConditions,
    callbackRecorder,
    callbacksApi,
    capabilitiesOf,
    connectorCore,
    coreDesk,
    CoreRecords: AllRecords,
    journalProofs,
    LiveConnector: Live,
    makesPayments,
    openBackEnds,
    openSends,
    sendsOver,
    shownBackEnds,
    transferTerms,
  } = await import('@payment-manager/core-connector/running');
  const conditions = new AllConditions(world);
  const live = await Live.open({
    journal,
    clock,
    log,
    folder,
    settings,
    production: config.sandbox === false,
    showsCertificate: config.core.tls.enabled && config.core.tls.certificateFile !== undefined,
    secrets: () => readSecretFiles(secretFiles, 'core.secretFiles'),
    backEnds: (running) =>
      openBackEnds({
        running,
        client: ({ timeouts }, own) => clients.open({ connectTimeoutMs: timeouts.connectMs, ...own }),
        clock,
        timers,
        log,
        conditions,
        messages,
        ...(config.core.allowedHosts.length > 0 && { allowedHosts: config.core.allowedHosts }),
      }),
  });
  opened.push('core connector', () => live.close());
  if (config.role !== 'management') watchBackEnds(live, conditions);
  opened.push('back ends', () => conditions.stop());
  opened.push('core connector tended', tended(live, world));
  let listening: HttpHandler | undefined;
  const core: CoreWithTerms = {
    open({ alarm, restored }) {
      const proofs = journalProofs(journal, clock, log);
      const engine = { ...world, journal, sealer, versions: live, alarm, restingRecords: config.limits.restingRecords };
      const records = new AllRecords({ ...engine, proofs });
      const desk = coreDesk(records);
      listening = callbacksApi({ ...world, versions: live, records, keep: callbackRecorder(messages, clock) });
      const ofSends = { ...engine, records, desk, restored, fspId: config.fspId };
      const pays = makesPayments(live.current().running.connector);
      return {
        records: recordsDoor(records, desk),
        termsOf: (transferId) => transferTerms(records, transferId),
        door: connectorCore({ ...world, sealer, versions: live, records, restored, fspId: config.fspId }),
        ...(pays && { sends: openSends(ofSends), sendsOver: (over: SendsOver) => sendsOver(ofSends, over) }),
      };
    },
  };
  return {
    core,
    capabilities: capabilitiesOf(live.current().running.connector),
    live,
    conditions,
    told: () => toldOf(live, shownBackEnds(live.current().running.connector, conditions)),
    // nobody is let in before records are opened
    callbacks: (request) => (listening === undefined ? Promise.resolve({ status: 503 }) : listening(request)),
  };
}

/**
 * Those of the version with which payments begin. A process that only people use calls no core, and may not reach one: it looks at none, or it would say that
 * the core is down.
 */
function watchBackEnds(live: LiveConnector, conditions: Conditions): void {
  conditions.watch(() => {
    const { running, backEnds } = live.current();
    return { of: running.connector.backends, backEnds };
  });
}

function toldOf(live: LiveConnector, backEnds: readonly ShownBackEnd[]): ToldConnector {
  const { version } = live.current().running;
  return { version, backEnds: backEnds.map((one) => ({ ...one, recent: one.recent.slice(0, CALLS_TOLD) })) };
}

const TENDED_EVERY_MS = 3_600_000;

/** Answers what ends it. */
function tended(live: LiveConnector, { timers, log }: World): () => void {
  const looks = every(TENDED_EVERY_MS, timers, () =>
    live
      .tend()
      .catch((error: Error) => log.warn('core connector: its versions could not be tended; tried again', { reason: error.message })),
  );
  return () => looks.stop();
}

/** The records as those see them who start, stop and take over. */
function recordsDoor(records: CoreRecords, desk: CoreDesk): CoreRecordsDoor {
  return {
    desk,
    get openCount() {
      return records.openCount;
    },
    start: () => records.start(),
    adopt: (record) => records.adopt(record),
    changed: (id) => records.changed(id),
    lookAgain: () => records.lookAgain(),
    endWaits: () => records.endWaits(),
    finish: (graceMs) => records.finish(graceMs),
    stop: () => records.stop(),
  };
}

/** Longer than a lease: by then those of replicas that are gone have been ended. */
const OLDER_GONE_MS = 60_000;

/** A replica of a version before core connectors has the journal, too: it would take records at the core over, and let them lie. */
export class JournalSharedWithOlder extends Error {
  readonly code = 'JOURNAL_SHARED_WITH_OLDER';

  constructor() {
    super(
      'A replica of an older version shares the journal, and cannot read what a core connector writes. Start this one with `core.connector` when all others have been upgraded.',
    );
    this.name = 'JournalSharedWithOlder';
  }
}

/** A core behind a connector was replaced by one over HTTP, and payments have begun something at it that nobody would go on with. */
export class ConnectorNeeded extends Error {
  readonly code = 'CONNECTOR_NEEDED';

  constructor(transferIds: readonly string[]) {
    super(
      `Payments have begun something at the core by a connector, and it has not ended: ${transferIds.join(', ')}. Put \`core.connector\` back until it has; \`./pm exceptions\` shows what needs a person.`,
    );
    this.name = 'ConnectorNeeded';
  }
}

/** @throws ConnectorNeeded */
async function nothingLeft(journal: Journal): Promise<void> {
  const left = await openWithConnector(journal);
  if (left.length > 0) throw new ConnectorNeeded(left);
}
