import type { SaidFact } from '@payment-manager/management-api/types';
import { partTexts, useTexts } from '../catalogue.ts';
import { useFormats } from '../formats.ts';
import type { SaidTexts } from './en.ts';

/** What each side says of a payment, in sentences of each language. */
export const SAID = partTexts<SaidTexts>(import.meta.glob('./??.ts'));

/** A fact as a sentence; one of a newer server that has no words here is left out. */
export function useSaid(): (fact: SaidFact) => string | undefined {
  const texts = useTexts(SAID);
  const { exactly } = useFormats();
  return ({ code, values = {} }) => {
    const { at } = values;
    return texts[code]?.(at === undefined ? values : { ...values, at: exactly(Number(at)) });
  };
}
