import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { CommandFailed, type CommandOptions, EXIT_CODES, style, type Terminal, table } from '@payment-manager/payment-manager';
import { runCommandLine } from '@payment-manager/payment-manager/command-line';
import { loadConfiguration } from '@payment-manager/payment-manager/configuration-file';
import { journalKey, openJournal } from '@payment-manager/payment-manager/open-journal';
import { createLog, type HttpClient, seededRandom, systemClock, systemRandom, systemTimers } from '@payment-manager/runtime';
import { seedJournal } from '@payment-manager/seed';
import { PARTS, type Soaked, type SoakOptions, soak } from './soak.ts';
import { FEWEST_FOR_MEMORY, judgeSoak, type SoakSample, type SoakVerdict } from './soak-judge.ts';
import { metricsOf } from './usage.ts';
import { type Role, startWorld } from './world.ts';

const DAY_MS = 86_400_000;
/** Younger ones are never pruned. */
const OLD_DAYS = 9;
/** Over so many days before that, one of the parts at a time is pruned. */
const SEEDED_DAYS = 30;
const RATE_MOST = 10_000;
const MINUTES_MOST = 1_440;
const SAMPLES = 30;
const SAMPLE_LEAST_MS = 1_000;
/** Payments of long ago that are in the payer's journal at the start, and pruned in three parts: some more than half of what is paid. */
const OLD_SHARE = 0.6;

export interface SoakPlace {
  readonly folder: string;
  readonly client: HttpClient;
}

/** `./pm bench --soak`: payer and payee at a steady rate for a long time; whether memory, handles or disk grow. Exit code 1 where they do, or a payment failed. */
export async function soakCommand(options: CommandOptions, { folder, client }: SoakPlace, terminal: Terminal): Promise<number> {
  const wanted = readSoak(options);
  const json = options['json'] === true;
  const say = (text: string): void => (json ? terminal.err(text) : terminal.out(text));
  const old = Math.round((OLD_SHARE * wanted.perSecond * wanted.ms) / 1_000);
  say(
    style.dim(
      `${wanted.perSecond} payments/s for ${(wanted.ms / 60_000).toFixed(1)} minutes; ${old} old payments are put into the payer’s journal ...`,
    ),
  );
  const world = await startWorld('both', folder, 'soak', client, { workers: 1 }, (role, configFile) =>
    withOldPayments(role, configFile, old, terminal),
  );
  try {
    const prune = async (third: number) => ({ payer: await pruned(world.process('payer'), third, terminal) });
    const recorded: string[] = [];
    const soaked = await soak(world, wanted, prune, async (sample) => {
      say(style.dim(lineOf(sample)));
      const { role, atMs } = sample;
      recorded.push(JSON.stringify({ role, atMs, metrics: await metricsOf(client, world.process(role).operations) }));
    });
    const record = options['record'];
    if (typeof record === 'string') writeFileSync(resolve(terminal.workingFolder, record), gzipSync(recorded.join('\n')));
    const verdicts = judgeSoak(soaked.samples);
    if (json) terminal.out(JSON.stringify({ ...wanted, ...soaked, verdicts }));
    else terminal.out(`\n${report(wanted, soaked, verdicts)}`);
    for (const [reason, count] of Object.entries(soaked.failures)) terminal.err(`${style.bad('failed:')} ${count} × ${reason}`);
    return soaked.failed === 0 && verdicts.every(({ ok }) => ok) ? EXIT_CODES.ok : EXIT_CODES.failed;
  } finally {
    await world.stop();
  }
}

/** @throws CommandFailed (64) */
export function readSoak(options: CommandOptions): SoakOptions {
  for (const name of ['overload', 'sketch', 'connector', 'scenario', 'concurrency', 'payments', 'postgres', 'workers', 'confirm', 'quick'])
    if (options[name] !== undefined) throw new CommandFailed(EXIT_CODES.usage, `--soak does not go with --${name}.`);
  const perSecond = numberIn(options, 'rate', 100, RATE_MOST);
  const ms = numberIn(options, 'minutes', 30, MINUTES_MOST) * 60_000;
  const rests = (perSecond * ms) / 1_000 >= FEWEST_FOR_MEMORY;
  return { perSecond, ms, sampleMs: Math.max(SAMPLE_LEAST_MS, ms / SAMPLES), rests };
}

function numberIn(options: CommandOptions, name: string, otherwise: number, most: number): number {
  const value = Number(options[name] ?? otherwise);
  if (!(value > 0 && value <= most)) throw new CommandFailed(EXIT_CODES.usage, `--${name} is a number above 0, at most ${most}.`);
  return value;
}

/** Retention is seen only where there is something that may be pruned. */
async function withOldPayments(role: Role, configFile: string, payments: number, terminal: Terminal): Promise<void> {
  if (role !== 'payer' || payments === 0) return;
  const { config } = await loadConfiguration(configFile, terminal);
  const log = createLog({ level: 'warn', pretty: false, destination: { write: (line: string) => terminal.err(line.trimEnd()) } });
  const world = { clock: systemClock, timers: systemTimers, random: systemRandom, log };
  const sealingKey = await journalKey(config, systemRandom, log);
  const journal = await openJournal(config, { ...world, sealingKey, onFatal: () => {} });
  try {
    const until = systemClock.now() - OLD_DAYS * DAY_MS;
    await seedJournal(journal, { fspId: config.fspId, payments, days: SEEDED_DAYS, until, random: seededRandom(1), onProgress() {} });
  } finally {
    await journal.close();
  }
}

/** What an operator does each night, while payments go on. @throws CommandFailed where it does not work */
async function pruned(
  { configFile, dataFolder, operations }: ReturnType<Awaited<ReturnType<typeof startWorld>>['process']>,
  third: number,
  terminal: Terminal,
): Promise<number> {
  const days = OLD_DAYS - 1 + ((PARTS - 1 - third) * SEEDED_DAYS) / PARTS;
  const before = new Date(systemClock.now() - days * DAY_MS).toISOString().slice(0, 10);
  const said: string[] = [];
  const code = await runCommandLine(
    ['prune', '--config', configFile, '--before', before, '--export', join(dataFolder, `old-${third}.ndjson.gz`), '--json'],
    {
      ...terminal,
      out: (line) => void said.push(line),
      err: (line) => void said.push(line),
      environment: { PM_OPERATIONS_PORT: new URL(operations).port },
    },
  );
  const told = said.find((line) => line.startsWith('{'));
  if (code !== EXIT_CODES.ok || told === undefined) throw new CommandFailed(EXIT_CODES.failed, `Nothing was pruned: ${said.join(' ')}`);
  return (JSON.parse(told) as { pruned: number }).pruned;
}

function lineOf({ role, atMs, payments, rssMb, handles, files, journalBytes, messagesBytes, pruned: rows, atRest }: SoakSample): string {
  const mb = (bytes: number): string => (bytes / 1_048_576).toFixed(1);
  const gone = rows === undefined ? '' : `, ${rows} records pruned`;
  return `${(atMs / 60_000).toFixed(1)} min  ${role}  ${payments} payments, ${rssMb} MB${atRest ? ' at rest' : ''}, ${handles} handles, ${files} files, journal ${mb(journalBytes)} MB, messages ${mb(messagesBytes)} MB${gone}`;
}

function report({ perSecond, ms }: SoakOptions, soaked: Soaked, verdicts: readonly SoakVerdict[]): string {
  const { offered, completed, refused, declined, failed } = soaked;
  return [
    `${perSecond} payments/s for ${(ms / 60_000).toFixed(1)} minutes: ${offered} offered, ${completed} completed, ${refused} refused with Retry-After, ${declined} ended before a transfer since the payee refused a question for load, ${failed} failed.`,
    `Load of this machine at the end: ${readFileSync('/proc/loadavg', 'utf8').split(' ')[0]}\n`,
    table(
      ['process', 'what', '', ''],
      verdicts.map(({ role, what, ok, unjudged, says }) => [
        role,
        what,
        unjudged ? 'too short to be judged' : ok ? style.good('does not grow') : style.bad('GROWS'),
        says,
      ]),
    ),
  ].join('\n');
}
