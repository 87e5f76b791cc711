import {
  type Command,
  CommandFailed,
  type CommandOptions,
  EXIT_CODES,
  findRunning,
  type RunningDfsp,
  type RunningSandbox,
  sandboxFolder,
  stayAlive,
  style,
  type Terminal,
  table,
} from '@payment-manager/payment-manager';
import {
  createHttpClient,
  type HttpClient,
  membersIn,
  seededRandom,
  systemClock,
  systemRandom,
  systemTimers,
} from '@payment-manager/runtime';
import { type Made, type Outcome, runTraffic } from './run-traffic.ts';
import { type Accounts, KINDS, type OneFault, type PlannedPayment, trafficMix } from './traffic-mix.ts';

/** `./pm traffic --rate 20`: payments in the running sandbox, both ways, with failures at every hop. */
export const traffic: Command = async (_args, options, terminal) => {
  const [rate, seconds, seed] = [
    wholeNumber(options, 'rate', 5, 100),
    wholeNumber(options, 'seconds', 60, 86_400),
    wholeNumber(options, 'seed', 1, 2 ** 31),
  ];
  const client = createHttpClient({ maxConnectionsPerOrigin: 256 });
  const stop = Promise.withResolvers<void>();
  const stopping = (): void => stop.resolve();
  process.once('SIGINT', stopping).once('SIGTERM', stopping);
  try {
    return await stayAlive(async () => {
      const sandbox = await runningSandbox(options, terminal, client);
      const dfsps = sandbox.dfsps.filter(({ ownCore }) => ownCore !== true);
      if (dfsps.length < 2)
        throw new CommandFailed(EXIT_CODES.unavailable, 'Traffic needs two DFSPs with a demo core: a core of your own pays by itself.');
      const random = seededRandom(seed);
      const next = trafficMix(dfsps, await accountsOf(dfsps, client), random);
      const left = new Set<string>();
      terminal.out(`${rate} payments a second for ${seconds} s, both ways, seed ${seed}. Ctrl-C ends it.\n`);
      const made = await runTraffic({
        ...{ rate, seconds, next, random, clock: systemClock, timers: systemTimers, stopped: stop.promise },
        pay: (planned) => pay(planned, sandbox, client, left),
        tell: (so) => terminal.out(progressLine(so)),
      });
      await removeFaults(left, client);
      return conclude(made, terminal);
    });
  } finally {
    process.off('SIGINT', stopping).off('SIGTERM', stopping);
    await client.close();
  }
};

function wholeNumber(options: CommandOptions, name: string, usual: number, most: number): number {
  const value = options[name] === undefined ? usual : Number(options[name]);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new CommandFailed(EXIT_CODES.usage, `--${name} must be a whole number from 1 to ${most}.`);
}

async function runningSandbox(options: CommandOptions, terminal: Terminal, client: HttpClient): Promise<RunningSandbox> {
  const folder = sandboxFolder(options, terminal);
  const sandbox = await findRunning(folder, client);
  if (sandbox !== undefined) return sandbox;
  throw new CommandFailed(EXIT_CODES.unavailable, `No sandbox is running with ${folder}. Start one in another terminal: ./pm start`);
}

/** Which currencies each customer has. */
async function accountsOf(dfsps: readonly RunningDfsp[], client: HttpClient): Promise<Accounts> {
  const accounts = new Map<string, string[]>();
  for (const { coreUrl, customers } of dfsps) {
    const { json } = await asked(client, 'GET', `${coreUrl}/accounts`);
    for (const { id, currency } of (json?.['accounts'] ?? []) as readonly { readonly id: string; readonly currency: string }[]) {
      const customer = customers.find((one) => id === `${one.id}:${currency}`);
      if (customer !== undefined) accounts.set(customer.id, [...(accounts.get(customer.id) ?? []), currency]);
    }
  }
  return accounts;
}

/** A payment is answered when it is over, or after the core's minute. */
const PAY_TIMEOUT_MS = 70_000;
const TIMEOUT_MS = 10_000;

async function asked(
  client: HttpClient,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  url: string,
  body?: object,
  timeoutMs = TIMEOUT_MS,
  key?: string,
) {
  const outcome = await client.request({
    method,
    url,
    headers: {
      accept: 'application/json',
      ...(body && { 'content-type': 'application/json' }),
      ...(key !== undefined && { 'idempotency-key': key }),
    },
    ...(body && { body: JSON.stringify(body) }),
    timeoutMs,
  });
  return outcome.kind === 'failed' ? { status: 0, json: undefined } : { status: outcome.status, json: membersIn(outcome.body) };
}

/** Faults strike whatever payment comes by next: with many at once it may be another one. */
async function pay(planned: PlannedPayment, sandbox: RunningSandbox, client: HttpClient, left: Set<string>): Promise<Outcome> {
  const { payer, from, to, amount, currency, note, declines } = planned;
  for (const fault of planned.faults) await addFault(fault, planned, sandbox, client, left);
  const body = { to, from, amount, currency, autoAccept: !declines, ...(note !== '' && { note }) };
  const begun = await asked(client, 'POST', `${payer.coreUrl}/payments`, body, PAY_TIMEOUT_MS, systemRandom.uuid());
  if (begun.status === 400 || begun.status === 503) return 'refused';
  const id = begun.json?.['paymentId'];
  if (!declines || typeof id !== 'string') return outcomeOf(begun.json);
  let answer = begun;
  // the name of the payee is accepted, the price is not
  for (let step = 0; step < 3 && String(answer.json?.['state']).startsWith('WAITING_FOR_'); step++) {
    const accept = answer.json?.['state'] === 'WAITING_FOR_PARTY_ACCEPTANCE';
    answer = await asked(client, 'PUT', `${payer.coreUrl}/payments/${encodeURIComponent(id)}`, { accept }, PAY_TIMEOUT_MS);
  }
  return outcomeOf(answer.json);
}

const OUTCOMES: readonly unknown[] = ['COMPLETED', 'ABORTED', 'ERROR_OCCURRED', 'PENDING'];

function outcomeOf(json: Readonly<Record<string, unknown>> | undefined): Outcome {
  return OUTCOMES.includes(json?.['state']) ? (json?.['state'] as Outcome) : 'unknown';
}

async function addFault(
  { at, rule }: OneFault,
  { payer, payee }: PlannedPayment,
  sandbox: RunningSandbox,
  client: HttpClient,
  left: Set<string>,
): Promise<void> {
  const where = at === 'hub' ? sandbox.hubAdminUrl : at === 'payee core' ? payee.coreUrl : payer.coreUrl;
  const { json } = await asked(client, 'POST', `${where}/faults`, rule);
  if (typeof json?.['id'] === 'string') left.add(`${where}/faults/${encodeURIComponent(json['id'])}`);
}

/** One that has struck is gone already: what waits must not strike whatever comes later. */
async function removeFaults(left: ReadonlySet<string>, client: HttpClient): Promise<void> {
  for (const url of left) await asked(client, 'DELETE', url);
}

function progressLine({ elapsedMs, begun, underWay, heldBack, outcomes }: Made): string {
  const ended = countsOf(outcomes);
  const held = heldBack > 0 ? `, ${heldBack} held back` : '';
  return `${String(Math.round(elapsedMs / 1_000)).padStart(5)} s  ${begun} begun, ${wordsFor(ended)}${underWay} under way${held}`;
}

function countsOf(outcomes: Made['outcomes']): ReadonlyMap<Outcome, number> {
  const all = new Map<Outcome, number>();
  for (const of of outcomes.values()) for (const [outcome, count] of of) all.set(outcome, (all.get(outcome) ?? 0) + count);
  return all;
}

function wordsFor(counts: ReadonlyMap<Outcome, number>): string {
  return [...counts].map(([outcome, count]) => `${count} ${outcome}, `).join('');
}

function conclude({ elapsedMs, begun, underWay, heldBack, outcomes }: Made, terminal: Terminal): number {
  const rows = KINDS.flatMap(({ kind, hop }) => {
    const of = outcomes.get(kind);
    if (of === undefined) return [];
    return [[kind, hop ?? '', [...of].map(([outcome, count]) => `${count} ${outcome}`).join(', ')]];
  });
  terminal.out(`\n${table(['planned', 'fails at', 'what became of it'], rows)}\n`);
  const seconds = Math.max(1, Math.round(elapsedMs / 1_000));
  terminal.out(style.bold(`${begun} payments in ${seconds} s: ${wordsFor(countsOf(outcomes))}${underWay} still under way.`));
  if (heldBack > 0) terminal.out(style.warn(`${heldBack} were not begun: this machine did not keep up. Try a smaller --rate.`));
  terminal.out(style.dim('What needs a person: ./pm exceptions'));
  return EXIT_CODES.ok;
}
