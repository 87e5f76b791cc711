import { createHmac } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMetrics, recordedLog, systemClock, systemRandom, systemTimers } from '@payment-manager/runtime';
import { frames, readHeader } from '../src/frame.ts';
import { fileStore, type KeptMessage, type Message, openMessages } from '../src/index.ts';

/**
 * What messages cost: `node packages/messages/test/cost.main.ts DATA_FOLDER [PAYMENTS_PER_SECOND]` records everything that is kept in the data folder of a stopped
 * product five times more, at that rate (default 200), into a store beside; the first time warms up. Prints bytes, CPU of all threads and time on the main thread within
 * `record` for each payment, and the CPU that the same pauses take without messages. A payment is a `POST /transfers` of the hub's side that was sent or came.
 */
const PASSES = 5;
const TICK_MS = 50;

const [folder = '', perSecond = '200'] = process.argv.slice(2);
const journalKey = Buffer.from((await readFile(join(folder, 'journal.key'), 'utf8')).trim(), 'hex');
const rootKey = createHmac('sha256', journalKey).update('payment-manager messages').digest();
const kept = await readAll(join(folder, 'messages'));
const isPrepare = ({ side, method, target }: KeptMessage): boolean => side === 'hub' && method === 'POST' && target.endsWith('/transfers');
const payments = kept.filter(isPrepare).length;
const copies: Message[] = kept.map((message) => ({ ...message, body: Uint8Array.from(message.body) }));

const own = await mkdtemp(join(tmpdir(), 'pm-messages-cost-'));
try {
  const store = fileStore({ folder: own, random: systemRandom, leaveFreeBytes: 0 });
  const world = { clock: systemClock, timers: systemTimers, random: systemRandom, log: recordedLog(), metrics: createMetrics() };
  const messages = openMessages({ ...world, store, rootKey, keepDays: 30 });
  const perTick = Math.max(1, Math.round((copies.length / payments) * Number(perSecond) * (TICK_MS / 1_000)));
  const pass = async (record: (message: Message) => void): Promise<{ cpuMs: number; recordMs: number }> => {
    const from = process.cpuUsage();
    let recordMs = 0;
    for (let at = 0; at < copies.length; at += perTick) {
      const begun = performance.now();
      for (const message of copies.slice(at, at + perTick)) record(message);
      recordMs += performance.now() - begun;
      await idle(TICK_MS);
    }
    await messages.find({ ids: [], parties: [], fromMs: 0, toMs: 0, partiesFromMs: 0, partiesUntilMs: 0 });
    return { cpuMs: total(process.cpuUsage(from)), recordMs };
  };
  await pass(messages.record);
  const nothing = await pass(() => {});
  const passes: { cpuMs: number; recordMs: number }[] = [];
  for (let n = 1; n < PASSES; n++) passes.push(await pass(messages.record));
  await messages.close();
  const mean = (of: (one: { cpuMs: number; recordMs: number }) => number): number =>
    passes.reduce((sum, one) => sum + of(one), 0) / passes.length;
  const bytes = (await Promise.all((await readdir(own)).map(async (name) => (await stat(join(own, name))).size))).reduce(
    (a, b) => a + b,
    0,
  );
  const round = (value: number): number => Math.round(value * 1_000) / 1_000;
  process.stdout.write(
    `${JSON.stringify({
      payments,
      messagesPerPayment: round(copies.length / payments),
      rawBytesPerPayment: Math.round(
        kept.reduce((sum, { body, answer }) => sum + body.length + (answer?.body.length ?? 0) + 700, 0) / payments,
      ),
      bytesPerPayment: Math.round(bytes / payments / PASSES),
      cpuMsPerPayment: round((mean(({ cpuMs }) => cpuMs) - nothing.cpuMs) / payments),
      recordMsPerPayment: round(mean(({ recordMs }) => recordMs) / payments),
    })}\n`,
  );
} finally {
  await rm(own, { recursive: true });
}

function total({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1_000;
}

function idle(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function readAll(of: string): Promise<readonly KeptMessage[]> {
  const opener = frames(rootKey, systemRandom);
  const all: KeptMessage[] = [];
  for (const name of (await readdir(of)).sort()) {
    const bytes = await readFile(join(of, name));
    for (let place = 0; ; ) {
      const header = readHeader(bytes.subarray(place));
      if (header === undefined || place + header.bytes > bytes.length) break;
      all.push(...(await opener.open(bytes.subarray(place, place + header.bytes))));
      place += header.bytes;
    }
  }
  return all;
}
