import type { ShownException } from '@payment-manager/management-api/types';

/** What stands in the address. */
export interface ExceptionsSearch {
  readonly q?: string;
  readonly code?: string;
  /** `mine`, `nobody`, or a name. */
  readonly owner?: string;
  readonly direction?: string;
  /** `yes`: as many as there may be. */
  readonly all?: string;
  /** Which one is open. */
  readonly open?: string;
  readonly flow?: string;
}

/** One payment may be there for several reasons, and in both roles. */
export const keyOf = ({ id, flow = '', code }: ShownException): string => `${flow} ${id} ${code}`;

/** Whether anything is chosen besides what is open. */
export const isFiltered = ({ q, code, owner, direction }: ExceptionsSearch): boolean =>
  [q, code, owner, direction].some((value) => value !== undefined);

/** What the filters choose; `me` as the audit log calls whoever looks. */
export function chosenOf(rows: readonly ShownException[], search: ExceptionsSearch, me: string): readonly ShownException[] {
  const words = (search.q ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    const said = textOf(row);
    return (
      (search.code === undefined || row.code === search.code) &&
      ownerFits(row, search.owner, me) &&
      directionFits(row, search.direction) &&
      words.every((word) => said.includes(word))
    );
  });
}

function ownerFits({ owner }: ShownException, wanted: string | undefined, me: string): boolean {
  if (wanted === undefined) return true;
  if (wanted === 'nobody') return owner === undefined;
  return owner === (wanted === 'mine' ? me : wanted);
}

function directionFits({ flow }: ShownException, wanted: string | undefined): boolean {
  return wanted === undefined || flow === { out: 'payer', in: 'payee' }[wanted];
}

function textOf({ id, code, owner = '', payment }: ShownException): string {
  const { homeTransactionId, transactionId, quoteId, amount, currency, peer } = payment ?? {};
  return [id, code, owner, homeTransactionId, transactionId, quoteId, amount, currency, peer].join(' ').toLowerCase();
}

/** How many there are of each reason, the most first. */
export function codeCounts(rows: readonly ShownException[]): readonly (readonly [code: string, count: number])[] {
  return [...Map.groupBy(rows, ({ code }) => code)].map(([code, some]) => [code, some.length] as const).sort(([, a], [, b]) => b - a);
}

/** `amara` of `user:amara`. */
export const nameOf = (who: string): string => who.replace(/^(?:user|key|local):/, '');

export interface Stake {
  readonly currency: string;
  readonly amounts: readonly string[];
}

/** Amounts by currency, the most used first; a payment with several reasons counts once. */
export function atStake(rows: readonly ShownException[]): readonly Stake[] {
  const payments = new Map(rows.map(({ id, flow, payment }) => [`${flow} ${id}`, payment]));
  const known = [...payments.values()].flatMap((one) =>
    one?.amount === undefined ? [] : [{ currency: one.currency, amount: one.amount }],
  );
  return [...Map.groupBy(known, ({ currency }) => currency)]
    .map(([currency, some]) => ({ currency, amounts: some.map(({ amount }) => amount) }))
    .sort((a, b) => b.amounts.length - a.amounts.length);
}
