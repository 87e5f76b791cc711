import { partTexts } from '../../text/catalogue.ts';
import type { AlertsTexts } from './texts/en.ts';

/** Texts of this page. */
export const ALERTS = partTexts<AlertsTexts>(import.meta.glob('./texts/*.ts'));
