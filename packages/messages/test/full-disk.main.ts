import { createMetrics, recordedLog, systemClock, systemRandom, systemTimers } from '@payment-manager/runtime';
import { fileStore, openMessages } from '../src/index.ts';

/** Records messages of 4 KB, each a frame of its own, until one is lost; prints how many were kept, and the alarm. Run where files may not grow. */
const [folder = ''] = process.argv.slice(2);
const store = fileStore({ folder, random: systemRandom, leaveFreeBytes: 0 });
const world = { clock: systemClock, timers: systemTimers, random: systemRandom, log: recordedLog(), metrics: createMetrics() };
const messages = openMessages({ ...world, store, rootKey: Buffer.alloc(32, 7), keepDays: 30 });
const look = { ids: ['t1'], parties: [], fromMs: 0, toMs: systemClock.now() + 1_000_000, partiesFromMs: 0, partiesUntilMs: 0 };
const written = async (): Promise<number> => (await messages.find(look)).messages.length;
let recorded = 0;
while (messages.alarms().length === 0 && recorded < 100) {
  const body = systemRandom.bytes(4_096);
  const at = systemClock.now();
  messages.record({ at, direction: 'out', side: 'hub', method: 'POST', target: '/transfers', headers: {}, body, tookMs: 1, ids: ['t1'] });
  recorded++;
  await written();
}
const alarm = messages.alarms()[0];
const kept = await written();
messages.record({ at: systemClock.now(), direction: 'out', side: 'hub', method: 'PUT', target: '/x', headers: {}, tookMs: 1, ids: ['t1'] });
process.stdout.write(JSON.stringify({ recorded, kept, code: alarm?.code, reason: alarm?.reason, after: await written() }));
await messages.close();
