import type { Timer, World } from '@payment-manager/runtime';
import type { PostgresClient } from './postgres-driver.ts';
import { openPostgresLink, type PostgresLink } from './postgres-link.ts';
import { MAIL_NOTICE } from './postgres-mail.ts';

export interface ChangesOptions extends Pick<World, 'timers'> {
  readonly client: () => PostgresClient;
  readonly schema: string;
  readonly epoch: string;
  readonly pollMs: number;
  /** Names of what others changed; undefined: some notices may have been missed, so anything may have changed. */
  readonly onChanged: (changed: readonly string[] | undefined) => void;
  /** Some replica has left a message for others. */
  readonly onMail: () => void;
}

/** As `changes_since` limits it. */
const LONGEST_GAP = 2_000n;
const DIVIDER = '\u001f';

interface ChangeRow {
  readonly writer: string;
  readonly latest: string;
  readonly changed: string | null;
}

/** A notice of a batch: its writer and number and, where there was room for them, the names of what changed. */
function batchIn(notice: string): readonly [writer: string, number: string, changed: string | undefined] {
  const [of = '', ...names] = notice.split(DIVIDER);
  const [writer = '', number = ''] = of.split(':');
  return [writer, number, names.length === 0 ? undefined : names.join(DIVIDER)];
}

/**
 * Hears what other replicas wrote. A notice of a writer's next batch tells what changed; whatever else is heard (a notice was
 * missed, or had no room for the names) leads to a reading of their batches. It subscribes before it reads, reads again after
 * a reconnect, and reads every `pollMs` in any case (docs/money-rules.md, 7).
 */
export async function followChanges(options: ChangesOptions): Promise<{ close(): Promise<void> }> {
  const changes = new Changes(options);
  await changes.start();
  return changes;
}

class Changes {
  readonly #options: ChangesOptions;
  /** Number of the last batch of each writer that was read or told. */
  readonly #seen = new Map<string, bigint>();
  #link: PostgresLink | undefined;
  /** From the first reading on; what was there before it is no news to anybody. */
  #started = false;
  #reading = false;
  #again = false;
  #poll: Timer | undefined;
  #closed = false;

  constructor(options: ChangesOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { client, schema, timers, onMail } = this.#options;
    this.#link = await openPostgresLink({
      client,
      prepare: async (connected) => {
        connected.on('notification', ({ payload = '' }) => {
          if (payload === MAIL_NOTICE) onMail();
          else if (!this.#isTold(payload)) void this.#read();
        });
        await connected.query(`LISTEN ${schema}_batches`);
      },
      onUp: () => void this.#read(),
      onDown: () => {},
      timers,
    });
    await this.#readOnce().catch(async (error: unknown) => {
      await this.#link?.close();
      throw error;
    });
    this.#started = true;
    void this.#read();
    this.#pollLater();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#poll?.cancel();
    await this.#link?.close();
  }

  #note(rows: readonly ChangeRow[]): void {
    const changed: string[] = [];
    let missed = false;
    for (const { writer, latest, changed: names } of rows) {
      const before = this.#seen.get(writer) ?? 0n;
      this.#seen.set(writer, BigInt(latest));
      if (BigInt(latest) - before > LONGEST_GAP) missed = true;
      else if (names) for (const name of names.split(DIVIDER)) if (name !== '') changed.push(name);
    }
    if (!this.#started) return;
    if (missed) this.#options.onChanged(undefined);
    else if (changed.length > 0) this.#options.onChanged([...new Set(changed)]);
  }

  async #readOnce(): Promise<void> {
    const result = await this.#link?.query<ChangeRow>({
      name: 'changes',
      text: 'SELECT writer, latest, changed FROM changes_since($1, $2, $3)',
      values: [this.#options.epoch, `{${[...this.#seen.keys()].join()}}`, `{${[...this.#seen.values()].join()}}`],
    });
    if (result && !this.#closed) this.#note(result.rows);
  }

  /** One reading at a time; what is heard meanwhile leads to another. A failed one is made up for by the next. */
  async #read(): Promise<void> {
    this.#again = true;
    if (this.#reading || !this.#started) return;
    this.#reading = true;
    while (this.#again && !this.#closed) {
      this.#again = false;
      await this.#readOnce().catch(() => {});
    }
    this.#reading = false;
  }

  /** False when the batches must be read. While they are being read, what was seen is not known. */
  #isTold(notice: string): boolean {
    const [writer, latest, changed] = batchIn(notice);
    if (writer === this.#options.epoch) return true;
    if (this.#reading || !this.#started || changed === undefined) return false;
    const missing = BigInt(latest) - (this.#seen.get(writer) ?? 0n);
    if (missing === 1n) this.#note([{ writer, latest, changed }]);
    return missing <= 1n;
  }

  #pollLater(): void {
    this.#poll = this.#options.timers.after(this.#options.pollMs, () => {
      void this.#read();
      this.#pollLater();
    });
  }
}
