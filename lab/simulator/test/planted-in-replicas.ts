import type { Journal, ReplicaDoor, StoredRecord } from '@payment-manager/journal';
import type { ConnectorDeps } from '@payment-manager/mojaloop-connector';
import type { Rule, RunOptions } from '../src/index.ts';
import { PAYEE } from '../src/scenario/parties.ts';
import type { Scenario } from '../src/scenario/scenario.ts';

/** A fault planted in how replicas live together, or in the database that they share; only seeds with replicas can show it. */
export interface PlantedInReplicas extends Pick<RunOptions, 'sabotage' | 'flaw'> {
  readonly name: string;
  /** Which seeds can show it; without it, any with replicas. */
  readonly shows?: (scenario: Scenario) => boolean;
  readonly seen: readonly Rule[];
  /** A seed that has shown it once: the search begins here. Default: the first. */
  readonly from?: number;
}

type Shared = Journal & { readonly replica: ReplicaDoor };

const shared =
  (change: (journal: Shared) => Partial<Shared>) =>
  (deps: ConnectorDeps): ConnectorDeps => {
    const { journal } = deps;
    if (journal.replica === undefined) return deps;
    return { ...deps, journal: { ...journal, ...change(journal as Shared) } };
  };
const mine = (record: StoredRecord, self: string): StoredRecord => ({ ...record, owners: record.events.map(() => self) });

const LEASE_MS = 10_000;
const stallsInside = ({ mishaps }: Scenario): boolean =>
  mishaps.some((one) => one.kind === 'stall-inside' && one.dfsp === PAYEE && one.ms > LEASE_MS);

export const plantedInReplicas: readonly PlantedInReplicas[] = [
  {
    name: 'it does what others owe',
    sabotage: shared(({ load, replica }) => ({
      load: async (recordId) => {
        const record = await load(recordId);
        return record && mine(record, replica.self);
      },
    })),
    seen: ['owner', 'quiet'],
  },
  {
    name: 'it acts on after its lease is lost',
    sabotage: shared(({ replica }) => ({ replica: { ...replica, alive: () => true } })),
    shows: stallsInside,
    from: 1240,
    seen: ['lease'],
  },
  {
    name: 'nobody takes over what a dead one left',
    sabotage: shared(({ replica }) => ({ replica: { ...replica, takeOver: () => Promise.resolve([]) } })),
    shows: ({ mishaps }) => mishaps.some(({ kind }) => kind === 'crash' || kind === 'crash-inside'),
    from: 175,
    seen: ['liveness'],
  },
  {
    name: 'a notice begins actions',
    sabotage: shared(({ load, replica }) => {
      const heard = new Set<string>();
      const known: Pick<Shared, 'load' | 'replica'> = {
        load: async (recordId) => {
          const record = await load(recordId);
          return record && heard.has(recordId) ? mine(record, replica.self) : record;
        },
        replica: {
          ...replica,
          onChanged: (listener) =>
            replica.onChanged((recordIds) => {
              for (const recordId of recordIds ?? []) heard.add(recordId);
              listener(recordIds);
            }),
        },
      };
      return known;
    }),
    seen: ['owner', 'quiet'],
  },
  {
    name: 'a version conflict is swallowed',
    sabotage: shared(({ append }) => ({
      append: async (one) => {
        const result = await append(one);
        return result.kind === 'version-conflict' ? { kind: 'appended', version: one.expectedVersion + one.events.length } : result;
      },
    })),
    seen: ['durable-first', 'acknowledged-is-durable', 'told-is-durable', 'liveness'],
  },
  {
    name: 'a claim of another replica is overlooked',
    sabotage: shared(({ append }) => ({
      append: async (one) => {
        const result = await append(one);
        return result.kind === 'claim-conflict' ? { kind: 'appended', version: one.expectedVersion + one.events.length } : result;
      },
    })),
    // two makers of one payment derive the same transferId, so what was not stored is mostly missed before it does harm
    from: 10,
    seen: ['durable-first', 'acknowledged-is-durable', 'told-is-durable', 'defect'],
  },
  {
    name: 'an outcome that is not known counts as stored',
    sabotage: shared(({ append }) => ({
      append: (one) => append(one).catch(() => ({ kind: 'appended', version: one.expectedVersion + one.events.length })),
    })),
    from: 13,
    seen: ['durable-first', 'acknowledged-is-durable', 'told-is-durable'],
  },
  {
    name: 'it does not hear of what others did',
    sabotage: shared(({ replica }) => ({ replica: { ...replica, onChanged: () => () => {} } })),
    seen: ['bounded'],
  },
  { name: 'the database fences nobody', flaw: 'fences-nobody', from: 7478, shows: stallsInside, seen: ['lease'] },
  {
    name: 'the database gives away what living ones own',
    flaw: 'gives-the-living-away',
    from: 512,
    seen: ['quiet', 'owner'],
  },
];
