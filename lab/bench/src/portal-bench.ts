import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CommandFailed, type CommandOptions, EXIT_CODES, type Terminal, table } from '@payment-manager/payment-manager';
import { openQueries } from '@payment-manager/read-model';
import { createLog, systemClock } from '@payment-manager/runtime';
import { removedAtTheEnd } from './interrupted.ts';
import { type Answered, type Answers, askQuestions, type Times } from './portal/ask-questions.ts';
import { type Filled, fillPortal } from './portal/fill-portal.ts';
import { factsOf } from './portal/questions.ts';
import { postgresUnderTest, type StoreUnderTest, sqliteUnderTest } from './portal/store-under-test.ts';

/** What the read model costs a payment, and how long its questions take. */
export interface PortalMeasured extends Filled, Answers {
  readonly store: StoreUnderTest['name'];
  readonly payments: number;
  /** So many were fed by a feeder, which `feederCpuMs` is of. */
  readonly seeded: number;
  readonly bytesPerPayment: number;
}

const BUSINESS_DAY = { zone: 'UTC', cutOff: '00:00' };
const DAYS = 90;
const WARM_TIMES = 20;
const LEAST_PAYMENTS = 1_000;
const DEFAULTS = { payments: 100_000, seeded: 20_000, cold: 3 };

/** `./pm bench --portal`: a read model of so many payments, and all questions of a portal with their worst cases, warm and cold. */
export async function portalBench(options: CommandOptions, terminal: Terminal): Promise<number> {
  const payments = wholeFrom(options, 'payments', LEAST_PAYMENTS);
  const seeded = Math.min(payments, wholeFrom(options, 'seeded', LEAST_PAYMENTS));
  const coldTimes = wholeFrom(options, 'cold', 0);
  const base = typeof options['folder'] === 'string' ? resolve(terminal.workingFolder, options['folder']) : tmpdir();
  const folder = mkdtempSync(join(base, 'pm-portal-'));
  const clean = removedAtTheEnd(folder);
  const log = createLog({ level: 'error', pretty: false, destination: { write: (line: string) => terminal.err(line.trimEnd()) } });
  const say = (text: string): void => terminal.err(text);
  let store: StoreUnderTest | undefined;
  try {
    store = options['postgres'] === true ? await postgresUnderTest(folder, log) : sqliteUnderTest(folder, log);
    const common = { businessDay: BUSINESS_DAY, log, say };
    const now = systemClock.now();
    // where the server runs as somebody else, its folder is open to it
    const between = store.name === 'SQLite' ? folder : join(folder, 'postgres');
    const filled = await fillPortal(store, { ...common, payments, seeded, days: DAYS, folder: between, now });
    const bytesPerPayment = Math.round((await store.size()) / payments);
    say('asking ...');
    const queries = await openQueries(store.source(), BUSINESS_DAY, log);
    const facts = await factsOf(queries, now);
    await queries.close();
    const answers = await askQuestions(store, facts, { ...common, warmTimes: WARM_TIMES, coldTimes });
    const measured: PortalMeasured = { store: store.name, payments, seeded, ...filled, bytesPerPayment, ...answers };
    if (options['json'] === true) terminal.out(JSON.stringify(measured));
    else print(measured, terminal);
    return EXIT_CODES.ok;
  } finally {
    await store?.stop();
    clean();
  }
}

function wholeFrom(options: CommandOptions, name: keyof typeof DEFAULTS, least: number): number {
  const value = Number(options[name] ?? DEFAULTS[name]);
  if (!Number.isSafeInteger(value) || value < least)
    throw new CommandFailed(EXIT_CODES.usage, `--${name} is a whole number from ${least} on.`);
  return value;
}

function print(measured: PortalMeasured, terminal: Terminal): void {
  const { store, payments, seeded, feederCpuMs, feederSeconds, fillSeconds, bytesPerPayment, answered, cold } = measured;
  terminal.out(`${payments} payments over ${DAYS} days in ${store}; ${bytesPerPayment} bytes of disk a payment`);
  terminal.out(`the feeder, ${seeded} of them in ${feederSeconds.toFixed(0)} s: ${feederCpuMs.toFixed(3)} ms of CPU a payment`);
  terminal.out(`the others filled in, ${fillSeconds.toFixed(0)} s; taken out of memory before a cold question: ${cold}\n`);
  const heads = ['question, milliseconds', 'aim', 'p50', 'p95', 'worst', 'CPU', 'cold p50', 'worst', 'read kB', 'missed'];
  terminal.out(table(heads, answered.map(line)));
  const missed = answered.filter((one) => missedBy(one) !== '');
  terminal.out(`\n${answered.length - missed.length} of ${answered.length} questions within their aim`);
}

function line(one: Answered): string[] {
  const { question, aimMs, warm, cpuMs, cold, coldBytes } = one;
  const ms = (value: number): string => value.toFixed(1);
  const coldOnes = cold === undefined ? ['', ''] : [ms(cold.p50), ms(cold.worst)];
  const read = coldBytes === undefined ? '' : String(Math.round(coldBytes / 1_024));
  return [question, String(aimMs), ms(warm.p50), ms(warm.p95), ms(warm.worst), ms(cpuMs), ...coldOnes, read, missedBy(one)];
}

/** When it took longer than it should, at worst. */
function missedBy({ aimMs, warm, cold }: Answered): string {
  const late = (times: Times | undefined): boolean => times !== undefined && times.worst > aimMs;
  return [...(late(warm) ? ['warm'] : []), ...(late(cold) ? ['cold'] : [])].join(', ');
}
