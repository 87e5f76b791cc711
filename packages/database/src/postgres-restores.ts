import type { PostgresClient, PostgresQuery } from './postgres-driver.ts';

/**
 * Whether a server still has what it acknowledged to a writer: asked on each new connection of one that has written. A failover to a standby that
 * was behind, or a restore under a running process, shows here; it is written down before anything else is asked, so that no writer goes on.
 *
 * A lease that is gone altogether proves nothing: it may have ended long ago, with everything of it taken over.
 */
export async function noteLostBatch(
  client: PostgresClient,
  writer: { readonly epoch: string; readonly replica: string; readonly lastAcknowledged: number },
  nowMs: number,
): Promise<string | undefined> {
  const { epoch, replica, lastAcknowledged } = writer;
  if (lastAcknowledged === 0) return undefined;
  const { rows } = await client.query<{ last_batch: string; replica: string }>('SELECT last_batch, replica FROM leases WHERE epoch = $1', [
    epoch,
  ]);
  const [found] = rows;
  if (found === undefined || (found.replica === replica && Number(found.last_batch) >= lastAcknowledged)) return undefined;
  const reason = `${replica} did not find batch ${lastAcknowledged}, which PostgreSQL had acknowledged`;
  await client.query('SELECT note_restore($1, $2)', [nowMs, JSON.stringify({ sign: 'lost-batch', reason, at: nowMs })]);
  return reason;
}

/** The restores that are written down, oldest first. */
export const RESTORES_QUERY: PostgresQuery = { text: 'SELECT number, sign FROM restores ORDER BY number' };

/** This process knows so many restores: its batches are stored from now on. */
export function knowsRestores(epoch: string, count: number): PostgresQuery {
  return { text: 'UPDATE leases SET restores = $2 WHERE epoch = $1', values: [epoch, count] };
}
