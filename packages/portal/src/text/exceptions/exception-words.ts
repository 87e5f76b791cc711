import { type ExceptionWords, EXCEPTION_WORDS as LOADERS } from '@payment-manager/runtime/words';
import { partTexts, useTexts } from '../catalogue.ts';

/** Loaded with each page that says why a payment needs a person. */
export const EXCEPTION_WORDS = partTexts<ExceptionWords>(LOADERS);

/** What a code means, what it is for the money, and what to do; one that is not known is said in general. */
export function useExceptionWords(): (code: string) => ExceptionWords['otherCode'] {
  const { codes, otherCode } = useTexts(EXCEPTION_WORDS);
  return (code) => codes[code] ?? otherCode;
}
