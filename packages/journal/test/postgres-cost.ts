/**
 * What an append costs on PostgreSQL: CPU of the server and of this process. Each writer appends one event of 450 bytes after
 * the other; every eighth is a new record with a claim.
 *
 *   node packages/journal/test/postgres-cost.ts [writers, default 20] [seconds, default 8] [replicas, default 1]
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTestPostgres } from '@payment-manager/database/test-postgres';
import { recordedLog } from '@payment-manager/runtime';
import { openPostgresJournal, type SharedJournal } from '../src/postgres-journal.ts';

const [writers = 20, seconds = 8, replicas = 1] = process.argv.slice(2).map(Number);
const warmUpMs = 2_000;
const body = { body: 'x'.repeat(400) };

const server = await startTestPostgres();
const journals = await Promise.all(
  Array.from({ length: replicas }, (_, n) =>
    openPostgresJournal({ url: server.url, schema: 'cost', replicaId: `replica-${n}`, log: recordedLog() }),
  ),
);
let appended = 0;
let stopped = false;

async function write(journal: SharedJournal): Promise<void> {
  while (!stopped) {
    const recordId = randomUUID();
    for (let version = 0; version < 8 && !stopped; version++) {
      await journal.append({
        recordId,
        kind: 'payer',
        expectedVersion: version,
        events: [{ type: `event-${version}`, at: Date.now(), ...body }],
        ...(version === 0 && { claims: [{ kind: 'transferId', scope: 'greenbank', value: recordId }] }),
        open: version < 7,
        attention: [],
        label: recordId,
      });
      appended++;
    }
  }
}

const used = (): { server: number; own: number; appended: number; atMs: number } => {
  const { user, system } = process.cpuUsage();
  return { server: (server.cpuMs() ?? 0) * 1_000, own: user + system, appended, atMs: performance.now() };
};

const all = Promise.all(Array.from({ length: writers }, (_, n) => write(journals[n % replicas] as SharedJournal)));
await sleep(warmUpMs);
const before = used();
await sleep(seconds * 1_000);
const after = used();
stopped = true;
await all;
const count = after.appended - before.appended;
const each = (what: 'server' | 'own'): string => ((after[what] - before[what]) / count).toFixed(1);
console.log(
  `${replicas} × ${writers / replicas} writers: ${Math.round((count * 1_000) / (after.atMs - before.atMs))} appends/s, CPU of the server ${each('server')} µs, ours ${each('own')} µs`,
);
await Promise.all(journals.map((journal) => journal.close()));
await server.stop();
