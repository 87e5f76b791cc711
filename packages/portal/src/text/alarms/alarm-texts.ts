import { ALARM_WORDS, type AlarmWords } from '@payment-manager/runtime/words';
import { partTexts, useTexts } from '../catalogue.ts';
import { useExceptionWords } from '../exceptions/exception-words.ts';

/** Loaded with each page that shows alarms, beside the words of exceptions. */
export const ALARMS = partTexts<AlarmWords>(ALARM_WORDS);

/** An alarm in one line: by its code, else as an exception. */
export function useAlarmTitle(): (code: string) => string {
  const { codes } = useTexts(ALARMS);
  const explained = useExceptionWords();
  return (code) => codes[code] ?? explained(code).title;
}
