import { partTexts } from '../catalogue.ts';
import type { HappeningTexts } from './en.ts';

/** What happened to payments, in words of people who run a bank. */
export const HAPPENINGS = partTexts<HappeningTexts>(import.meta.glob('./??.ts'));
