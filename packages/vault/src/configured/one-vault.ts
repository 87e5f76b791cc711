import { hostname } from 'node:os';
import type { Config } from '@payment-manager/configuration';
import { postgresAddress } from '@payment-manager/configuration/addresses';
import { openPostgresQueries, type PostgresAddress } from '@payment-manager/database';
import { type AlarmEntry, alarmBoard, every, type World } from '@payment-manager/runtime';
import { VaultError } from '../vault-error.ts';

const SCHEMA1 = `
  CREATE TABLE vault_in_use (
    environment text COLLATE "C" PRIMARY KEY,
    vault text NOT NULL,
    machine text NOT NULL,
    ends timestamptz NOT NULL
  );
`;

/** All who have the same vault renew it; who has another one takes it only when nobody did for a while. */
const TAKE = `
  INSERT INTO vault_in_use AS held (environment, vault, machine, ends)
  VALUES ($1, $2, $3, clock_timestamp() + $4::bigint * interval '1 millisecond')
  ON CONFLICT (environment) DO UPDATE SET vault = excluded.vault, machine = excluded.machine, ends = excluded.ends
  WHERE held.vault = excluded.vault OR held.ends < clock_timestamp()
  RETURNING 1 AS taken
`;

export interface OneVaultOptions extends PostgresAddress, Pick<World, 'clock' | 'timers' | 'log'> {
  readonly environment: string;
  /** Id of the vault that this process has; all processes of one folder have the same. */
  readonly vault: string;
  /** For people. Default: the host's name. */
  readonly machine?: string;
  /** After the last process that had another vault. Default 15,000. */
  readonly leaseMs?: number;
}

/** Sees to it that all replicas of a journal have one vault. */
export interface OneVault {
  /** That others have another one now: after this process could not tell the database of its own for a while. */
  alarms(): readonly AlarmEntry[];
  stop(): Promise<void>;
}

const DEFAULT_LEASE_MS = 15_000;

/**
 * Replicas that share a journal sign with the same keys, so they must share a vault. Files are those of one machine: with a journal in
 * PostgreSQL each process tells the database which vault it has, and one that has another is refused.
 *
 * @throws VaultError `VAULT_ELSEWHERE`, DatabaseUnavailable
 */
export async function demandOneVault(options: OneVaultOptions): Promise<OneVault> {
  const { environment, vault, machine = hostname(), leaseMs = DEFAULT_LEASE_MS, clock, timers, log } = options;
  const database = await openPostgresQueries({ ...options, room: { room: 'one-vault', migrations: [SCHEMA1] } });
  const board = alarmBoard(clock);
  /** Where another vault is in use; undefined when none is. */
  const elsewhere = async (): Promise<string | undefined> => {
    if ((await database.query({ name: 'vault_take', text: TAKE, values: [environment, vault, machine, leaseMs] })).length > 0)
      return undefined;
    const [held] = await database.query<{ machine: string }>({
      text: 'SELECT machine FROM vault_in_use WHERE environment = $1',
      values: [environment],
    });
    return held?.machine ?? 'another machine';
  };
  const look = async (): Promise<void> => {
    const where = await elsewhere();
    if (where === undefined) board.clear('vault-elsewhere', 'VAULT_ELSEWHERE');
    else if (board.raise({ id: 'vault-elsewhere', code: 'VAULT_ELSEWHERE', reason: refusal(where, leaseMs) }) === 'new')
      log.error('replicas have different vaults', { code: 'VAULT_ELSEWHERE', machine: where });
  };
  const where = await elsewhere().catch(async (error: unknown) => {
    await database.close();
    throw error;
  });
  if (where !== undefined) {
    await database.close();
    throw new VaultError('VAULT_ELSEWHERE', refusal(where, leaseMs));
  }
  // Where the database is away the journal says so.
  const looking = every(leaseMs / 3, timers, look);
  return {
    alarms: board.alarms,
    async stop() {
      looking.stop();
      await database.close();
    },
  };
}

/** For a vault in files whose journal replicas may share; undefined elsewhere. @throws as `demandOneVault` */
export async function configuredOneVault(
  { environment, vault: { store }, journal }: Config,
  vault: string | undefined,
  { clock, timers, log }: Pick<World, 'clock' | 'timers' | 'log'>,
): Promise<OneVault | undefined> {
  if (store !== 'file' || journal.store !== 'postgres' || vault === undefined) return undefined;
  return demandOneVault({ ...(await postgresAddress(journal)), environment, vault, clock, timers, log });
}

function refusal(where: string, leaseMs: number): string {
  return `A replica of this journal on ${where} has another vault in files: this one would sign with other keys. Let all of them use one vault: vault.store postgres or hashicorp; or replace this vault with a copy of that one (./pm backup --vault there, ./pm restore --vault here). Where that replica is gone for good, start again ${Math.ceil(leaseMs / 1_000)} s after its end.`;
}
