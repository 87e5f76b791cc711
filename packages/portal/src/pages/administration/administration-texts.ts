import { partTexts } from '../../text/catalogue.ts';
import type { AdministrationTexts } from './texts/en.ts';

/** Texts of this page. */
export const ADMINISTRATION = partTexts<AdministrationTexts>(import.meta.glob('./texts/*.ts'));
