import { partTexts, useTexts } from '../catalogue.ts';
import type { PaymentWords } from './en.ts';

/** Loaded with each page that speaks of payments. */
export const PAYMENT_WORDS = partTexts<PaymentWords>(import.meta.glob('./??.ts'));

/** How payments are spoken of. */
export const usePaymentWords = (): PaymentWords => useTexts(PAYMENT_WORDS);
