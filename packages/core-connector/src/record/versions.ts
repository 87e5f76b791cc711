import type { RunningConnector } from './settings.ts';
import type { CoreState } from './state.ts';
import type { BackEnds } from './walk.ts';

/** A version of the connector: what runs, and how what it calls is called. */
export interface ConnectorVersion {
  readonly running: RunningConnector;
  readonly backEnds: BackEnds;
}

/**
 * The versions of the connector that this process can run. A payment keeps the one with which its first operation at the core began
 * (mappings, settings, tables, addresses), whatever is loaded meanwhile.
 */
export interface ConnectorVersions {
  /** With which new payments begin. */
  current(): ConnectorVersion;
  /** Undefined: it is not in memory, is not kept, or cannot be run. */
  of(version: string): ConnectorVersion | undefined;
  /** Brings those that are kept into memory. Never rejects: one that cannot be had is told in the log, and stays unknown to `of`. */
  ensure(versions: Iterable<string>): Promise<void>;
}

/** One version and no other: where nothing is loaded anew. */
export function oneVersion(running: RunningConnector, backEnds: BackEnds): ConnectorVersions {
  const only: ConnectorVersion = { running, backEnds };
  return { current: () => only, of: (version) => (version === running.version ? only : undefined), ensure: async () => {} };
}

/** The version that a record runs with: that of its first operation. */
export function versionOf({ operations }: CoreState): string {
  for (const name in operations) return operations[name]?.version ?? '';
  return '';
}
