import { partTexts } from '../../text/catalogue.ts';
import type { AccountTexts } from './texts/en.ts';

/** Texts of this page. */
export const ACCOUNT = partTexts<AccountTexts>({ en: () => import('./texts/en.ts'), fr: () => import('./texts/fr.ts') });
