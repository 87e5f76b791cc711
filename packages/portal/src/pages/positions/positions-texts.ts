import { partTexts } from '../../text/catalogue.ts';
import type { PositionsTexts } from './texts/en.ts';

/** Texts of this page. */
export const POSITIONS = partTexts<PositionsTexts>(import.meta.glob('./texts/*.ts'));
