import type { Journal } from '@payment-manager/journal';
import type { KeptMessage } from '@payment-manager/messages';
import type { Sealer } from '@payment-manager/runtime';
import type { Conditions } from '../back-end/conditions.ts';
import { FolderInvalid, readFixtureFiles } from '../fixture/connector-folder.ts';
import { FixtureInvalid, readFixture } from '../fixture/fixture.ts';
import { runFixture, type TriedStep } from '../fixture/run-fixture.ts';
import { keptVersion } from '../loading/kept-version.ts';
import type { LiveConnector } from '../loading/live-connector.ts';
import { recordId } from '../record/core-records.ts';
import type { CoreEvent, Side } from '../record/events.ts';
import type { RunningConnector } from '../record/settings.ts';
import { replay } from '../replay/replay.ts';
import { type Said, saidText } from '../replay/told.ts';
import { compareVersions, type FileChange } from './compare-versions.ts';
import { type ShownConnector, shownConnector } from './shown-connector.ts';

export interface ConnectorDeskDeps {
  readonly live: LiveConnector;
  readonly conditions: Conditions;
  readonly journal: Pick<Journal, 'load'>;
  /** Opens what is sealed in records at the core. */
  readonly sealer: Sealer;
  /** What was said about a payment, oldest first; undefined: nothing is kept. */
  readonly messages: ((transferId: string) => Promise<readonly KeptMessage[]>) | undefined;
}

/** `running`: with which payments begin; `folder`: what lies in its folder now, and a reload would load. */
export type Which = 'running' | 'folder';

/** What lies in the folder now. */
export interface ShownCandidate {
  /** Undefined: it cannot be read. */
  readonly version?: string;
  /** Why it cannot be loaded. */
  readonly problems: readonly string[];
}

export type Tried =
  | { readonly kind: 'tried'; readonly test: string; readonly steps: readonly TriedStep[]; readonly faults: readonly string[] }
  | Refused;

/** A payment at the core, gone over again. */
export interface ReplayedSide {
  readonly side: Side;
  readonly lines: readonly string[];
  readonly differences: readonly string[];
  readonly unknown: readonly string[];
}
export type ReplayedPayment = { readonly kind: 'replayed'; readonly sides: readonly ReplayedSide[] } | Refused;

/** `unknown`: there is no such fixture, payment or version; `unusable`: with `problems`. */
export type Refused = { readonly kind: 'unknown' } | { readonly kind: 'unusable'; readonly problems: readonly string[] };

export type Compared =
  | { readonly kind: 'compared'; readonly from: string; readonly to: string; readonly files: readonly FileChange[] }
  | Refused;

const SIDES: readonly Side[] = ['payee', 'payer'];

/** What people see of the connector of this process, and what they try with it. Nothing here calls a core, and nothing is written. */
export class ConnectorDesk {
  readonly #deps: ConnectorDeskDeps;

  constructor(deps: ConnectorDeskDeps) {
    this.#deps = deps;
  }

  /** How it is now. */
  shown(): Promise<ShownConnector> {
    const { live, conditions } = this.#deps;
    return shownConnector(live.folder, live.current().running, live.content().files, conditions);
  }

  /** What a reload would load. */
  async candidate(): Promise<ShownCandidate> {
    const { content, problems } = await this.#deps.live.look();
    return { ...(content !== undefined && { version: content.version }), problems };
  }

  /** What differs between two versions: the one that runs and what lies in its folder, or one that the journal keeps and the one that runs. */
  async compare(version: string | undefined): Promise<Compared> {
    const { live, journal } = this.#deps;
    const running = { version: live.current().running.version, ...live.content() };
    if (version === undefined) {
      const { content, problems } = await live.look();
      if (content === undefined) return { kind: 'unusable', problems };
      return { kind: 'compared', from: running.version, to: content.version, files: compareVersions(running, content) };
    }
    const kept = await keptVersion(journal as Journal, version);
    if (kept === undefined) return { kind: 'unknown' };
    return { kind: 'compared', from: version, to: running.version, files: compareVersions(kept, running) };
  }

  /** Runs a fixture beside the connector, in virtual time: nothing leaves the process. */
  async tryFixture(file: string, which: Which): Promise<Tried> {
    const text = (await this.#fixtures()).get(file);
    if (text === undefined) return { kind: 'unknown' };
    const { running, problems } = await this.#running(which);
    if (running === undefined) return { kind: 'unusable', problems };
    try {
      return { kind: 'tried', ...(await runFixture(running.connector, readFixture(text))) };
    } catch (error) {
      if (error instanceof FixtureInvalid) return { kind: 'unusable', problems: [error.message] };
      throw error;
    }
  }

  async #fixtures(): Promise<ReadonlyMap<string, string>> {
    try {
      return await readFixtureFiles(this.#deps.live.folder);
    } catch (error) {
      if (error instanceof FolderInvalid) return new Map();
      throw error;
    }
  }

  /** Goes over a payment again. Values of it are told with `personal` alone. Rejects as journal and messages do. */
  async replay(transferId: string, which: Which, personal: boolean): Promise<ReplayedPayment> {
    const { journal, sealer, messages: said } = this.#deps;
    const { running, problems } = await this.#running(which);
    if (running === undefined) return { kind: 'unusable', problems };
    const text = (all: readonly Said[]): readonly string[] => all.map((one) => saidText(one, personal));
    const sides: ReplayedSide[] = [];
    for (const side of SIDES) {
      const { events = [] } = (await journal.load(recordId(side, transferId))) ?? {};
      if (events.length === 0) continue;
      if (events.some(({ type }) => type === 'pruned')) return { kind: 'unusable', problems: ['what happened at the core was pruned'] };
      const messages = (await said?.(transferId)) ?? [];
      const { lines, differences, unknown } = replay({ running, events: events as readonly CoreEvent[], sealer, messages });
      sides.push({ side, lines: text(lines), differences: text(differences), unknown: text(unknown) });
    }
    return sides.length === 0 ? { kind: 'unknown' } : { kind: 'replayed', sides };
  }

  async #running(which: Which): Promise<{ readonly running?: RunningConnector; readonly problems: readonly string[] }> {
    if (which === 'running') return { running: this.#deps.live.current().running, problems: [] };
    return this.#deps.live.look();
  }
}
