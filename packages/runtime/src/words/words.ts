import type { AlarmWords } from './alarms/en.ts';
import type { AlertWords } from './alerts/en.ts';
import type { ExceptionWords } from './exceptions/en.ts';
import { withIsolatedValues } from './isolate.ts';
import { knownOf, type Language } from './languages.ts';

export type { AlarmWords, AlertWords, ExceptionWords };

/** A catalogue of each language, loaded when it is needed. */
type Catalogues<T> = Readonly<Record<Language, () => Promise<{ readonly default: T }>>>;

/** What an incident is about. */
export const ALERT_WORDS: Catalogues<AlertWords> = {
  en: () => import('./alerts/en.ts'),
  fr: () => import('./alerts/fr.ts'),
  pt: () => import('./alerts/pt.ts'),
  sw: () => import('./alerts/sw.ts'),
  my: () => import('./alerts/my.ts'),
  ar: () => import('./alerts/ar.ts'),
};

/** Alarms in one line, by code. */
export const ALARM_WORDS: Catalogues<AlarmWords> = {
  en: () => import('./alarms/en.ts'),
  fr: () => import('./alarms/fr.ts'),
  pt: () => import('./alarms/pt.ts'),
  sw: () => import('./alarms/sw.ts'),
  my: () => import('./alarms/my.ts'),
  ar: () => import('./alarms/ar.ts'),
};

/** Why a payment needs a person, by code. */
export const EXCEPTION_WORDS: Catalogues<ExceptionWords> = {
  en: () => import('./exceptions/en.ts'),
  fr: () => import('./exceptions/fr.ts'),
  pt: () => import('./exceptions/pt.ts'),
  sw: () => import('./exceptions/sw.ts'),
  my: () => import('./exceptions/my.ts'),
  ar: () => import('./exceptions/ar.ts'),
};

/** All that is needed to tell somebody of an incident. */
export interface ToldWords {
  readonly language: Language;
  readonly alerts: AlertWords;
  readonly alarms: AlarmWords;
  readonly exceptions: ExceptionWords;
}

/** In a language that is read from right to left each value is isolated within its sentence. */
export async function toldWordsIn(language: Language): Promise<ToldWords> {
  const [alerts, alarms, exceptions] = await Promise.all([ALERT_WORDS[language](), ALARM_WORDS[language](), EXCEPTION_WORDS[language]()]);
  const said = { alerts: alerts.default, alarms: alarms.default, exceptions: exceptions.default };
  return { language, ...(knownOf(language).direction === 'rtl' ? withIsolatedValues(said) : said) };
}
