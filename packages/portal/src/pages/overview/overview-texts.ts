import { partTexts } from '../../text/catalogue.ts';
import type { OverviewTexts } from './texts/en.ts';

/** Texts of this page. */
export const OVERVIEW = partTexts<OverviewTexts>(import.meta.glob('./texts/*.ts'));
