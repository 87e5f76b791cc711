import {
  type Command,
  CommandFailed,
  type CommandOptions,
  EXIT_CODES,
  findRunning,
  type RunningSandbox,
  sandboxFolder,
  stayAlive,
  style,
  type Terminal,
  table,
} from '@payment-manager/payment-manager';
import { createHttpClient, type HttpClient, systemClock, systemTimers } from '@payment-manager/runtime';
import { choosePayer, type Payer } from './choose-payer.ts';
import { type CoreClient, coreClient, type ShownPayment } from './core-client.ts';
import { followPayment } from './follow-payment.ts';
import { readOrder, type SendOrder } from './send-order.ts';

/** `./pm send`: one payment in the running sandbox, shown step by step. */
export const send: Command = async (args, options, terminal) => {
  const order = readOrder(args, options);
  if (!order.confirmed && !terminal.interactive) {
    throw new CommandFailed(
      EXIT_CODES.usage,
      'This is not a terminal, so no confirmation can be asked for: add --yes to accept the payee and the fees.',
    );
  }
  const client = createHttpClient({});
  try {
    return await stayAlive(() => pay(order, options, client, terminal));
  } finally {
    await client.close();
  }
};

async function pay(order: SendOrder, options: CommandOptions, client: HttpClient, terminal: Terminal): Promise<number> {
  const folder = sandboxFolder(options, terminal);
  const sandbox = await findRunning(folder, client);
  if (sandbox === undefined) {
    throw new CommandFailed(EXIT_CODES.unavailable, `No sandbox is running with ${folder}. Start one in another terminal: ./pm start`);
  }
  const payer = choosePayer(order, sandbox, options);
  const core = coreClient(payer.dfsp.coreUrl, client);
  const before = await payeeBalances(payer, sandbox, client, order.currency);
  terminal.out(
    `${payer.customer.displayName} (${payer.dfsp.fspId}) sends ${order.amount} ${order.currency} to ${order.idType} ${order.idValue}\n`,
  );
  const begun = await core.start({ ...order, from: payer.customer.id });
  const offered = await followPayment(core, begun, terminal);
  const waits = offered.state === 'WAITING_FOR_QUOTE_ACCEPTANCE';
  const { payment: asked, thoughtMs } = waits ? await decide(order, offered, core, terminal) : { payment: offered, thoughtMs: 0 };
  if (asked.state === 'COMPLETED') await payeeNotified(before, () => payeeBalances(payer, sandbox, client, order.currency));
  return conclude(asked, thoughtMs, payer, sandbox, client, terminal);
}

/** The customers' balances on the payee's side, as one text to compare: what a bank has reserved changes only its own accounts. */
async function payeeBalances(payer: Payer, sandbox: RunningSandbox, client: HttpClient, currency: string): Promise<string> {
  const others = sandbox.dfsps.filter((dfsp) => dfsp !== payer.dfsp && dfsp.ownCore !== true);
  const balances = await Promise.all(
    others.map(async ({ coreUrl, customers }) => {
      const all = await coreClient(coreUrl, client).balances(currency);
      return customers.map(({ id }) => all.get(`${id}:${currency}`) ?? '');
    }),
  );
  return JSON.stringify(balances);
}

const NOTIFIED_WITHIN_MS = 2000;

/** A payee whose core reserves books when the hub has notified it, some milliseconds after the payer knows; then the balances are right. */
async function payeeNotified(before: string, look: () => Promise<string>): Promise<void> {
  if (before === JSON.stringify([])) return;
  const deadline = systemClock.monotonic() + NOTIFIED_WITHIN_MS;
  while ((await look()) === before && systemClock.monotonic() < deadline) {
    await new Promise<void>((resolve) => void systemTimers.after(20, resolve));
  }
}

/** Shows the price and asks; then the payment goes on or ends. `thoughtMs`: how long the person took. */
async function decide(
  order: SendOrder,
  offered: ShownPayment,
  core: CoreClient,
  terminal: Terminal,
): Promise<{ readonly payment: ShownPayment; readonly thoughtMs: number }> {
  const fee = offered.payeeFspFee === undefined || offered.payeeFspFee === '0' ? 'none' : `${offered.payeeFspFee} ${offered.currency}`;
  terminal.out(`\n  to        ${style.bold(offered.payee?.name ?? '(no name)')} at ${offered.payee?.fspId ?? '(unknown)'}`);
  terminal.out(`  pays      ${offered.transferAmount} ${offered.currency}`);
  terminal.out(`  fee       ${fee}`);
  terminal.out(`  receives  ${offered.payeeReceiveAmount ?? '(not stated)'} ${offered.currency}\n`);
  const askedAt = systemClock.monotonic();
  const accepted = order.confirmed || (await confirmed());
  const thoughtMs = order.confirmed ? 0 : systemClock.monotonic() - askedAt;
  await core.accept(offered.paymentId, accepted);
  return { payment: await followPayment(core, offered, terminal), thoughtMs };
}

async function confirmed(): Promise<boolean> {
  const { confirm } = await import('@clack/prompts');
  // Escape or Ctrl-C gives a symbol instead of an answer: that is a no.
  return (await confirm({ message: 'Send it?', initialValue: false })) === true;
}

async function conclude(
  payment: ShownPayment,
  thoughtMs: number,
  payer: Payer,
  sandbox: RunningSandbox,
  client: HttpClient,
  terminal: Terminal,
): Promise<number> {
  const duration = Math.round((payment.steps.at(-1)?.at ?? 0) - (payment.steps[0]?.at ?? 0) - thoughtMs);
  const yours = thoughtMs > 0 ? ', not counting the time for your answer' : '';
  if (payment.state === 'COMPLETED') terminal.out(style.good(`\nCOMPLETED after ${duration} ms${yours}.`));
  else if (payment.state === 'PENDING')
    terminal.out(style.warn('\nThe outcome is not known yet. The money stays on hold, and the core keeps asking.'));
  else
    terminal.out(
      style.bad(`\n${payment.state}${payment.error === undefined ? '' : `: ${payment.error.message} (${payment.error.statusCode})`}`),
    );
  const { transferId } = payment;
  if (transferId !== undefined)
    terminal.out(style.dim(`transferId ${transferId}   details: ${payer.dfsp.outboundUrl}/transfers/${transferId}`));
  terminal.out('');
  const rows: string[][] = [];
  for (const dfsp of sandbox.dfsps.filter(({ ownCore }) => ownCore !== true)) {
    const balances = await coreClient(dfsp.coreUrl, client).balances(payment.currency);
    for (const { id, displayName } of dfsp.customers) {
      const balance = balances.get(`${id}:${payment.currency}`);
      if (balance !== undefined) rows.push([displayName, dfsp.fspId, `${balance} ${payment.currency}`]);
    }
  }
  terminal.out(table(['customer', 'at', 'balance'], rows));
  return payment.state === 'COMPLETED' ? EXIT_CODES.ok : EXIT_CODES.failed;
}
