import { partTexts } from '../../text/catalogue.ts';
import type { PaymentsTexts } from './texts/en.ts';

/** Texts of this page. */
export const PAYMENTS = partTexts<PaymentsTexts>(import.meta.glob('./texts/*.ts'));
