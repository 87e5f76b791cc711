import type { World } from '@payment-manager/runtime';
import type { Environment } from '@payment-manager/vault';
import type { ConnectionManagerApi, Validation } from './api/connection-manager-api.ts';
import type { Pins } from './artefacts/pins.ts';
import type { Wanted } from './wanted.ts';

/** What every reconciler works with. */
export interface Surroundings extends Pick<World, 'clock'> {
  readonly api: ConnectionManagerApi;
  readonly environment: Environment;
  readonly wanted: Wanted;
  /** From the publication of a key until everybody has it. */
  readonly propagationMs: number;
  /** How long what was replaced stays valid. */
  readonly overlapMs: number;
  /** What waits for a person when it changes; absent: nothing does. */
  readonly pins?: Pins;
  /** These two: see `ConnectionManagerClientOptions`. */
  readonly hubServes?: (cas: string) => Promise<boolean>;
  readonly presentedAtProxy?: () => boolean | undefined;
}

/** What the server's checks complain about, one line each. */
export function complaintsOf(validations: readonly Validation[]): string[] {
  return validations.filter(({ result }) => result === 'INVALID').map(({ code, message }) => `${code}: ${message}`);
}

/** Remembers since when something is seen; a restart begins anew. */
export function firstSeen({ now }: Pick<World['clock'], 'now'>): (what: string | undefined) => number | undefined {
  let seen: { readonly what: string; readonly since: number } | undefined;
  return (what) => {
    if (what === undefined) seen = undefined;
    else if (seen?.what !== what) seen = { what, since: now() };
    return seen?.since;
  };
}
