import type { World } from '@payment-manager/runtime';
import { DatabaseUnavailable } from './database-unavailable.ts';
import type { GroupCommit } from './group-commit.ts';

/** EX_TEMPFAIL of sysexits.h. */
const FENCED_EXIT_CODE = 75;
interface EndingOptions extends Pick<World, 'log'> {
  readonly replicaId: string;
  /** Default: the process exits. */
  readonly onFatal?: ((error: DatabaseUnavailable) => void) | undefined;
}

/** Says once that what is in memory counts no more, and lets nothing more be written. */
export class Ending {
  readonly #options: EndingOptions;
  #failed: DatabaseUnavailable | undefined;
  #group: GroupCommit | undefined;

  constructor(options: EndingOptions) {
    this.#options = options;
  }

  get failed(): DatabaseUnavailable | undefined {
    return this.#failed;
  }

  failsWith(group: GroupCommit): void {
    this.#group = group;
  }

  end(code: 'DATABASE_FENCED' | 'DATABASE_RESTORED', reason: string): void {
    const { replicaId, log, onFatal } = this.#options;
    if (this.#failed) return;
    const what =
      code === 'DATABASE_FENCED'
        ? `The lease of ${replicaId} has ended, and its work belongs to others`
        : 'The database was put back to an older copy, or lost what it had acknowledged';
    this.#failed = new DatabaseUnavailable(code, `${what}: ${reason}.`);
    log.error('what is in memory counts no more; the process must exit', { replica: replicaId, code, reason });
    this.#group?.fail(this.#failed);
    if (onFatal) onFatal(this.#failed);
    else process.exit(FENCED_EXIT_CODE);
  }
}
