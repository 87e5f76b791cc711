import { partTexts, useTexts } from '../catalogue.ts';
import type { ActTexts } from './en.ts';

/** Loaded with each page on which somebody acts on a payment. */
export const ACTS = partTexts<ActTexts>(import.meta.glob('./??.ts'));

/** What may be done about a payment, and what it does. */
export const useActTexts = (): ActTexts => useTexts(ACTS);
