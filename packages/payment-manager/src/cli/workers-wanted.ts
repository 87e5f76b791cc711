import type { Config } from '@payment-manager/configuration';
import { CommandFailed, EXIT_CODES } from './exit-codes.ts';

const WORKERS_MAX = 64;

const IN_CONFIGURATION = 'Set `journal.store` to postgres and give `journal.postgresUrl` (in the environment: PM_JOURNAL_POSTGRES_URL)';

/**
 * How many processes `--workers` asks for; 1 when it is left out. `advice`: how to come to PostgreSQL.
 *
 * @throws CommandFailed 64 for no number, 78 where only one can be
 */
export function workersWanted(
  option: string | boolean | undefined,
  { journal }: { readonly journal: Pick<Config['journal'], 'store'> },
  advice = IN_CONFIGURATION,
): number {
  if (option === undefined) return 1;
  const count = Number(option);
  if (!/^[0-9]{1,2}$/.test(String(option)) || count < 1 || count > WORKERS_MAX) {
    throw new CommandFailed(EXIT_CODES.usage, `--workers must be a whole number from 1 to ${WORKERS_MAX}; it is '${option}'.`);
  }
  if (count > 1 && journal.store === 'sqlite') {
    throw new CommandFailed(
      EXIT_CODES.config,
      `--workers ${count} needs the journal in PostgreSQL: only one process can use a journal file. ${advice}, or omit --workers.`,
    );
  }
  return count;
}
