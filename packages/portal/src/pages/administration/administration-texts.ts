import { partTexts } from '../../text/catalogue.ts';
import type { AdministrationTexts } from './texts/en.ts';

/** Texts of this page. */
export const ADMINISTRATION = partTexts<AdministrationTexts>({ en: () => import('./texts/en.ts'), fr: () => import('./texts/fr.ts') });
