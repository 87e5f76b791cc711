import { partTexts } from '../../text/catalogue.ts';
import type { ReconciliationTexts } from './texts/en.ts';

/** Texts of this page. */
export const RECONCILIATION = partTexts<ReconciliationTexts>(import.meta.glob('./texts/*.ts'));
