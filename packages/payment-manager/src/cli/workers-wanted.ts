import type { Config } from '@payment-manager/configuration';
import { CommandFailed, exitCodes } from './exit-codes.ts';

const workersMax = 64;

const inConfiguration = 'Set `journal.store` to postgres and give `journal.postgresUrl` (in the environment: PM_JOURNAL_POSTGRES_URL)';

/**
 * How many processes `--workers` asks for; 1 when it is left out. `advice`: how to come to PostgreSQL.
 *
 * @throws CommandFailed 64 for no number, 78 where only one can be
 */
export function workersWanted(
  option: string | boolean | undefined,
  { journal }: { readonly journal: Pick<Config['journal'], 'store'> },
  advice = inConfiguration,
): number {
  if (option === undefined) return 1;
  const count = Number(option);
  if (!/^[0-9]{1,2}$/.test(String(option)) || count < 1 || count > workersMax) {
    throw new CommandFailed(exitCodes.usage, `--workers must be a whole number from 1 to ${workersMax}; it is '${option}'.`);
  }
  if (count > 1 && journal.store === 'sqlite') {
    throw new CommandFailed(
      exitCodes.config,
      `--workers ${count} needs the journal in PostgreSQL: only one process can use a journal file. ${advice}, or omit --workers.`,
    );
  }
  return count;
}
