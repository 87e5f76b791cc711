import { partTexts } from '../../text/catalogue.ts';
import type { PaymentTexts } from './texts/en.ts';

/** Texts of this page. */
export const PAYMENT = partTexts<PaymentTexts>({ en: () => import('./texts/en.ts'), fr: () => import('./texts/fr.ts') });
