import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sandbox } from '@payment-manager/local-scheme';
import { CommandFailed, EXIT_CODES, type Terminal } from '@payment-manager/payment-manager';
import { runCommandLine } from '@payment-manager/payment-manager/command-line';
import { type HttpClient, systemClock, systemTimers } from '@payment-manager/runtime';
import { begin, look, type Made, type Pair, payOnce } from './paying.ts';

/** The DFSP that loses its journal, and the other one. The copies of both lie in one folder. */
const LOSER = 'greenbank';
const OTHER = 'bluewallet';
const OF_LOSER = '27713803911';
const OF_OTHER = '27713803912';

/** What a drill has shown. Times in milliseconds. */
export interface DrillReport {
  /** Payments of both directions that had ended when the copy was begun. */
  readonly before: number;
  /** Those that were made after the copy: what a restore loses at first. */
  readonly tail: number;
  /** From the instant of the newest copy to the loss. */
  readonly rpoMs: number;
  /** From the loss until it runs again, marked: callbacks are answered, a payment that is known gets its answer. */
  readonly rtoMarkedMs: number;
  /** From the loss until new payments are taken. */
  readonly rtoOpenMs: number;
  readonly mark: { readonly newPayment: number; readonly knownPayment: string };
  /** Of the tail: what the journal says, and what the hub says. */
  readonly payments: readonly { readonly transferId: string; readonly hub: string; readonly journal: string }[];
  readonly agreed: number;
  readonly verified: boolean;
  readonly paidAfter: string;
}

export interface DrillParts {
  readonly sandbox: Sandbox;
  readonly folder: string;
  /** `journal.backup.folder` of both. */
  readonly copies: string;
  readonly client: HttpClient;
  readonly payments: number;
  readonly terminal: Terminal;
  /** Told what happens. */
  say(line: string): void;
}

/**
 * Lets greenbank pay while it copies its journal by itself, kills it with a payment under way, puts its newest copy back, and does what an operator does
 * then: the hub's report is read in, the mark is lifted. @throws CommandFailed where a step is refused
 */
export async function restoreDrill(parts: DrillParts): Promise<DrillReport> {
  const { sandbox, folder, client, payments, say } = parts;
  const pairs = [pairOf(sandbox, LOSER, OF_LOSER, OF_OTHER), pairOf(sandbox, OTHER, OF_OTHER, OF_LOSER)] as const;
  const [known] = await payAll(client, pairs, payments);
  await copiedSince(parts.copies, systemClock.now());
  say(`${payments * 2} payments, copied while it runs; payments go on`);
  const tail = await payAll(client, pairs, payments);
  const onWay = await killed(parts, pairs[0]);
  const [lostAt, lostNow] = [systemClock.monotonic(), systemClock.now()];
  const { file: copy, asOf } = await newestCopy(parts.copies);
  const lost = [...tail.filter(({ endedAt }) => endedAt > asOf), onWay];
  say(`${lost.length} payments since the newest copy, the last of them under way when the process was killed`);

  await pm(parts, 'restore', copy, '--yes');
  const { urls } = await sandbox.restartManager(LOSER);
  await untilReady(client, urls.operations);
  const rtoMarkedMs = systemClock.monotonic() - lostAt;
  const again: Pair = { ...pairs[0], outboundUrl: urls.outbound };
  const refused = await begin(client, again, 'a new payment under the mark');
  const repeated = await begin(client, again, known?.homeTransactionId ?? '');
  say(`runs again after ${seconds(rtoMarkedMs)}, marked: a new payment is answered ${refused.status}`);

  const hubSays = await Promise.all(lost.map((one) => hubsWord(client, sandbox, one.transferId)));
  await writeFile(join(folder, 'since.csv'), reportOf(hubSays));
  await pm(parts, 'restored', '--report', join(folder, 'since.csv'), '--from', 'hub');
  await pm(parts, 'restored', '--lift', '--reason', 'drill: the hub’s report is read in');
  const rtoOpenMs = systemClock.monotonic() - lostAt;
  const journalSays = await Promise.all(hubSays.map(({ transferId, state }) => journalsWord(client, urls.operations, transferId, state)));
  const rows = hubSays.map(({ transferId, state }, nth) => ({ transferId, hub: state, journal: journalSays[nth] ?? 'not known' }));
  const after = await payOnce(client, again);
  const verified = (await runCommandLine(['verify', '--folder', folder, '--fsp', LOSER], quiet(parts.terminal))) === EXIT_CODES.ok;
  return {
    before: payments * 2 + tail.length + 1 - lost.length,
    tail: lost.length,
    rpoMs: lostNow - asOf,
    rtoMarkedMs,
    rtoOpenMs,
    mark: { newPayment: refused.status, knownPayment: String(repeated.body['currentState']) },
    payments: rows,
    agreed: rows.filter(({ hub, journal }) => hub === journal).length,
    verified,
    paidAfter: after.state,
  };
}

const COPY_PATIENCE_MS = 120_000;

/** The end of a copy's name. */
const OF_INSTANT = /(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d\.\d{3}Z)\.db$/;

/** A file, and the instant of which it is. */
interface Copy {
  readonly file: string;
  readonly asOf: number;
}

/** The newest whole copy of the loser's journal. @throws CommandFailed where there is none */
async function newestCopy(folder: string): Promise<Copy> {
  const names = existsSync(folder) ? await readdir(folder) : [];
  const own = names.filter((name) => name.startsWith(`${LOSER}-`) && OF_INSTANT.test(name)).sort();
  const newest = own.at(-1);
  if (newest === undefined) throw new CommandFailed(EXIT_CODES.failed, `There is no copy of ${LOSER} in ${folder}.`);
  const [, day, hours, minutes, seconds] = OF_INSTANT.exec(newest) ?? [];
  return { file: join(folder, newest), asOf: Date.parse(`${day}T${hours}:${minutes}:${seconds}`) };
}

/** When there is a copy of everything until an instant. */
async function copiedSince(folder: string, instant: number): Promise<void> {
  const until = systemClock.monotonic() + COPY_PATIENCE_MS;
  for (;;) {
    const newest = await newestCopy(folder).catch(() => undefined);
    if (newest !== undefined && newest.asOf >= instant) return;
    if (systemClock.monotonic() > until) throw new CommandFailed(EXIT_CODES.failed, `${LOSER} makes no copies in ${folder}.`);
    await nextLook();
  }
}

function pairOf(sandbox: Sandbox, fspId: string, from: string, to: string): Pair {
  return { outboundUrl: sandbox.managers.get(fspId)?.urls.outbound ?? '', from, to };
}

/** So many of each direction, one after the other in each. */
async function payAll(client: HttpClient, pairs: readonly Pair[], count: number): Promise<readonly Made[]> {
  const made = await Promise.all(
    pairs.map(async (pair) => {
      const own: Made[] = [];
      for (let nth = 0; nth < count; nth++) own.push(await payOnce(client, pair));
      return own;
    }),
  );
  const open = made.flat().find(({ state }) => state !== 'COMPLETED');
  if (open !== undefined) throw new CommandFailed(EXIT_CODES.failed, `The payment ${open.transferId} is ${open.state}, not COMPLETED.`);
  return made.flat();
}

/** Kills the process as soon as its hub has a prepare of a payment, which stays under way. */
async function killed({ sandbox, client }: DrillParts, pair: Pair): Promise<Made> {
  const manager = sandbox.managers.get(LOSER);
  let transferId = '';
  const paying = payOnce(client, pair, (id) => {
    transferId = id;
  });
  while (transferId === '' || (await hubsWord(client, sandbox, transferId)).state === 'not known') await Promise.race([paying, nextLook()]);
  process.kill(manager?.pid ?? 0, 'SIGKILL');
  await manager?.ended;
  return { ...(await paying), transferId };
}

const LOOK_EVERY_MS = 2;

function nextLook(): Promise<void> {
  return new Promise((resolve) => void systemTimers.after(LOOK_EVERY_MS, resolve));
}

interface HubsWord {
  readonly transferId: string;
  readonly state: string;
  readonly amount: string;
  readonly direction: 'in' | 'out';
}

/** What the hub's operator finds of a transfer, once it is decided. */
async function hubsWord(client: HttpClient, { running }: Sandbox, transferId: string): Promise<HubsWord> {
  const { status, body } = await look(client, `${running.hubAdminUrl}/transfers/${transferId}`);
  const direction = body['payerFsp'] === LOSER ? 'out' : 'in';
  return { transferId, state: status === 200 ? String(body['state']) : 'not known', amount: String(body['amount'] ?? '0'), direction };
}

/** As `./pm reconcile` and `./pm restored --report` read it; what the hub never saw is not in it. */
function reportOf(words: readonly HubsWord[]): string {
  const rows = words.filter(({ state }) => state !== 'not known');
  const lines = rows.map(({ transferId, direction, amount, state }) => `${transferId},${direction},${amount},USD,${state}`);
  return `transferId,direction,amount,currency,state\n${lines.join('\n')}\n`;
}

const PATIENCE_MS = 60_000;

/** What the restored journal says of a transfer, once it says what the hub says; or after a minute whatever it says. */
async function journalsWord(client: HttpClient, operationsUrl: string, transferId: string, hub: string): Promise<string> {
  const until = systemClock.monotonic() + PATIENCE_MS;
  for (;;) {
    const { status, body } = await look(client, `${operationsUrl}/exceptions/${transferId}`);
    const said = status === 200 ? String((body['payment'] as Readonly<Record<string, unknown>>)['hub']) : 'not known';
    if (said === hub || systemClock.monotonic() > until) return said;
    await nextLook();
  }
}

async function untilReady(client: HttpClient, operationsUrl: string): Promise<void> {
  const until = systemClock.monotonic() + PATIENCE_MS;
  for (; (await look(client, `${operationsUrl}/health/ready`)).status !== 200; await nextLook())
    if (systemClock.monotonic() > until) throw new CommandFailed(EXIT_CODES.failed, `${LOSER} is not ready within a minute.`);
}

/** A command of the product, as an operator of the loser types it. */
async function pm({ folder, terminal }: DrillParts, ...args: readonly string[]): Promise<void> {
  const said: string[] = [];
  const out = (line: string): void => void said.push(line);
  const code = await runCommandLine([...args, '--folder', folder, '--fsp', LOSER], { ...terminal, out, err: out, interactive: false });
  if (code !== EXIT_CODES.ok) throw new CommandFailed(EXIT_CODES.failed, `./pm ${args.join(' ')} failed (${code}):\n${said.join('\n')}`);
}

function quiet(terminal: Terminal): Terminal {
  return { ...terminal, out: () => {}, err: () => {}, interactive: false };
}

/** `1.2 s`. */
export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
