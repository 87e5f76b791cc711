import { partTexts } from '../../text/catalogue.ts';
import type { PaymentTexts } from './texts/en.ts';

/** Texts of this page. */
export const PAYMENT = partTexts<PaymentTexts>(import.meta.glob('./texts/*.ts'));
