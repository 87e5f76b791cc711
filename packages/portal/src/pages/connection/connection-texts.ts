import { partTexts } from '../../text/catalogue.ts';
import type { ConnectionTexts } from './texts/en.ts';

/** Texts of this page. */
export const CONNECTION = partTexts<ConnectionTexts>(import.meta.glob('./texts/*.ts'));
