import { isDeepStrictEqual } from 'node:util';
import type { Journal } from '@payment-manager/journal';
import type { Clock, World } from '@payment-manager/runtime';
import type { OpenBackEnds } from '../back-end/back-end.ts';
import { capabilitiesOf } from '../door/capabilities.ts';
import { FolderInvalid, readConnectorFolder, readFixtureFiles } from '../fixture/connector-folder.ts';
import { type CompiledConnector, compileConnector } from '../language/compile-connector.ts';
import { problemLine } from '../language/problem.ts';
import { neededVersions } from '../record/needed-versions.ts';
import type { RunningConnector } from '../record/settings.ts';
import type { ConnectorVersion, ConnectorVersions } from '../record/versions.ts';
import { type OpenGuess, openGuesses } from './guesses.ts';
import { filesVersion, keepVersion, keptVersion, type VersionContent, versionName } from './kept-version.ts';
import { settingValues } from './setting-values.ts';

export interface LiveConnectorDeps extends Pick<World, 'log'> {
  readonly journal: Journal;
  readonly clock: Pick<Clock, 'now'>;
  /** The connector's folder. */
  readonly folder: string;
  readonly settings: Readonly<Record<string, string>>;
  /** Do we have a client certificate to show to a core (`core.tls`)? */
  readonly showsCertificate?: boolean;
  /** True: real money. A connector with guesses that nobody has probed or signed off is refused. */
  readonly production?: boolean;
  /** Secrets by name, as they are now. @throws SecretUnreadable */
  readonly secrets: () => Promise<Readonly<Record<string, string>>>;
  /** @throws SettingMissing for a setting that a back end cannot do without. */
  readonly backEnds: (running: RunningConnector) => OpenBackEnds;
}

/** A connector that cannot be used, with every reason. */
export class ConnectorInvalid extends Error {
  readonly code: string = 'CONNECTOR_INVALID';
  readonly problems: readonly string[];

  constructor(folder: string, problems: readonly string[]) {
    super(`The connector in ${folder} cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'ConnectorInvalid';
    this.problems = problems;
  }
}

/** A connector for real money that rests on guesses. */
export class ConnectorGuesses extends ConnectorInvalid {
  override readonly code = 'CONNECTOR_GUESSES_OPEN';

  constructor(folder: string, open: readonly OpenGuess[]) {
    super(folder, [
      ...open.map(({ id, text, why }) => `guess ${id}: ${text}: ${why}`),
      'Production refuses it: ./pm connector probe shows what a core does, ./pm connector sign-off GUESS --by NAME --reason TEXT answers for the rest',
    ]);
    this.name = 'ConnectorGuesses';
  }
}

/** What came of loading the folder anew. */
export type Reloaded =
  | { readonly kind: 'loaded'; readonly version: string; readonly former: string; readonly smoke: number }
  | { readonly kind: 'unchanged'; readonly version: string }
  /** The former one goes on. */
  | { readonly kind: 'refused'; readonly version: string; readonly problems: readonly string[] };

/** A version with what it holds open. */
export interface OpenVersion extends ConnectorVersion {
  readonly backEnds: OpenBackEnds;
}

/** One in memory: whether it was asked for since it was last tended, and when that was noticed (wall clock). */
interface Held {
  readonly open: OpenVersion;
  isUsed: boolean;
  usedAt: number;
}

/** What was asked for since then may be of a payment that is being begun: longer than any call takes. */
const IDLE_MS = 3_600_000;

/** The connector of this process: the version with which payments begin, and those of payments that began before. */
export class LiveConnector implements ConnectorVersions {
  readonly #deps: LiveConnectorDeps;
  readonly #versions = new Map<string, Held>();
  readonly #told = new Set<string>();
  /** Everything that was opened: calls of a version that was replaced may be under way. */
  readonly #opened = new Set<Held>();
  #current: OpenVersion;
  #content: VersionContent;
  #reloading: Promise<Reloaded> | undefined;

  private constructor(deps: LiveConnectorDeps, current: OpenVersion, content: VersionContent) {
    this.#deps = deps;
    this.#current = current;
    this.#content = content;
    this.#use(current);
  }

  #use(open: OpenVersion): void {
    const held: Held = { open, isUsed: true, usedAt: 0 };
    this.#versions.set(open.running.version, held);
    this.#opened.add(held);
  }

  /** Reads the folder, and keeps its version. @throws ConnectorInvalid, and what the journal says */
  static async open(deps: LiveConnectorDeps): Promise<LiveConnector> {
    const content = await contentOf(deps);
    const current = await runnable(deps, content);
    await refuseGuesses(deps, current, content);
    await keepVersion(deps.journal, current.running.version, content, deps.clock.now());
    deps.log.info('core connector: in use', { connector: current.running.connector.name, version: current.running.version });
    return new LiveConnector(deps, current, content);
  }

  /** Where it stands. */
  get folder(): string {
    return this.#deps.folder;
  }

  /** What the version with which payments begin is made of. */
  content(): VersionContent {
    return this.#content;
  }

  /** What lies in the folder now; nothing is opened, and nothing changes. Without `running` it could not be loaded, and `problems` say why. */
  async look(): Promise<{
    readonly content?: VersionContent & { readonly version: string };
    readonly running?: RunningConnector;
    readonly problems: readonly string[];
  }> {
    try {
      const content = await contentOf(this.#deps);
      const version = versionName(content);
      const { running } = this.#current;
      // compiled already, which takes a while
      if (version === running.version) return { content: { ...content, version }, running, problems: [] };
      try {
        return { content: { ...content, version }, running: await runningOf(this.#deps, content), problems: [] };
      } catch (error) {
        if (!(error instanceof ConnectorInvalid)) throw error;
        return { content: { ...content, version }, problems: error.problems };
      }
    } catch (error) {
      if (error instanceof ConnectorInvalid) return { problems: error.problems };
      throw error;
    }
  }

  current(): OpenVersion {
    return this.#current;
  }

  of(version: string): ConnectorVersion | undefined {
    const held = this.#versions.get(version);
    if (held === undefined) return undefined;
    held.isUsed = true;
    return held.open;
  }

  async ensure(versions: Iterable<string>): Promise<void> {
    const missing = [...versions].filter((version) => !this.#versions.has(version));
    await Promise.all(missing.map((version) => this.#bring(version)));
  }

  async #bring(version: string): Promise<void> {
    try {
      const content = await keptVersion(this.#deps.journal, version);
      if (content === undefined) throw new Error('it is not kept in the journal');
      this.#use(await runnable(this.#deps, content));
    } catch (error) {
      if (this.#told.has(version)) return;
      this.#told.add(version);
      this.#deps.log.error('core connector: payments began with a version that cannot be run; nobody goes on with them', {
        version,
        reason: error instanceof Error ? error.message : String(error),
      });
    }
  }

  /** Ends connections; nothing is called any more. */
  async close(): Promise<void> {
    await Promise.all([...this.#opened].map(({ open }) => open.backEnds.close()));
  }

  /**
   * For now and then: says in the journal that its version is used, and lets go of those that nothing needs and that nobody has asked for in the last
   * hour. Who needs one again brings it back. Rejects as the journal does.
   */
  async tend(): Promise<void> {
    const { journal, clock } = this.#deps;
    await keepVersion(journal, this.#current.running.version, this.#content, clock.now());
    if (this.#opened.size === 1) return;
    const needed = await neededVersions(journal);
    if (needed === undefined) return;
    for (const held of this.#opened)
      if (held.isUsed) {
        held.isUsed = false;
        held.usedAt = clock.now();
      }
    for (const held of this.#opened) {
      const { version } = held.open.running;
      const isReplaced = this.#versions.get(version) !== held;
      if (held.open === this.#current || (!isReplaced && needed.has(version)) || held.usedAt > clock.now() - IDLE_MS) continue;
      this.#opened.delete(held);
      if (!isReplaced) this.#versions.delete(version);
      await held.open.backEnds.close();
    }
  }

  /** Loads the folder anew. Payments under way keep the version that they began with. Rejects as the journal does. */
  reload(): Promise<Reloaded> {
    this.#reloading ??= this.#reload().finally(() => {
      this.#reloading = undefined;
    });
    return this.#reloading;
  }

  async #reload(): Promise<Reloaded> {
    const { log, clock, journal, folder } = this.#deps;
    const former = this.#current.running.version;
    try {
      const content = await contentOf(this.#deps);
      const next = await runnable(this.#deps, content);
      await refuseGuesses(this.#deps, next, content);
      const { version, connector } = next.running;
      const smoke = await smokes(folder, connector);
      const problems = [...smoke.problems, ...otherCapabilities(this.#current.running.connector, connector)];
      if (problems.length > 0) {
        await next.backEnds.close();
        throw new ConnectorInvalid(folder, problems);
      }
      // also where nothing has changed: secrets may have
      await keepVersion(journal, version, content, clock.now());
      this.#use(next);
      this.#current = next;
      this.#content = content;
      if (version === former) return { kind: 'unchanged', version };
      log.info('core connector: loaded anew', { version, former });
      return { kind: 'loaded', version, former, smoke: smoke.count };
    } catch (error) {
      if (!(error instanceof ConnectorInvalid)) throw error;
      log.error('core connector: it was not loaded anew; the former version goes on', {
        version: former,
        reason: error.problems.join('; '),
      });
      return { kind: 'refused', version: former, problems: error.problems };
    }
  }
}

async function contentOf({ folder, settings }: LiveConnectorDeps): Promise<VersionContent> {
  try {
    return { files: await readConnectorFolder(folder), settings };
  } catch (error) {
    if (error instanceof FolderInvalid) throw new ConnectorInvalid(folder, [error.message]);
    throw error;
  }
}

/** Compiles it, and makes its back ends. @throws ConnectorInvalid */
async function runnable(deps: LiveConnectorDeps, content: VersionContent): Promise<OpenVersion> {
  const running = await runningOf(deps, content);
  return orInvalid(deps, async () => ({ running, backEnds: deps.backEnds(running) }));
}

/** Compiles it, with its settings and secrets. @throws ConnectorInvalid */
async function runningOf(deps: LiveConnectorDeps, content: VersionContent): Promise<RunningConnector> {
  const { connector, problems } = compileConnector(content.files);
  if (problems.length > 0) throw new ConnectorInvalid(deps.folder, problems.map(problemLine));
  return orInvalid(deps, async () => {
    const given = settingValues(connector, { settings: content.settings, secrets: await deps.secrets() });
    const unshown = deps.showsCertificate === false ? wantsCertificate(connector) : [];
    if (given.problems.length + unshown.length > 0) throw new ConnectorInvalid(deps.folder, [...given.problems, ...unshown]);
    return { connector, version: versionName(content), cfg: given.cfg };
  });
}

/** @throws ConnectorInvalid for settings and secrets that are not there */
async function orInvalid<T>({ folder }: LiveConnectorDeps, make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof Error && ['SettingMissing', 'SecretUnreadable'].includes(error.name))
      throw new ConnectorInvalid(folder, [error.message]);
    throw error;
  }
}

/** @throws ConnectorGuesses */
async function refuseGuesses(
  { production, folder }: LiveConnectorDeps,
  { running, backEnds }: OpenVersion,
  { files }: VersionContent,
): Promise<void> {
  if (production !== true) return;
  const open = await openGuesses(folder, running.connector.guesses, filesVersion(files));
  if (open.length === 0) return;
  await backEnds.close();
  throw new ConnectorGuesses(folder, open);
}

/** Runs the fixtures that are marked so. */
async function smokes(
  folder: string,
  connector: CompiledConnector,
): Promise<{ readonly count: number; readonly problems: readonly string[] }> {
  // only a reload runs fixtures: a start does without what they need
  const [{ FixtureInvalid, readFixture }, { runFixture }] = await Promise.all([
    import('../fixture/fixture.ts'),
    import('../fixture/run-fixture.ts'),
  ]);
  const problems: string[] = [];
  let count = 0;
  for (const [name, text] of await readFixtureFiles(folder)) {
    try {
      const fixture = readFixture(text);
      if (!fixture.smoke) continue;
      count++;
      const { faults } = await runFixture(connector, fixture);
      problems.push(...faults.map((fault) => `${name}: ${fault}`));
    } catch (error) {
      if (!(error instanceof FixtureInvalid)) throw error;
      problems.push(`${name}: ${error.message}`);
    }
  }
  return { count, problems };
}

/** What the payments' own records rely on changes only with a restart. */
function otherCapabilities(former: CompiledConnector, next: CompiledConnector): readonly string[] {
  if (isDeepStrictEqual(capabilitiesOf(former), capabilitiesOf(next))) return [];
  return ['what the core can do would be other than before (credit or reserve at the prepare, or the time it needs): start anew with it'];
}

function wantsCertificate({ backends }: CompiledConnector): readonly string[] {
  return [...backends.values()].flatMap((backend) =>
    'mtls' in backend && backend.mtls ? [`the back end ${backend.name} wants our client certificate: give core.tls.certificateFile`] : [],
  );
}
