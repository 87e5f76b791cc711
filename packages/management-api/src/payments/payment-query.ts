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
};

const ASKED = closed({ ...FACETS, ...SEARCH });
type Asked = Static<typeof ASKED>;

/** As the read model takes it. */
export function filterOf({ state, stage, peer, currency, ...rest }: Asked): PaymentFilter {
  const split = (text: string | undefined) => text?.split(',');
  const lists = { state: split(state), stage: split(stage), peer: split(peer), currency: split(currency) };
  return { ...rest, ...Object.fromEntries(Object.entries(lists).filter(([, values]) => values !== undefined)) };
}

/** The same for totals, which know no ids and no persons. */
export function totalsFilterOf(asked: Omit<Asked, 'id' | 'party' | 'name'>): TotalsFilter {
  return filterOf(asked);
}

/** What somebody typed into one box, as what it may be: each is tried until one finds something. */
export function guesses(text: string): readonly { readonly as: 'id' | 'party' | 'name'; readonly filter: PaymentFilter }[] {
  const typed = text.trim();
  const digits = typed.replace(/[\s()+.-]/g, '');
  const isNumber = /^\d{6,}$/.test(digits) && !/[a-z]/i.test(typed);
  const isId = /^[0-9A-Za-z_.:-]{6,128}$/.test(typed) && /\d/.test(typed);
  return [
    ...(isId ? [{ as: 'id' as const, filter: { id: typed } }] : []),
    ...(isNumber ? [{ as: 'party' as const, filter: { party: digits } }] : []),
    ...(/\p{L}/u.test(typed) ? [{ as: 'name' as const, filter: { name: typed } }] : []),
  ];
}
