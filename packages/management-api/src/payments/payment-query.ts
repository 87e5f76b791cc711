import type { PaymentFilter, TotalsFilter } from '@payment-manager/read-model';
import Type, { type Static } from 'typebox';
import { closed, INSTANT, words } from '../server/schemas.ts';

const LIST = Type.String({
  pattern: '^[0-9A-Za-z_.-]{1,64}(,[0-9A-Za-z_.-]{1,64}){0,49}$',
  description: 'one or several, with commas between',
});

/** Facets and period, as a query has them. */
export const FACETS = {
  direction: Type.Optional(Type.Enum(['out', 'in'])),
  state: Type.Optional(LIST),
  stage: Type.Optional(LIST),
  peer: Type.Optional(LIST),
  currency: Type.Optional(LIST),
  attention: Type.Optional(Type.Enum(['exception', 'alarm'])),
  error: Type.Optional(Type.String({ pattern: '^[0-9A-Z_]{1,32}$' })),
  from: Type.Optional(INSTANT),
  to: Type.Optional(INSTANT),
};

/** What a list is asked with besides. */
export const SEARCH = {
  id: Type.Optional(words(128)),
  party: Type.Optional(words(128)),
  name: Type.Optional(words(128)),
  amount: Type.Optional(Type.String({ pattern: '^\\d{1,18}(\\.\\d{1,4})?$', description: 'exactly; trailing zeros do not matter' })),
};

const ASKED = closed({ ...FACETS, ...SEARCH });
type Asked = Static<typeof ASKED>;

/** As the read model takes it. */
export function filterOf({ state, stage, peer, currency, ...rest }: Asked): PaymentFilter {
  const split = (text: string | undefined) => text?.split(',');
  const lists = { state: split(state), stage: split(stage), peer: split(peer), currency: split(currency) };
  return { ...rest, ...Object.fromEntries(Object.entries(lists).filter(([, values]) => values !== undefined)) };
}

/** The same for totals, which know no ids, no persons and no amounts. */
export function totalsFilterOf(asked: Omit<Asked, 'id' | 'party' | 'name' | 'amount'>): TotalsFilter {
  return filterOf(asked);
}

/** What somebody typed into one box, as what it may be: each is tried until one finds something. */
export function guesses(text: string): readonly { readonly as: 'id' | 'party' | 'name' | 'amount'; readonly filter: PaymentFilter }[] {
  const typed = text.trim();
  const digits = typed.replace(/[\s()+.-]/g, '');
  const isNumber = /^\d{6,}$/.test(digits) && !/[a-z]/i.test(typed);
  const isId = /^[0-9A-Za-z_.:-]{6,128}$/.test(typed) && /\d/.test(typed);
  const amount = amountIn(typed);
  return [
    ...(isId ? [{ as: 'id' as const, filter: { id: typed } }] : []),
    ...(isNumber ? [{ as: 'party' as const, filter: { party: digits } }] : []),
    ...(amount === undefined ? [] : [{ as: 'amount' as const, filter: amount }]),
    ...(amount === undefined && /\p{L}/u.test(typed) ? [{ as: 'name' as const, filter: { name: typed } }] : []),
  ];
}

/** `25`, `1,250.50`, `25 USD`, `USD 25`. */
function amountIn(typed: string): PaymentFilter | undefined {
  const [, before, whole = '', fraction = '', after] =
    /^(?:([A-Z]{3})\s*)?(\d{1,3}(?:[ ,\u202f\u00a0]\d{3})+|\d{1,18})((?:\.\d{1,4})?)(?:\s*([A-Z]{3}))?$/.exec(typed) ?? [];
  if (whole === '' || (before !== undefined && after !== undefined)) return undefined;
  const currency = before ?? after;
  return { amount: `${whole.replace(/\D/g, '')}${fraction}`, ...(currency !== undefined && { currency: [currency] }) };
}
