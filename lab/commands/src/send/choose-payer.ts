import {
  CommandFailed,
  type CommandOptions,
  EXIT_CODES,
  meantBy,
  type RunningDfsp,
  type RunningSandbox,
} from '@payment-manager/payment-manager';
import type { SendOrder } from './send-order.ts';

/** A customer of the sandbox, and where its account is. */
export interface Payer {
  readonly dfsp: RunningDfsp;
  readonly customer: RunningDfsp['customers'][number];
}

const numberOf = ({ customer }: Payer) => customer.identifiers.find(({ idType }) => idType === 'MSISDN')?.idValue ?? '';

function everybodyIn({ dfsps }: Pick<RunningSandbox, 'dfsps'>): readonly Payer[] {
  return dfsps.flatMap((dfsp) => dfsp.customers.map((customer) => ({ dfsp, customer })));
}

/** A core of somebody's own takes no orders from here. */
const takesOrders = ({ dfsp }: Payer) => dfsp.ownCore !== true;

/**
 * The customer with the given MSISDN; else the first customer of the first DFSP that is not the payee's and has a demo core.
 *
 * @throws CommandFailed (64) naming who there is
 */
export function choosePayer(
  order: Pick<SendOrder, 'from' | 'idType' | 'idValue'>,
  sandbox: Pick<RunningSandbox, 'dfsps'>,
  options: CommandOptions = {},
): Payer {
  const everybody = everybodyIn(sandbox);
  const all = everybody.filter(takesOrders);
  const has = (idType: string, idValue: string) => (candidate: Payer) =>
    candidate.customer.identifiers.some((identifier) => identifier.idType === idType && identifier.idValue === idValue);
  const payeeDfsp = everybody.find(has(order.idType, order.idValue))?.dfsp;
  const payer = order.from === undefined ? all.find(({ dfsp }) => dfsp !== payeeDfsp) : all.find(has('MSISDN', order.from));
  if (payer !== undefined) return payer;
  const known = all.map((one) => `${numberOf(one)} (${one.customer.displayName}, ${one.dfsp.fspId})`).join(', ');
  if (order.from !== undefined) throw new CommandFailed(EXIT_CODES.usage, `No customer has the MSISDN ${order.from}. Known: ${known}.`);
  const suggested = suggestedSend(sandbox, options);
  throw new CommandFailed(
    EXIT_CODES.usage,
    `No DFSP other than ${payeeDfsp?.fspId ?? 'the payee’s'} has a demo core that could pay: a payment from your own core starts there (docs/core-api.md).${suggested === undefined ? '' : ` To be paid instead: ${suggested}`}`,
  );
}

/**
 * A command that pays in this sandbox: from a DFSP with a demo core to the first customer of another one, one's own core before others.
 * `options` with the `folder` where that is not the usual one. undefined: no DFSP can pay from here.
 */
export function suggestedSend(sandbox: Pick<RunningSandbox, 'dfsps'>, options: CommandOptions = {}): string | undefined {
  const everybody = everybodyIn(sandbox);
  const payer = everybody.find(takesOrders);
  if (payer === undefined) return undefined;
  const others = everybody.filter(({ dfsp }) => dfsp !== payer.dfsp);
  const payee = others.find((one) => !takesOrders(one)) ?? others[0];
  return payee && `./pm send 25.00 USD to MSISDN ${numberOf(payee)}${meantBy({ folder: options['folder'] })}`;
}
