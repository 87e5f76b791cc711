import type { PaymentTexts } from './texts/en.ts';

/** What FSPIOP's error code means to people: of the code itself, else of its class. */
export function errorMeaning(texts: PaymentTexts['errors'], code: string): string | undefined {
  return texts[code] ?? texts[code.slice(0, 2)] ?? texts[code.slice(0, 1)];
}
