import { partTexts } from '../../text/catalogue.ts';
import type { ExceptionsTexts } from './texts/en.ts';

/** Texts of this page. */
export const EXCEPTIONS = partTexts<ExceptionsTexts>(import.meta.glob('./texts/*.ts'));
