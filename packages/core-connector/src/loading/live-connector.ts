import { isDeepStrictEqual } from 'node:util';
import type { Journal } from '@payment-manager/journal';
import type { Clock, Log } from '@payment-manager/runtime';
import { capabilitiesOf } from '../door/capabilities.ts';
import { FolderInvalid, readConnectorFolder, readFixtureFiles } from '../fixture/connector-folder.ts';
import { FixtureInvalid, readFixture } from '../fixture/fixture.ts';
import { runFixture } from '../fixture/run-fixture.ts';
import { type CompiledConnector, compileConnector } from '../language/compile-connector.ts';
import { problemLine } from '../language/problem.ts';
import type { RunningConnector } from '../record/settings.ts';
import type { ConnectorVersion, ConnectorVersions } from '../record/versions.ts';
import type { BackEnds } from '../record/walk.ts';
import { keepVersion, keptVersion, type VersionContent, versionName } from './kept-version.ts';
import { settingValues } from './setting-values.ts';

export interface LiveConnectorDeps {
  readonly journal: Journal;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  /** The connector's folder. */
  readonly folder: string;
  readonly settings: Readonly<Record<string, string>>;
  /** Secrets by name, as they are now. @throws SecretUnreadable */
  readonly secrets: () => Promise<Readonly<Record<string, string>>>;
  /** @throws SettingMissing for a setting that a back end cannot do without. */
  readonly backEnds: (running: RunningConnector) => BackEnds;
}

/** A connector that cannot be used, with every reason. */
export class ConnectorInvalid extends Error {
  readonly code = 'CONNECTOR_INVALID';
  readonly problems: readonly string[];

  constructor(folder: string, problems: readonly string[]) {
    super(`The connector in ${folder} cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'ConnectorInvalid';
    this.problems = problems;
  }
}

/** What came of loading the folder anew. */
export type Reloaded =
  | { readonly kind: 'loaded'; readonly version: string; readonly former: string; readonly smoke: number }
  | { readonly kind: 'unchanged'; readonly version: string }
  /** The former one goes on. */
  | { readonly kind: 'refused'; readonly version: string; readonly problems: readonly string[] };

/** The connector of this process: the version with which payments begin, and those of payments that began before. */
export class LiveConnector implements ConnectorVersions {
  readonly #deps: LiveConnectorDeps;
  readonly #versions = new Map<string, ConnectorVersion>();
  readonly #told = new Set<string>();
  #current: ConnectorVersion;
  #reloading: Promise<Reloaded> | undefined;

  private constructor(deps: LiveConnectorDeps, current: ConnectorVersion) {
    this.#deps = deps;
    this.#current = current;
    this.#versions.set(current.running.version, current);
  }

  /** Reads the folder, and keeps its version. @throws ConnectorInvalid, and what the journal says */
  static async open(deps: LiveConnectorDeps): Promise<LiveConnector> {
    const content = await contentOf(deps);
    const current = await runnable(deps, content);
    await keepVersion(deps.journal, current.running.version, content, deps.clock.now());
    deps.log.info('core connector: in use', { connector: current.running.connector.name, version: current.running.version });
    return new LiveConnector(deps, current);
  }

  current(): ConnectorVersion {
    return this.#current;
  }

  of(version: string): ConnectorVersion | undefined {
    return this.#versions.get(version);
  }

  async ensure(versions: Iterable<string>): Promise<void> {
    const missing = [...versions].filter((version) => !this.#versions.has(version));
    await Promise.all(missing.map((version) => this.#bring(version)));
  }

  async #bring(version: string): Promise<void> {
    try {
      const content = await keptVersion(this.#deps.journal, version);
      if (content === undefined) throw new Error('it is not kept in the journal');
      this.#versions.set(version, await runnable(this.#deps, content));
    } catch (error) {
      if (this.#told.has(version)) return;
      this.#told.add(version);
      this.#deps.log.error('core connector: payments began with a version that cannot be run; nobody goes on with them', {
        version,
        reason: error instanceof Error ? error.message : String(error),
      });
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
      const { version, connector } = next.running;
      const smoke = await smokes(folder, connector);
      const problems = [...smoke.problems, ...otherCapabilities(this.#current.running.connector, connector)];
      if (problems.length > 0) throw new ConnectorInvalid(folder, problems);
      // also where nothing has changed: secrets may have
      await keepVersion(journal, version, content, clock.now());
      this.#versions.set(version, next);
      this.#current = next;
      if (version === former) return { kind: 'unchanged', version };
      log.info('core connector: loaded anew', { version, former });
      return { kind: 'loaded', version, former, smoke: smoke.count };
    } catch (error) {
      if (!(error instanceof ConnectorInvalid)) throw error;
      log.error('core connector: it was not loaded anew; the former version goes on', { version: former, reason: error.problems.join('; ') });
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
async function runnable(deps: LiveConnectorDeps, content: VersionContent): Promise<ConnectorVersion> {
  const { connector, problems } = compileConnector(content.files);
  if (problems.length > 0) throw new ConnectorInvalid(deps.folder, problems.map(problemLine));
  try {
    const given = settingValues(connector, { settings: content.settings, secrets: await deps.secrets() });
    if (given.problems.length > 0) throw new ConnectorInvalid(deps.folder, given.problems);
    const running: RunningConnector = { connector, version: versionName(content), cfg: given.cfg };
    return { running, backEnds: deps.backEnds(running) };
  } catch (error) {
    if (error instanceof Error && ['SettingMissing', 'SecretUnreadable'].includes(error.name))
      throw new ConnectorInvalid(deps.folder, [error.message]);
    throw error;
  }
}

/** Runs the fixtures that are marked so. */
async function smokes(folder: string, connector: CompiledConnector): Promise<{ readonly count: number; readonly problems: readonly string[] }> {
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
