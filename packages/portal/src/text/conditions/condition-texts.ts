import { partTexts } from '../catalogue.ts';
import type { ConditionTexts } from './en.ts';

/** Words for how steps and parts stand. */
export const CONDITIONS = partTexts<ConditionTexts>(import.meta.glob('./??.ts'));
