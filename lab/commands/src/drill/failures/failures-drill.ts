import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sandbox } from '@payment-manager/local-scheme';
import { managementSocket } from '@payment-manager/management-api/commands';
import type { Terminal } from '@payment-manager/payment-manager';
import { askLocal } from '@payment-manager/payment-manager/ask-local';
import { runCommandLine } from '@payment-manager/payment-manager/command-line';
import { systemClock, systemTimers } from '@payment-manager/runtime';
import { parseFault } from '@payment-manager/sandbox';
import { traffic } from '../../traffic/traffic.ts';
import { courseOf, type Failure, incidentsOf, type SeenIncident } from './course.ts';
import { checkMoney, type MoneyCheck, unfinishedIn } from './money-check.ts';
import type { SmallDisk } from './small-disk.ts';

/** The DFSP to which it happens. */
export const STRUCK = 'greenbank';

/** When something was away. Milliseconds since the epoch. */
export interface Away {
  readonly failure: Failure;
  readonly from: number;
  readonly to: number;
  /** How it failed, in words. */
  readonly how: string;
}

/** What a drill has shown. */
export interface FailuresReport {
  readonly from: number;
  readonly to: number;
  readonly away: readonly Away[];
  readonly money: MoneyCheck;
  /** Payments of the struck DFSP that need a person. */
  readonly exceptions: number;
  /** How often its Payment Manager ended by itself, and was started again: after an error of the disk it cannot go on (docs/money-rules.md, 8). */
  readonly restarts: number;
  /** How many incidents the alarm of each failure made. */
  readonly incidents: Readonly<Record<Failure, number>>;
  /** All of them. */
  readonly seen: readonly SeenIncident[];
  /** What people were told of them. */
  readonly told: readonly string[];
  /** Of each business day: whether hub, journals and cores agree. */
  readonly reconciled: Readonly<Record<string, boolean>>;
  readonly verified: boolean;
  /** What `./pm traffic` said at its end. */
  readonly traffic: readonly string[];
}

export interface FailuresParts {
  readonly sandbox: Sandbox;
  /** Of the sandbox. */
  readonly folder: string;
  /** Where what `./pm top` shows is kept. */
  readonly out: string;
  readonly disk: SmallDisk;
  readonly minutes: number;
  readonly rate: number;
  readonly terminal: Terminal;
  /** What people were told until now. */
  readonly told: readonly string[];
  /** Told what happens. */
  say(line: string): void;
}

/** Payments for so many minutes, in which the hub, then the core, then the disk fails; then what became of them. */
export async function failuresDrill(parts: FailuresParts): Promise<FailuresReport> {
  const { folder, minutes, rate, out, say } = parts;
  await mkdir(out, { recursive: true });
  const from = systemClock.now();
  const lines: string[] = [];
  const paying = traffic([], { rate: String(rate), seconds: String(Math.round(minutes * 60)), folder }, into(parts.terminal, lines));
  const supervised = superviseStruck(parts);
  const away: Away[] = [];
  for (const { failure, from: begins, to: ends } of courseOf(minutes)) {
    await until(from + begins);
    away.push(await fail(failure, from + ends, parts));
    say(`the ${failure} is back`);
  }
  await until(from + minutes * 60_000);
  await paying;
  await settled(parts);
  await keepTop('end', parts);
  supervised.stop();
  const seen = ((await ask(folder, 'GET /api/alerts?limit=200'))['incidents'] ?? []) as readonly SeenIncident[];
  const { exceptions = [] } = (await ask(folder, 'GET /api/exceptions?limit=1000')) as { readonly exceptions?: readonly unknown[] };
  const to = systemClock.now();
  return {
    ...{
      from,
      to,
      away,
      seen,
      told: parts.told,
      incidents: incidentsOf(seen),
      exceptions: exceptions.length,
      restarts: supervised.restarts(),
    },
    money: await checkMoney(parts.sandbox),
    reconciled: await reconciled(from, to, parts),
    verified: await verified(parts),
    traffic: lines.slice(lines.findLastIndex((line) => line.startsWith('\n'))),
  };
}

/** Lets it fail until then. */
async function fail(failure: Failure, ends: number, parts: FailuresParts): Promise<Away> {
  const { sandbox, disk, say } = parts;
  const from = systemClock.now();
  const worst = from + 0.8 * (ends - from);
  const seen = async (): Promise<void> => {
    await until(worst);
    await keepTop(failure, parts);
    await until(ends);
  };
  const over = (how: string): Away => ({ failure, from, to: systemClock.now(), how });
  if (failure === 'hub') {
    const { hubListener } = sandbox.scheme;
    say('the hub takes no connection any more');
    await hubListener.pause();
    await seen();
    await hubListener.resume();
    return over('no connection was taken');
  }
  if (failure === 'disk') {
    const free = await disk.fill();
    say(`the disk of ${STRUCK} is full: ${free} bytes are free`);
    await seen();
    await disk.free();
    return over('a file system of its own without room (ENOSPC)');
  }
  const { faults } = sandbox.scheme.dfsp(STRUCK).core;
  const strike = (action: object): string => faults.add(parseFault({ operation: '*', action })).id;
  say(`the core of ${STRUCK} answers 503`);
  const refusing = strike({ kind: 'reject', status: 503 });
  await until(from + 0.4 * (ends - from));
  say(`the core of ${STRUCK} answers nothing any more`);
  faults.remove(refusing);
  const silent = strike({ kind: 'timeout' });
  await seen();
  faults.remove(silent);
  return over('answered 503, then nothing');
}

/** Starts the struck Payment Manager again whenever it ends, as systemd or Kubernetes do. */
function superviseStruck({ sandbox, say }: FailuresParts): { restarts(): number; stop(): void } {
  let [restarts, stopped] = [0, false];
  const startAgain = async (): Promise<void> => {
    for (;;)
      try {
        await sandbox.restartManager(STRUCK);
        restarts++;
        return watch();
      } catch (error) {
        if (stopped) return;
        say(`it does not start: ${(error as Error).message.split('\n', 1)[0]}`);
        await until(systemClock.now() + ASK_AGAIN_MS);
      }
  };
  const watch = (): void =>
    void sandbox.managers.get(STRUCK)?.ended.then((how) => {
      if (stopped) return undefined;
      say(`the Payment Manager of ${STRUCK} has ended (${how}): it is started again`);
      return startAgain();
    });
  watch();
  return {
    restarts: () => restarts,
    stop() {
      stopped = true;
    },
  };
}

const ASK_AGAIN_MS = 5_000;
const SETTLED_WITHIN_MS = 300_000;

/** Until each payment of a customer has its end, or five minutes have gone by: the check says then what has none. */
async function settled({ sandbox, say }: FailuresParts): Promise<void> {
  const last = systemClock.now() + SETTLED_WITHIN_MS;
  for (let open = unfinishedIn(sandbox); open > 0 && systemClock.now() < last; open = unfinishedIn(sandbox)) {
    say(`${open} payments have no end yet`);
    await until(systemClock.now() + ASK_AGAIN_MS);
  }
}

/** What `./pm top` shows now, into a file. */
async function keepTop(name: string, parts: FailuresParts): Promise<void> {
  await keep(`top-${name}`, ['top', '--once', '--config', join(parts.folder, STRUCK, 'payment-manager.yaml')], parts);
}

const DAY_MS = 86_400_000;

/** Each day that it touched, at both DFSPs. */
async function reconciled(from: number, to: number, parts: FailuresParts): Promise<Record<string, boolean>> {
  const days: Record<string, boolean> = {};
  for (let day = Math.floor(from / DAY_MS); day * DAY_MS <= to; day++) {
    const date = new Date(day * DAY_MS).toISOString().slice(0, 10);
    days[date] = (await keep(`reconcile-${date}`, ['reconcile', '--date', date, '--folder', parts.folder], parts)) === 0;
  }
  return days;
}

/** Whether the journal of the struck one is whole. */
async function verified(parts: FailuresParts): Promise<boolean> {
  return (await keep('verify', ['verify', '--folder', parts.folder, '--fsp', STRUCK], parts)) === 0;
}

/** Asks the management API of the struck DFSP. */
export function ask(folder: string, line: string, body?: object): Promise<Readonly<Record<string, unknown>>> {
  return askLocal(managementSocket({ dataFolder: join(folder, STRUCK, 'data') }), line, body, 'drill');
}

/** Runs a command of `./pm`, and keeps what it says as a text beside the pictures; answers its exit code. */
async function keep(name: string, args: readonly string[], { terminal, out }: FailuresParts): Promise<number> {
  const lines: string[] = [];
  const exitCode = await runCommandLine(args, into(terminal, lines));
  await writeFile(join(out, `${name}.txt`), `${lines.join('\n')}\n`);
  return exitCode;
}

function into(terminal: Terminal, lines: string[]): Terminal {
  const add = (line: string): void => void lines.push(line);
  return { ...terminal, interactive: false, out: add, err: add };
}

function until(at: number): Promise<void> {
  return new Promise((resolve) => void systemTimers.after(Math.max(0, at - systemClock.now()), resolve));
}
