import { basename } from 'node:path';
import { style, table } from '@payment-manager/payment-manager';
import type { HttpClient } from '@payment-manager/runtime';
import { pause, round } from './measurement.ts';
import type { BenchOptions } from './options.ts';
import { startWorld, type World } from './world.ts';

/** Some values in one: the middle one, and between which two the middle half of them lies. */
export interface Spread {
  readonly median: number;
  readonly from: number;
  readonly to: number;
}

/** What one way to the core costs the payee. */
export interface WayCost {
  /** CPU of the payee's process, all threads, milliseconds. */
  readonly cpuMsPerPayment: Spread;
  readonly coreCallsPerPayment: number;
  readonly appendsPerPayment: number;
}

/** The object that `--json` prints. */
export interface Comparison {
  /** Name of the connector's folder. */
  readonly connector: string;
  readonly rounds: number;
  readonly paymentsPerRound: number;
  readonly concurrency: number;
  readonly failed: number;
  readonly overHttp: WayCost;
  readonly byConnector: WayCost;
  /** CPU by the connector less CPU over HTTP, of rounds that came one after the other. */
  readonly moreCpuMsPerPayment: Spread;
}

interface Wanted extends Pick<BenchOptions, 'payments' | 'rounds' | 'warmUpMs' | 'settleMs' | 'concurrencies'> {
  readonly connector: string;
  readonly folder: string;
  readonly client: HttpClient;
}

/** A round of one way. */
interface Round {
  readonly cpuMs: number;
  readonly coreCalls: number;
  readonly appends: number;
  readonly payments: number;
  readonly failed: number;
}

/** Long enough that the clock of the process (a microsecond) and what an idle process does are nothing, and short beside what a busy machine changes. */
const PAYMENTS = 400;
const PAYEE = 'payee';

/**
 * The same payments to one payee whose core is called over HTTP, and to another that calls it by a connector: the processes, keys and journal are
 * alike, the stub core does next to nothing behind either, and its CPU is not counted. They are measured in turn, in short rounds whose order changes, so
 * that what else the machine does falls on both; only the CPU of the payee's own process counts.
 */
export async function compareConnector(wanted: Wanted, say: (text: string) => void): Promise<Comparison> {
  const { connector, folder, client, warmUpMs, payments = PAYMENTS, rounds } = wanted;
  const [concurrency = 50] = wanted.concurrencies;
  const worlds: World[] = [];
  try {
    const plain = await startWorld(PAYEE, folder, 'plain', client);
    worlds.push(plain);
    const joined = await startWorld(PAYEE, folder, 'connector', client, { workers: 1, connector });
    worlds.push(joined);
    say(style.dim('Warming up ...'));
    for (const world of [...worlds, ...worlds]) await world.stub.drive({ concurrency, payments: undefined, ms: warmUpMs / 2 });
    await pause(wanted.settleMs);
    say(style.dim(`${rounds} rounds of ${payments} payments over HTTP and by ${basename(connector)}, in turn, ${concurrency} at once ...`));
    const pairs: (readonly [Round, Round])[] = [];
    for (let index = 0; index < rounds; index++)
      pairs.push(await pairOf(plain, joined, index % 2 === 1, concurrency, payments, wanted.settleMs));
    return comparisonOf(basename(connector), concurrency, payments, pairs);
  } finally {
    await Promise.all(worlds.map((world) => world.stop()));
  }
}

async function pairOf(
  plain: World,
  joined: World,
  joinedFirst: boolean,
  concurrency: number,
  payments: number,
  settleMs: number,
): Promise<readonly [Round, Round]> {
  const one = (world: World): Promise<Round> => roundOf(world, concurrency, payments, settleMs);
  if (!joinedFirst) return [await one(plain), await one(joined)];
  const by = await one(joined);
  return [await one(plain), by];
}

/** What follows from a payment that is complete for the payer belongs to it, so that each reading waits a little. */
async function roundOf({ usage, stub }: World, concurrency: number, payments: number, settleMs: number): Promise<Round> {
  const [before, callsBefore] = [await usage(PAYEE), await stub.coreCalls()];
  const driven = await stub.drive({ concurrency, payments, ms: undefined });
  await pause(settleMs);
  const [after, calls] = [await usage(PAYEE), await stub.coreCalls()];
  return {
    cpuMs: after.cpuMs - before.cpuMs,
    appends: after.appends - before.appends,
    coreCalls: calls - callsBefore,
    payments: driven.payments,
    failed: driven.failed,
  };
}

/** What rounds say together. Exported for its test. */
export function comparisonOf(
  connector: string,
  concurrency: number,
  paymentsPerRound: number,
  pairs: readonly (readonly [Round, Round])[],
): Comparison {
  const ofRound = ({ cpuMs, payments }: Round): number => cpuMs / Math.max(1, payments);
  const way = (rounds: readonly Round[]): WayCost => {
    const payments = Math.max(1, sum(rounds.map((one) => one.payments)));
    return {
      cpuMsPerPayment: spreadOf(rounds.map(ofRound)),
      coreCallsPerPayment: round(sum(rounds.map(({ coreCalls }) => coreCalls)) / payments, 2),
      appendsPerPayment: round(sum(rounds.map(({ appends }) => appends)) / payments, 2),
    };
  };
  return {
    connector,
    rounds: pairs.length,
    paymentsPerRound,
    concurrency,
    failed: sum(pairs.flat().map(({ failed }) => failed)),
    overHttp: way(pairs.map(([plain]) => plain)),
    byConnector: way(pairs.map(([, joined]) => joined)),
    moreCpuMsPerPayment: spreadOf(pairs.map(([plain, joined]) => ofRound(joined) - ofRound(plain))),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Median and quartiles, between neighbours where there is no value just there. */
function spreadOf(values: readonly number[]): Spread {
  const ascending = values.toSorted((a, b) => a - b);
  const at = (share: number): number => {
    const place = (ascending.length - 1) * share;
    const [low = 0, high = low] = [ascending[Math.floor(place)], ascending[Math.ceil(place)]];
    return round(low + (high - low) * (place - Math.floor(place)), 3);
  };
  return { median: at(0.5), from: at(0.25), to: at(0.75) };
}

/** The comparison for people. */
export function comparisonText({ connector, rounds, paymentsPerRound, concurrency, overHttp, byConnector, ...rest }: Comparison): string {
  const { moreCpuMsPerPayment: more } = rest;
  const share = `${((100 * more.median) / overHttp.cpuMsPerPayment.median).toFixed(0)} % of what the whole payment takes there`;
  const spread = ({ median, from, to }: Spread): string => `${median.toFixed(2)} (${from.toFixed(2)} to ${to.toFixed(2)})`;
  const counts = (name: string, plain: number, by: number): string[] => [name, plain.toFixed(1), by.toFixed(1), (by - plain).toFixed(1)];
  const rows = [
    ['CPU ms per payment', spread(overHttp.cpuMsPerPayment), spread(byConnector.cpuMsPerPayment), spread(more)],
    counts('calls of the core per payment', overHttp.coreCallsPerPayment, byConnector.coreCallsPerPayment),
    counts('appends to the journal per payment', overHttp.appendsPerPayment, byConnector.appendsPerPayment),
  ];
  return [
    table([`payee, ${concurrency} at once`, 'core over HTTP', `by ${connector}`, 'more'], rows),
    '',
    `The connector ${connector} costs ${more.median.toFixed(2)} ms CPU per payment more than the core over HTTP (${share}).`,
    style.dim(
      `Median of ${rounds} rounds of ${paymentsPerRound} payments on each way, in turn; in brackets the middle half of the rounds.`,
    ),
    style.dim('CPU of the payee’s process, all threads; that of the core, the hub and the payer is not in it.'),
    style.dim(
      'Where other work shares the caches, the same code takes two or three times the CPU: then the share tells more than the milliseconds.',
    ),
  ].join('\n');
}
