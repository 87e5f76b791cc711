import { partTexts, useTexts } from '../catalogue.ts';
import type { FrameTexts } from './en.ts';

/** The texts around every page; loaded before anything is drawn. */
export const FRAME = partTexts<FrameTexts>(import.meta.glob('./??.ts'));

/** The same in a component. */
export const useFrameTexts = (): FrameTexts => useTexts(FRAME);
