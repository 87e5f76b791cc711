import type { ReadRow } from '@payment-manager/read-model';

type Party = NonNullable<ReadRow['payer']>;

/** A payment as lists show it: a row of the read model with its facets beside the rest; `attention` is all that a person must see of it. */
export type ShownPayment = Omit<ReadRow, 'facets'> & Omit<ReadRow['facets'], 'attention'>;

/** A row as lists show it; persons masked. */
export function shownRow({ facets, payer, payee, ...row }: ReadRow, unmasked = false): ShownPayment {
  const show = (party: Party): Party => (unmasked ? party : maskedParty(party));
  return { ...facets, ...row, ...(payer && { payer: show(payer) }), ...(payee && { payee: show(payee) }) };
}

/** Enough to tell two apart for who knows them: the last three of an id, the first letter of each word of a name. */
export function maskedParty({ type, id, name }: Party): Party {
  return { type, id: maskedId(id), ...(name !== undefined && { name: maskedName(name) }) };
}

const MASK = '•';

/** `••••••••912`; of less than eight characters nothing is left. */
export function maskedId(id: string): string {
  const letters = [...id];
  const shown = letters.length >= 8 ? 3 : 0;
  return `${MASK.repeat(Math.min(8, letters.length - shown))}${shown === 0 ? '' : letters.slice(-shown).join('')}`;
}

/** `T••• N•••` */
export function maskedName(name: string): string {
  return name
    .split(/\s+/u)
    .filter((word) => word !== '')
    .map((word) => `${[...word][0]}${MASK.repeat(3)}`)
    .join(' ');
}
