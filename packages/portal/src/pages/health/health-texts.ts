import { partTexts } from '../../text/catalogue.ts';
import type { HealthTexts } from './texts/en.ts';

/** Texts of this page. */
export const HEALTH = partTexts<HealthTexts>(import.meta.glob('./texts/*.ts'));
