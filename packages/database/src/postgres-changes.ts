import type { Timer, Timers } from '@payment-manager/runtime';
import type { PostgresClient } from './postgres-driver.ts';
import { openPostgresLink, type PostgresLink } from './postgres-link.ts';
import { MAIL_NOTICE } from './postgres-mail.ts';

export interface ChangesOptions {
  readonly client: () => PostgresClient;
  readonly schema: string;
  readonly epoch: string;
  readonly pollMs: number;
  readonly timers: Timers;
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
  const { epoch, timers } = options;
  const seen = new Map<string, bigint>();
  let link: PostgresLink | undefined;
  /** From the first reading on; what was there before it is no news to anybody. */
  let started = false;
  let reading = false;
  let again = false;
  let poll: Timer | undefined;
  let closed = false;

  const note = (rows: readonly ChangeRow[]): void => {
    const changed: string[] = [];
    let missed = false;
    for (const { writer, latest, changed: names } of rows) {
      const before = seen.get(writer) ?? 0n;
      seen.set(writer, BigInt(latest));
      if (BigInt(latest) - before > LONGEST_GAP) missed = true;
      else if (names) for (const name of names.split(DIVIDER)) if (name !== '') changed.push(name);
    }
    if (!started) return;
    if (missed) options.onChanged(undefined);
    else if (changed.length > 0) options.onChanged([...new Set(changed)]);
  };

  const readOnce = async (): Promise<void> => {
    const result = await link?.query<ChangeRow>({
      name: 'changes',
      text: 'SELECT writer, latest, changed FROM changes_since($1, $2, $3)',
      values: [epoch, `{${[...seen.keys()].join()}}`, `{${[...seen.values()].join()}}`],
    });
    if (result && !closed) note(result.rows);
  };

  /** One reading at a time; what is heard meanwhile leads to another. A failed one is made up for by the next. */
  const read = async (): Promise<void> => {
    again = true;
    if (reading || !started) return;
    reading = true;
    while (again && !closed) {
      again = false;
      await readOnce().catch(() => {});
    }
    reading = false;
  };

  /** False when the batches must be read. While they are being read, what was seen is not known. */
  const isTold = (notice: string): boolean => {
    const [writer, latest, changed] = batchIn(notice);
    if (writer === epoch) return true;
    if (reading || !started || changed === undefined) return false;
    const missing = BigInt(latest) - (seen.get(writer) ?? 0n);
    if (missing === 1n) note([{ writer, latest, changed }]);
    return missing <= 1n;
  };

  const pollLater = (): void => {
    poll = timers.after(options.pollMs, () => {
      void read();
      pollLater();
    });
  };

  link = await openPostgresLink({
    client: options.client,
    async prepare(client) {
      client.on('notification', ({ payload = '' }) => {
        if (payload === MAIL_NOTICE) options.onMail();
        else if (!isTold(payload)) void read();
      });
      await client.query(`LISTEN ${options.schema}_batches`);
    },
    onUp: () => void read(),
    onDown: () => {},
    timers,
  });
  await readOnce().catch(async (error: unknown) => {
    await link?.close();
    throw error;
  });
  started = true;
  void read();
  pollLater();
  return {
    async close() {
      closed = true;
      poll?.cancel();
      await link?.close();
    },
  };
}
