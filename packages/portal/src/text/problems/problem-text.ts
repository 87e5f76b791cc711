import { problemOf } from '../../api/problem.ts';
import { partTexts, useTexts } from '../catalogue.ts';
import { useLanguage } from '../language.ts';
import type { ProblemTexts } from './en.ts';

/** Texts of refusals; loaded with the frame. */
export const PROBLEMS = partTexts<ProblemTexts>(import.meta.glob('./??.ts'));

/** An error in the language of the page; where there is no text for its code, what the server said. */
export function useProblemText(error: unknown): string {
  const texts: Readonly<Record<string, string>> = useTexts(PROBLEMS);
  const language = useLanguage();
  const { code, message, advice = '' } = problemOf(error).shown;
  return texts[code] ?? (language === 'en' ? `${message} ${advice}`.trim() : message);
}

/** The text of a code by itself, where many were refused at once. */
export function useCodeText(): (code: string) => string {
  const texts: Readonly<Record<string, string>> = useTexts(PROBLEMS);
  return (code) => texts[code] ?? code;
}
