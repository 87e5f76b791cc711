import type { CoreAct, FinalState, PaymentDetail, PersonAction, Role } from '@payment-manager/mojaloop-connector';
import { createHttpClient } from '@payment-manager/runtime';
import type { Command, CommandOptions } from './commands.ts';
import { CommandFailed, EXIT_CODES } from './exit-codes.ts';
import { type FoundManager, findOperations } from './operations/find-operations.ts';
import type { ShownPayment } from './operations/operations-client.ts';
import { confirmed, operatorName } from './operations/person.ts';
import { stayAlive } from './stay-alive.ts';
import { printable, style, type Terminal, table } from './terminal.ts';

/** `./pm exceptions`: the list; `show ID`; `resolve ID`. */
export const exceptions: Command = async ([verb = 'list', id], options, terminal) => {
  if (!['list', 'show', 'resolve'].includes(verb))
    throw new CommandFailed(EXIT_CODES.usage, `Unknown action '${verb}'. ./pm exceptions knows list, show and resolve.`);
  if ((id === undefined) !== (verb === 'list'))
    throw new CommandFailed(EXIT_CODES.usage, `Give the transferId: ./pm exceptions ${verb === 'list' ? 'show' : verb} ID`);
  const client = createHttpClient({});
  try {
    return await stayAlive(async () => {
      const managers = await findOperations(options, terminal, client);
      if (id === undefined) return list(managers, terminal);
      const found = await findPayment(managers, id, roleOf(options));
      return verb === 'show' ? show(found, terminal) : resolve(found, options, terminal);
    });
  } finally {
    await client.close();
  }
};

/** As many as the operations API gives. */
const LIST_MAX = 1000;

async function list(managers: readonly FoundManager[], terminal: Terminal): Promise<number> {
  const rows: string[][] = [];
  for (const { fspId, operations } of managers) {
    for (const one of await operations.exceptions()) rows.push([fspId, one.payment, one.flow, one.code, one.since, printable(one.reason)]);
  }
  if (rows.length === 0) terminal.out(style.good('No payment needs a person.'));
  else terminal.out(table(['at', 'transfer', 'as', 'code', 'since', 'reason'], rows));
  if (rows.length >= LIST_MAX) terminal.out(style.warn(`Only the ${LIST_MAX} oldest of each Payment Manager are shown.`));
  return EXIT_CODES.ok;
}

/** A payment, and who knows it. */
export interface FoundPayment {
  readonly manager: FoundManager;
  readonly shown: ShownPayment;
}

function roleOf({ flow }: CommandOptions): Role | undefined {
  if (flow !== undefined && flow !== 'payer' && flow !== 'payee')
    throw new CommandFailed(EXIT_CODES.usage, '--flow must be payer or payee.');
  return flow;
}

/** In the sandbox both DFSPs may know the transfer: the one where it is an exception is meant. */
async function findPayment(managers: readonly FoundManager[], id: string, flow: Role | undefined): Promise<FoundPayment> {
  const found: FoundPayment[] = [];
  for (const manager of managers) {
    const shown = await manager.operations.payment(id, flow);
    if (shown !== undefined) found.push({ manager, shown });
  }
  const troubled = found.filter(({ shown }) => shown.payment.exceptions.length > 0);
  const [first, ...more] = troubled.length > 0 ? troubled : found;
  if (first === undefined)
    throw new CommandFailed(
      EXIT_CODES.failed,
      `No payment has the transferId ${id}. ./pm payment finds a payment by its other ids as well.`,
    );
  if (more.length > 0)
    throw new CommandFailed(
      EXIT_CODES.usage,
      `Several DFSPs know this payment: add --fsp ${[first, ...more].map(({ manager }) => manager.fspId).join(' or --fsp ')}.`,
    );
  return first;
}

/** Everything that is known of a payment. */
export function show({ manager, shown }: FoundPayment, terminal: Terminal): number {
  const { payment, known, history, allowed } = shown;
  const amount = payment.amount === undefined ? 'no transfer yet' : `${payment.amount} ${payment.currency}`;
  terminal.out(`${style.bold(payment.id)}  ${payment.flow === 'payer' ? 'sent' : 'received'} by ${manager.fspId}, ${amount}\n`);
  for (const [who, facts] of Object.entries(known) as [string, readonly string[]][]) {
    facts.forEach((fact, place) => {
      terminal.out(`${style.key((place === 0 ? who : '').padEnd(6))}${printable(fact)}`);
    });
  }
  terminal.out(
    `\n${table(
      ['when', 'who', 'what'],
      history.map(({ at, who, what }) => [at, who, printable(what)]),
    )}`,
  );
  terminal.out(`\n${style.bold('Allowed now')}`);
  if (allowed.length === 0) terminal.out('  nothing');
  for (const action of allowed)
    for (const { flags, note } of commandsFor(action))
      terminal.out(`  ./pm exceptions resolve ${payment.id} ${flags}${manager.meant} --reason '…'${note}`);
  return EXIT_CODES.ok;
}

/** Each can be typed as it stands, once the reason is written. */
function commandsFor(action: PaymentDetail['allowed'][number]): readonly { readonly flags: string; readonly note: string }[] {
  if (action.action === 'settle') return action.as.map((state) => ({ flags: `--as ${state}`, note: '' }));
  if ('what' in action) return [{ flags: `--action ${action.action}`, note: `   (${CORE_ACTS[action.action](action.what)})` }];
  const note = action.action === 'resend-outcome' ? `   (notifies the core: ${action.outcome})` : '';
  return [{ flags: `--action ${action.action}`, note }];
}

/** What a person says by each; of an effect or operation at the core. */
const CORE_ACTS: Readonly<Record<CoreAct['action'], (what: string) => string>> = {
  'core-executed': (what) => `the core has executed ${what}; --facts '{…}' where later steps need what it calls it`,
  'core-not-executed': (what) => `the core has not executed ${what}, and never will`,
  'core-done': (what) => `${what} was done by hand in the core`,
};

async function resolve(found: FoundPayment, options: CommandOptions, terminal: Terminal): Promise<number> {
  const { manager, shown } = found;
  const { id, flow } = shown.payment;
  const { reason } = options;
  if (typeof reason !== 'string' || reason.trim() === '')
    throw new CommandFailed(EXIT_CODES.usage, 'Give the reason with --reason: it is kept in the payment’s record.');
  const by = operatorName(options, terminal);
  const act = asSeen(readAct(options), shown.allowed);
  if (!(await confirmed(options, terminal, question(act, shown, manager.fspId)))) {
    terminal.out('Nothing was changed.');
    return EXIT_CODES.failed;
  }
  const after = await manager.operations.act(id, { ...act, reason, by, flow });
  const left = after.payment.exceptions;
  terminal.out(`${style.good('Done.')} hub: ${after.payment.hub}   core: ${after.payment.core}   ${outcomeOf(after)}`);
  terminal.out(
    left.length === 0
      ? 'It no longer needs a person.'
      : style.warn(`It still needs a person: ${left.join(', ')}. See ./pm exceptions show ${id}${manager.meant}`),
  );
  return EXIT_CODES.ok;
}

function outcomeOf({ payment }: ShownPayment): string {
  return payment.settled === undefined ? '' : `resolved as ${payment.settled.as} by ${payment.settled.by}`;
}

function readAct({ action, as, facts }: CommandOptions): PersonAction | CoreAct {
  if (action !== undefined && action !== 'resolve' && as !== undefined)
    throw new CommandFailed(EXIT_CODES.usage, 'Give --action or --as, not both: --as alone resolves the exception.');
  switch (action) {
    case 'ask-hub':
    case 'ask-core':
      return { action };
    case 'resend-outcome':
      return { action, confirmed: true };
    case 'core-executed':
      return { action, ...(typeof facts === 'string' && { facts }) };
    case 'core-not-executed':
    case 'core-done':
      return { action };
    case undefined:
    case 'resolve':
      if (as === 'COMMITTED' || as === 'ABORTED') return { action: 'settle', as };
      if (as !== undefined || action !== undefined)
        throw new CommandFailed(EXIT_CODES.usage, 'Give the outcome: --as COMMITTED or --as ABORTED.');
  }
  throw new CommandFailed(
    EXIT_CODES.usage,
    'Give the outcome (--as COMMITTED or --as ABORTED), or an action: --action ask-hub, ask-core, resend-outcome, core-executed, core-not-executed or core-done.',
  );
}

/** With what was looked at: where something else stands by then, nothing is done. */
function asSeen(act: PersonAction | CoreAct, allowed: PaymentDetail['allowed']): PersonAction | CoreAct {
  if (act.action === 'ask-hub' || act.action === 'ask-core' || act.action === 'settle') return act;
  const one = allowed.find(({ action }) => action === act.action);
  return { ...act, seen: one !== undefined && 'seen' in one ? one.seen : 'nothing' };
}

/** What the person must know before saying yes. */
function question(act: PersonAction | CoreAct, { payment, allowed }: ShownPayment, fspId: string): string {
  const what = `${payment.id} (${payment.amount ?? '?'} ${payment.currency ?? ''}, ${fspId})`;
  switch (act.action) {
    case 'ask-hub':
      return `Ask the hub about ${what}?`;
    case 'ask-core':
      return `Ask the core about ${what}?`;
    case 'resend-outcome': {
      const resend = allowed.find((one) => one.action === 'resend-outcome');
      const danger = resend?.needsConfirmation ? ' The core may book it twice: check its books first.' : '';
      return `Notify the core once more of ${resend?.outcome ?? 'the outcome'} for ${what}?${danger}`;
    }
    case 'core-executed':
    case 'core-not-executed':
    case 'core-done': {
      const { action } = act;
      const one = allowed.find((each) => each.action === action);
      return `Is it so that ${CORE_ACTS[action](one !== undefined && 'what' in one ? one.what : 'it')}? (${what})`;
    }
    case 'settle':
      return `${settlement(act.as, payment.flow)} Resolve ${what} as ${act.as}? Afterwards nothing more happens by itself.`;
  }
}

function settlement(as: FinalState, flow: Role): string {
  if (flow === 'payer')
    return as === 'COMMITTED'
      ? 'The core will learn COMPLETED, and books the money.'
      : 'The core will learn that the payment failed, and returns the money.';
  return 'The core is not notified: its books must be correct already.';
}
