import { partTexts } from '../../text/catalogue.ts';
import type { ConnectorTexts } from './texts/en.ts';

/** Texts of this page. */
export const CONNECTOR = partTexts<ConnectorTexts>(import.meta.glob('./texts/*.ts'));
