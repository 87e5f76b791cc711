import { partTexts } from '../../text/catalogue.ts';
import type { AccountTexts } from './texts/en.ts';

/** Texts of this page. */
export const ACCOUNT = partTexts<AccountTexts>(import.meta.glob('./texts/*.ts'));
