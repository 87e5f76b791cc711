import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Journal, openPostgresJournal, openSqliteJournal } from '@payment-manager/journal';
import { startSandboxPostgres } from '@payment-manager/local-scheme';
import { CommandFailed, type CommandOptions, EXIT_CODES, type Terminal, table } from '@payment-manager/payment-manager';
import { openFeeder, openQueries, type PaymentQueries, type ReadModelSource, type ReadRow } from '@payment-manager/read-model';
import { createLog, type Log, seededRandom, systemClock } from '@payment-manager/runtime';
import { seedJournal } from '@payment-manager/seed';

/** What the read model costs a payment, and how long its questions take. */
export interface PortalMeasured {
  readonly store: 'SQLite' | 'PostgreSQL';
  readonly payments: number;
  readonly seedSeconds: number;
  readonly feedSeconds: number;
  /** Of this process, while it feeds. In PostgreSQL the server's own is not in it. */
  readonly cpuMsPerPayment: number;
  readonly bytesPerPayment: number;
  /** Question, first time and slowest of the next nine, milliseconds. */
  readonly questions: readonly (readonly [question: string, first: number, worst: number])[];
}

const BUSINESS_DAY = { zone: 'UTC', cutOff: '00:00' };
const DAY_MS = 86_400_000;
const DAYS = 90;
const REPEATS = 9;

/** `./pm bench --portal`: so many seeded payments, fed as a rebuild feeds them, and the questions of a portal with their worst cases. */
export async function portalBench(options: CommandOptions, terminal: Terminal): Promise<number> {
  const payments = Number(options['payments'] ?? 100_000);
  if (!Number.isSafeInteger(payments) || payments < 1_000)
    throw new CommandFailed(EXIT_CODES.usage, '--payments is a whole number from 1000 on.');
  const base = typeof options['folder'] === 'string' ? resolve(terminal.workingFolder, options['folder']) : tmpdir();
  const folder = mkdtempSync(join(base, 'pm-portal-'));
  const log = createLog({ level: 'error', pretty: false, destination: { write: (line: string) => terminal.err(line.trimEnd()) } });
  try {
    const measured =
      options['postgres'] === true ? await inPostgres(payments, folder, log, terminal) : await inSqlite(payments, folder, log, terminal);
    if (options['json'] === true) terminal.out(JSON.stringify(measured));
    else print(measured, terminal);
    return EXIT_CODES.ok;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function inSqlite(payments: number, folder: string, log: Log, terminal: Terminal): Promise<PortalMeasured> {
  const journalFile = join(folder, 'journal.db');
  const source = { store: 'sqlite', journalFile, folder: join(folder, 'read-model') } as const;
  const seedSeconds = await seeded(await openSqliteJournal({ file: journalFile, log }), payments, terminal);
  const size = async (): Promise<number> => {
    const names = await readdir(source.folder);
    return names.reduce((sum, name) => sum + (name.endsWith('.db') ? statSync(join(source.folder, name)).size : 0), 0);
  };
  return { store: 'SQLite', payments, seedSeconds, ...(await measured(source, payments, log, size, terminal)) };
}

async function inPostgres(payments: number, folder: string, log: Log, terminal: Terminal): Promise<PortalMeasured> {
  const server = await startSandboxPostgres(folder, 0);
  try {
    const address = { url: server.url, schema: 'portal' };
    const journal = await openPostgresJournal({ ...address, replicaId: 'bench', log, onFatal: () => {} });
    const seedSeconds = await seeded(journal, payments, terminal);
    const source = { store: 'postgres', address } as const;
    const size = async (): Promise<number> => {
      const feeder = await openFeeder(source, BUSINESS_DAY, log);
      const [row] = await feeder.rows.ask(
        `SELECT sum(pg_total_relation_size(oid)) AS size FROM pg_class WHERE relkind = 'r' AND relname LIKE 'rm\\_%' AND relnamespace = 'portal'::regnamespace`,
      );
      await feeder.close();
      return Number(row?.['size'] ?? 0);
    };
    return { store: 'PostgreSQL', payments, seedSeconds, ...(await measured(source, payments, log, size, terminal)) };
  } finally {
    await server.stop();
  }
}

async function seeded(journal: Journal, payments: number, terminal: Terminal): Promise<number> {
  const startedAt = systemClock.monotonic();
  terminal.err(`seeding ${payments} payments ...`);
  await seedJournal(journal, { fspId: 'greenbank', payments, days: DAYS, until: systemClock.now(), random: seededRandom(1) });
  await journal.close();
  return (systemClock.monotonic() - startedAt) / 1_000;
}

async function measured(source: ReadModelSource, payments: number, log: Log, size: () => Promise<number>, terminal: Terminal) {
  terminal.err('feeding ...');
  const feeder = await openFeeder(source, BUSINESS_DAY, log);
  const [startedAt, cpu] = [systemClock.monotonic(), process.cpuUsage()];
  while ((await feeder.step()).more);
  const [feedSeconds, used] = [(systemClock.monotonic() - startedAt) / 1_000, process.cpuUsage(cpu)];
  await feeder.close();
  const bytesPerPayment = Math.round((await size()) / payments);
  terminal.err('asking ...');
  const queries = await openQueries(source, BUSINESS_DAY, log);
  const questions = await asked(queries);
  await queries.close();
  return { feedSeconds, cpuMsPerPayment: (used.user + used.system) / 1_000 / payments, bytesPerPayment, questions };
}

async function asked(queries: PaymentQueries): Promise<PortalMeasured['questions']> {
  const now = systemClock.now();
  const { payments } = await queries.list({ limit: 200, state: ['completed'], direction: 'out' });
  const old = (await queries.list({ limit: 1, to: now - 60 * DAY_MS, direction: 'out', state: ['completed'] })).payments[0] as ReadRow;
  const party = payments.find(({ payee }) => payee?.type === 'MSISDN')?.payee?.id ?? '';
  const rare = old.payee?.name ?? '';
  const list: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['newest page', () => queries.list({ limit: 50 })],
    ['failed', () => queries.list({ limit: 50, state: ['failed'] })],
    [
      'a peer and a currency, incoming, refused',
      () => queries.list({ limit: 50, direction: 'in', stage: ['refused'], peer: ['nova'], currency: ['EUR'] }),
    ],
    ['exceptions', () => queries.list({ limit: 50, attention: 'exception' })],
    ['facets that match nothing', () => queries.list({ limit: 50, state: ['declined'], peer: ['nobody'] })],
    ['an error', () => queries.list({ limit: 50, error: '3303' })],
    ['an error that nobody has, in one currency', () => queries.list({ limit: 50, error: '9999', currency: ['EUR'] })],
    ['a page 60 days ago', () => queries.list({ limit: 50, to: now - 60 * DAY_MS })],
    ['transferId, 60 days old', () => queries.list({ limit: 10, id: old.transferId ?? '' })],
    ['homeTransactionId', () => queries.list({ limit: 10, id: old.homeTransactionId ?? '' })],
    ['an id that nobody has', () => queries.list({ limit: 10, id: 'no-such-id' })],
    ['a party', () => queries.list({ limit: 50, party })],
    ['a party by eight digits', () => queries.list({ limit: 50, party: party.slice(0, 8) })],
    ['a party by six digits', () => queries.list({ limit: 50, party: party.slice(0, 6) })],
    ['a party that nobody is', () => queries.list({ limit: 50, party: '000000' })],
    ['a common name', () => queries.list({ limit: 50, name: 'zoe' })],
    ['first and last name', () => queries.list({ limit: 50, name: rare })],
    ['a name and a rare state', () => queries.list({ limit: 50, name: 'zoe', attention: 'exception' })],
    ['one payment', () => queries.payment(old.id)],
    ['totals of everything', () => queries.totals({})],
    [
      'totals of 30 days, to the millisecond',
      () => queries.totals({ from: now - 30 * DAY_MS - 12_345, to: now - 54_321, currency: ['USD'] }),
    ],
    ['totals of one peer by business day', () => queries.totalsByDay('2020-01-01', '2100-01-01', { peer: ['mcash'] })],
  ];
  const results: (readonly [string, number, number])[] = [];
  for (const [question, ask] of list) {
    const times: number[] = [];
    for (let n = 0; n <= REPEATS; n++) {
      const startedAt = systemClock.monotonic();
      await ask();
      times.push(systemClock.monotonic() - startedAt);
    }
    results.push([question, times[0] ?? 0, Math.max(...times.slice(1))]);
  }
  return results;
}

function print(
  { store, payments, seedSeconds, feedSeconds, cpuMsPerPayment, bytesPerPayment, questions }: PortalMeasured,
  terminal: Terminal,
): void {
  terminal.out(
    `${payments} payments over ${DAYS} days in ${store}; seeded in ${seedSeconds.toFixed(0)} s, fed in ${feedSeconds.toFixed(0)} s`,
  );
  terminal.out(`the feeder: ${cpuMsPerPayment.toFixed(3)} ms of CPU and ${bytesPerPayment} bytes of disk a payment\n`);
  terminal.out(
    table(
      ['question', 'first ms', 'worst of nine ms'],
      questions.map(([question, first, worst]) => [question, first.toFixed(1), worst.toFixed(1)]),
    ),
  );
}
