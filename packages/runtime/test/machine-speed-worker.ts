/** See `machine-speed.ts`. */
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workerData } from 'node:worker_threads';
import { told, wallMicroseconds } from './machine-speed.ts';

const shared = workerData as BigInt64Array;
const workMicroseconds = 5_000;
const restingWriteMicroseconds = 5_000;
const restMs = 250;
const slowest = 50;
const page = Buffer.alloc(4_096);

const name = join(tmpdir(), `pm-machine-speed-${process.pid}-${wallMicroseconds()}`);
const file = openSync(name, 'wx', 0o600);
// Nobody has to remove what has no name.
rmSync(name);
process.on('exit', () => closeSync(file));

/** How much longer than its own CPU time work takes: others have the processors meanwhile. */
function workSlowness(): number {
  const from = wallMicroseconds();
  const before = process.threadCpuUsage();
  for (;;) {
    for (let n = 0; n < 2_000; n++) Math.sqrt(n);
    const { user, system } = process.threadCpuUsage(before);
    if (user + system >= workMicroseconds) return Number(wallMicroseconds() - from) / (user + system);
  }
}

function writeSlowness(): number {
  const from = wallMicroseconds();
  writeSync(file, page, 0, page.length, 0);
  fdatasyncSync(file);
  return Number(wallMicroseconds() - from) / restingWriteMicroseconds;
}

let at = wallMicroseconds();
let machine = 0;
function look(): void {
  const slowness = Math.min(slowest, Math.max(1, workSlowness(), writeSlowness()));
  const now = wallMicroseconds();
  machine += Number(now - at) / slowness;
  at = now;
  Atomics.add(shared, told.seq, 1n);
  Atomics.store(shared, told.machine, BigInt(Math.round(machine)));
  Atomics.store(shared, told.at, at);
  Atomics.store(shared, told.slowness, BigInt(Math.round(slowness * 1_000)));
  Atomics.add(shared, told.seq, 1n);
  setTimeout(look, restMs);
}
look();
