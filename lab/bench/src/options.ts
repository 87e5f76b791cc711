import { CommandFailed, EXIT_CODES } from '@payment-manager/payment-manager';
import type { InTurnOptions } from './in-turn.ts';

/** `both`: payer and payee with a relay between them. `payer`, `payee`: one alone, the stub plays the other side. */
export type Scenario = 'both' | 'payer' | 'payee';

/** `core.confirmAcknowledged`. */
export type ConfirmAcknowledged = 'always' | 'near-expiration' | 'never';
const CONFIRMATIONS: readonly ConfirmAcknowledged[] = ['always', 'near-expiration', 'never'];

/** Order in which scenarios run. */
export const SCENARIOS: readonly Scenario[] = ['both', 'payer', 'payee'];

/** What is to be measured. */
export interface BenchOptions {
  readonly scenarios: readonly Scenario[];
  readonly concurrencies: readonly number[];
  /** So many payments per run; absent: as many as go into `runMs`. */
  readonly payments: number | undefined;
  /** Payments are made for so long before anything is counted, so that the code is compiled and connections are open. */
  readonly warmUpMs: number;
  readonly runMs: number;
  /**
   * What is still to be done for payments that are complete for the payer (the notification, events that are stored with
   * the next append or after a second) belongs to their cost: so long is waited before each reading.
   */
  readonly settleMs: number;
  /** Measure what happens above the sustainable load instead. */
  readonly overload: boolean;
  readonly json: boolean;
  /** Journals in PostgreSQL instead of files. */
  readonly postgres: boolean;
  /** Processes of each Payment Manager, one after the other; more than one needs PostgreSQL. */
  readonly workers: readonly number[];
  /**
   * The core credits at the prepare, with each of these values of `core.confirmAcknowledged` in turn; absent: it reserves. What is asked
   * about earlier payments is over before each reading.
   */
  readonly confirm: readonly ConfirmAcknowledged[] | undefined;
  /** Instead: the payee alone, with the core over HTTP and by the connector in this folder, in turn. */
  readonly connector: string | undefined;
  /** With it: rounds on each way. */
  readonly rounds: number;
  /** Only compare product and sketch in turn. */
  readonly sketch: boolean;
  /** How they are compared, here or at the end of a run. */
  readonly inTurn: InTurnOptions;
  /** With `sketch`: beside them the product that keeps no messages; the product of the version in this folder. */
  readonly withoutMessages: boolean;
  /** With `sketch`: beside them the product with its portal, too. */
  readonly withPortal: boolean;
  readonly against: string | undefined;
  /** Folder for the journals of the measured processes, on the disk that is to be measured; absent: a temporary one. */
  readonly folder: string | undefined;
}

const CONCURRENCY_MAX = 5_000;
/** As `./pm run --workers` takes. */
const WORKERS_MAX = 64;
const PAYMENTS_MAX = 10_000_000;
/** Fewer payments than this measure nothing; they only show that all works. */
const FEWEST = 50;

/** Reads the command's options. @throws CommandFailed (64) saying what is wrong. */
export function readOptions(options: Readonly<Record<string, string | boolean | undefined>>): BenchOptions {
  if (options['overload'] === true) refuseBeside(options);
  if (options['connector'] !== undefined) refuseBesideConnector(options);
  refuseWithoutSketch(options);
  const confirm = readConfirm(options);
  const quick = options['quick'] === true;
  const payments = options['payments'] === undefined ? undefined : wholeNumber('--payments', options['payments'], PAYMENTS_MAX);
  const triesOut = payments !== undefined && payments < FEWEST;
  const concurrency = options['concurrency'];
  return {
    scenarios: readScenarios(confirm === undefined ? options['scenario'] : 'payee'),
    concurrencies:
      typeof concurrency === 'string'
        ? concurrency.split(',').map((text) => wholeNumber('--concurrency', text, CONCURRENCY_MAX))
        : quick || options['connector'] !== undefined
          ? [50]
          : [1, 10, 50, 200],
    payments,
    warmUpMs: triesOut ? payments * 10 : quick ? 6_000 : 8_000,
    runMs: triesOut ? payments * 100 : quick ? 6_000 : 10_000,
    // The same for all values, since what an idle process takes is counted, too.
    settleMs: confirm === undefined ? (triesOut ? 100 : 1_300) : triesOut ? COUNTED_MS : CONFIRMED_MS,
    confirm,
    rounds: triesOut ? 2 : quick ? 6 : 16,
    connector: typeof options['connector'] === 'string' ? options['connector'] : undefined,
    overload: options['overload'] === true,
    json: options['json'] === true,
    postgres: options['postgres'] === true,
    workers: readWorkers(options['workers'], options['postgres'] === true),
    folder: typeof options['folder'] === 'string' ? options['folder'] : undefined,
    sketch: options['sketch'] === true,
    inTurn: readInTurn(options, payments, triesOut),
    withoutMessages: options['withoutMessages'] === true,
    withPortal: options['withPortal'] === true,
    against: typeof options['against'] === 'string' ? options['against'] : undefined,
  };
}

const ROUNDS_MAX = 1_000;

/** Few rounds at the end of a run about something else; many where the comparison is what is wanted. */
function readInTurn(
  options: Readonly<Record<string, string | boolean | undefined>>,
  payments: number | undefined,
  triesOut: boolean,
): InTurnOptions {
  const sketch = options['sketch'] === true;
  const usual = triesOut ? 1 : sketch && options['quick'] !== true ? 12 : 3;
  return {
    concurrency:
      sketch && typeof options['concurrency'] === 'string' ? wholeNumber('--concurrency', options['concurrency'], CONCURRENCY_MAX) : 50,
    warmUpPayments: triesOut ? (payments ?? 0) : sketch ? 3_000 : 1_500,
    rounds: options['rounds'] === undefined ? usual : wholeNumber('--rounds', options['rounds'], ROUNDS_MAX),
    payments: triesOut || sketch ? (payments ?? 800) : 600,
    settleMs: triesOut ? 100 : 1_300,
  };
}

function refuseWithoutSketch(options: Readonly<Record<string, string | boolean | undefined>>): void {
  const itsOwn = Object.entries({ rounds: 'rounds', withoutMessages: 'without-messages', withPortal: 'with-portal', against: 'against' });
  const [, lonely] = itsOwn.find(([name]) => options[name] !== undefined) ?? [];
  if (options['sketch'] !== true && lonely !== undefined) throw new CommandFailed(EXIT_CODES.usage, `--${lonely} goes with --sketch.`);
  if (options['sketch'] !== true) return;
  for (const name of ['overload', 'portal', 'workers', 'confirm', 'connector'])
    if (options[name] !== undefined) throw new CommandFailed(EXIT_CODES.usage, `--sketch does not go with --${name}.`);
  if (options['scenario'] === 'both')
    throw new CommandFailed(EXIT_CODES.usage, '--sketch is about one side: payer or payee, or both in turn.');
}

/** By then the hub has been asked about the last payment: its expiration, clock skew and the spread, and a little more. */
const CONFIRMED_MS = 22_000;
/** By then it is counted among those that are to be confirmed. */
const COUNTED_MS = 2_500;

function readConfirm(options: Readonly<Record<string, string | boolean | undefined>>): readonly ConfirmAcknowledged[] | undefined {
  const { confirm } = options;
  if (confirm === undefined) return undefined;
  if (options['scenario'] !== undefined && options['scenario'] !== 'payee')
    throw new CommandFailed(EXIT_CODES.usage, '--confirm is about the payee alone: --scenario payee.');
  return String(confirm)
    .split(',')
    .map((text) => {
      const value = CONFIRMATIONS.find((one) => one === text);
      if (value === undefined)
        throw new CommandFailed(EXIT_CODES.usage, `--confirm takes ${CONFIRMATIONS.join(', ')}, separated by commas; one is '${text}'.`);
      return value;
    });
}

/** What the overload measurement cannot do is said, not left out. */
function refuseBeside(options: Readonly<Record<string, string | boolean | undefined>>): void {
  if (options['scenario'] === 'both')
    throw new CommandFailed(EXIT_CODES.usage, '--overload is about one side: payer or payee, or both in turn.');
  for (const name of ['concurrency', 'postgres', 'workers', 'confirm'])
    if (options[name] !== undefined) throw new CommandFailed(EXIT_CODES.usage, `--overload does not go with --${name}.`);
}

/** Two worlds that take turns: one load, files for journals, one process each. */
function refuseBesideConnector(options: Readonly<Record<string, string | boolean | undefined>>): void {
  for (const name of ['overload', 'scenario', 'postgres', 'workers', 'confirm'])
    if (options[name] !== undefined) throw new CommandFailed(EXIT_CODES.usage, `--connector does not go with --${name}.`);
  if (String(options['concurrency'] ?? '').includes(',')) throw new CommandFailed(EXIT_CODES.usage, '--connector takes one --concurrency.');
}

function readScenarios(text: string | boolean | undefined): readonly Scenario[] {
  if (text === undefined) return SCENARIOS;
  const scenario = SCENARIOS.find((one) => one === text);
  if (scenario === undefined)
    throw new CommandFailed(EXIT_CODES.usage, `--scenario must be one of ${SCENARIOS.join(', ')}; it is '${text}'.`);
  return [scenario];
}

function readWorkers(text: string | boolean | undefined, postgres: boolean): readonly number[] {
  const counts = String(text ?? '1')
    .split(',')
    .map((one) => wholeNumber('--workers', one, WORKERS_MAX));
  if (!postgres && counts.some((count) => count > 1)) throw new CommandFailed(EXIT_CODES.usage, '--workers above 1 needs --postgres.');
  return counts;
}

function wholeNumber(option: string, text: string | boolean, most: number): number {
  const value = Number(text);
  if (!/^[0-9]{1,9}$/.test(String(text)) || value < 1 || value > most)
    throw new CommandFailed(EXIT_CODES.usage, `${option} must be a whole number from 1 to ${most}; it is '${text}'.`);
  return value;
}
