import { partTexts } from '../../text/catalogue.ts';
import type { TechnicalTexts } from './texts/en.ts';

/** Texts of this page. */
export const TECHNICAL = partTexts<TechnicalTexts>(import.meta.glob('./texts/*.ts'));
