import { readdirSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startManagerProcess, startSandbox } from '@payment-manager/local-scheme';
import { EXIT_CODES, style, type Terminal, table } from '@payment-manager/payment-manager';
import { systemClock } from '@payment-manager/runtime';
import { parse, stringify } from 'yaml';
import { NAMES, writeConfiguration } from './bench-folder.ts';
import { pause, round } from './measurement.ts';

/** A product that does nothing, as the system sees it. */
export interface Footprint {
  readonly what: string;
  /** From the start of the process until it is ready. */
  readonly readyMs: number;
  readonly rssMb: number;
  /** Of it what is not files: heaps, stacks, buffers. */
  readonly ownMb: number;
  readonly threads: number;
  readonly files: number;
  /** Of one core, after the start. */
  readonly cpuPercent: number;
  readonly aim: string;
}

const AIMS = { without: '105 MB, 1 %, 2 s', portal: '160 MB, 1 %, 2 s' };
const NOBODY = 'http://127.0.0.1:9';
/** What is opened in the first minute (the history) is there by then, and memory that the start and it took is given back. */
const SETTLE_MS = 95_000;
/** What is done once a minute is part of it. */
const WATCH_MS = 60_000;
/** As Linux counts: a hundred ticks a second. */
const TICKS_PER_SECOND = 100;
const STOP_MS = 10_000;

/** `./pm bench --footprint`: what a product takes that does nothing: without a portal, with one, and with all that the sandbox switches on. Linux only. */
export async function footprint(folder: string, json: boolean, quick: boolean, terminal: Terminal): Promise<number> {
  const { settleMs, watchMs } = quick ? { settleMs: 500, watchMs: 500 } : { settleMs: SETTLE_MS, watchMs: WATCH_MS };
  const say = (text: string): void => (json ? terminal.err(text) : terminal.out(style.dim(text)));
  const idle: Idle[] = [];
  let rows: readonly Footprint[];
  try {
    // one start after the other, since each is timed; then all do nothing at the same time
    for (const portal of [false, true]) {
      const what = portal ? 'portal, management API and read model on' : 'payments alone';
      say(`${what} ...`);
      idle.push(await one(folder, what, portal));
    }
    if (!quick) {
      say('with a core connector and the connection to the scheme ...');
      idle.push(...(await all(folder)));
    }
    say(`nothing happens for ${(settleMs + watchMs) / 1_000} s ...`);
    await pause(settleMs);
    rows = await Promise.all(idle.map(async ({ pid, stop: _, aim, ...row }) => ({ ...row, ...(await seen(pid, watchMs)), aim })));
  } finally {
    await Promise.all(idle.map(({ stop }) => stop()));
  }
  const load = readFileSync('/proc/loadavg', 'utf8').split(' ')[0] ?? '';
  if (json) terminal.out(JSON.stringify({ load: Number(load), rows }));
  else terminal.out(`\n${shown(rows)}\n\nLoad of this machine at the end: ${load}`);
  return EXIT_CODES.ok;
}

/** A product that was started for this, and does nothing. */
interface Idle extends Pick<Footprint, 'what' | 'readyMs' | 'aim'> {
  readonly pid: number;
  stop(): Promise<void>;
}

async function one(folder: string, what: string, portal: boolean): Promise<Idle> {
  const configFile = await writeConfiguration(folder, NAMES.payerFsp, `footprint-${portal}`, {
    hub: NOBODY.replace('http', 'https'),
    core: NOBODY,
    postgres: undefined,
  });
  const config = parse(await readFile(configFile, 'utf8')) as object;
  const more = { sandbox: true, management: { enabled: portal, port: 0 }, readModel: { enabled: portal } };
  await writeFile(configFile, stringify({ ...config, ...more }));
  const from = systemClock.monotonic();
  const manager = await startManagerProcess(configFile, join(folder, `footprint-${portal}.log`));
  const readyMs = Math.round(systemClock.monotonic() - from);
  const aim = portal ? AIMS.portal : AIMS.without;
  return { what, readyMs, aim, pid: manager.pid, stop: () => manager.stop(STOP_MS) };
}

/** As the product is set without a word about it; the sandbox's Payment Managers look much more often, so that one can watch. */
const USUAL_PACE = { PM_CONNECTION_MANAGER_POLL_MS: '60000', PM_VAULT_POLL_MS: '2000' };

/** What `./pm start` starts, a connector to the core and the scheme's Connection Manager, at the usual pace: one with portal and read model, one without. */
async function all(folder: string): Promise<readonly Idle[]> {
  const sandbox = await startSandbox({ folder: join(folder, 'footprint-sandbox'), basePort: '0', portal: true });
  const again = async (fspId: string, more: Readonly<Record<string, string>>) => {
    await sandbox.managers.get(fspId)?.stop(STOP_MS);
    const from = systemClock.monotonic();
    const { pid } = await sandbox.restartManager(fspId, { ...USUAL_PACE, ...more });
    return { pid, readyMs: Math.round(systemClock.monotonic() - from) };
  };
  const without = { PM_MANAGEMENT_ENABLED: 'false', PM_READ_MODEL_ENABLED: 'false' };
  const [bare, whole] = [await again(NAMES.payerFsp, without), await again(NAMES.payeeFsp, {})];
  return [
    { what: 'payments, a core connector and the connection to the scheme', aim: AIMS.without, ...bare, stop: async () => {} },
    { what: 'all of it: portal, management API and read model, too', aim: AIMS.portal, ...whole, stop: () => sandbox.stop() },
  ];
}

async function seen(pid: number, watchMs: number): Promise<Omit<Footprint, 'what' | 'aim' | 'readyMs'>> {
  const [ticks, from] = [ticksOf(pid), systemClock.monotonic()];
  await pause(watchMs);
  const seconds = (systemClock.monotonic() - from) / 1_000;
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mb = (name: string): number => Math.round(Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1_024);
  return {
    rssMb: mb('VmRSS'),
    ownMb: mb('RssAnon'),
    threads: Number(/^Threads:\s+(\d+)/m.exec(status)?.[1]),
    files: readdirSync(`/proc/${pid}/fd`).length,
    cpuPercent: round(((ticksOf(pid) - ticks) / TICKS_PER_SECOND / seconds) * 100, 2),
  };
}

/** User and system, of all threads. */
function ticksOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

function shown(rows: readonly Footprint[]): string {
  return table(
    ['idle', 'ready after', 'RSS', 'not files', 'threads', 'files', 'CPU', 'aim'],
    rows.map(({ what, readyMs, rssMb, ownMb, threads, files, cpuPercent, aim }) => [
      what,
      `${(readyMs / 1_000).toFixed(1)} s`,
      `${rssMb} MB`,
      `${ownMb} MB`,
      String(threads),
      String(files),
      `${cpuPercent} %`,
      aim,
    ]),
  );
}
