/**
 * Kills replicas under load for as long as you like:
 *
 *   node tests/replicas/kill-under-load.ts --seconds 120
 *
 * Prints one figure per line, and ends with 1 when anything was lost, doubled or left open.
 */
import { parseArgs } from 'node:util';
import { killUnderLoad } from './kill-run.ts';
import { startReplicaWorld } from './replica-world.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '120' },
    'per-second': { type: 'string', default: '15' },
    'kill-every-ms': { type: 'string', default: '5000' },
    'lease-ms': { type: 'string', default: '10000' },
    replicas: { type: 'string', default: '3' },
  },
});

const world = await startReplicaWorld({ replicas: Number(values.replicas), leaseMs: Number(values['lease-ms']) });
try {
  const run = await killUnderLoad(world, {
    seconds: Number(values.seconds),
    perSecond: Number(values['per-second']),
    killEveryMs: Number(values['kill-every-ms']),
    awayMs: 2_000,
    settleMs: 90_000,
  });
  const { lost, doubled, invented, unfinished, imbalances, failures, exceptions, ...figures } = run;
  for (const [name, value] of Object.entries(figures)) console.log(`${name.padEnd(20)} ${value}`);
  console.log(`${'failures'.padEnd(20)} ${JSON.stringify(failures)}`);
  const wrong = { exceptions, lost, doubled, invented, unfinished, imbalances };
  for (const [name, list] of Object.entries(wrong)) console.log(`${name.padEnd(20)} ${list.length} ${list.slice(0, 5).join(' ')}`);
  process.exitCode = run.open > 0 || Object.values(wrong).some(({ length }) => length > 0) ? 1 : 0;
} finally {
  await world.stop();
}
