import { keepHere, keptHere } from '../browser/kept-here.ts';
import { valueStore } from '../browser/value-store.ts';

/** Languages with complete catalogues, in their own words. */
export const LANGUAGES = { en: 'English', fr: 'Français' } as const;
export type Language = keyof typeof LANGUAGES;

const isLanguage = (text: string | undefined): text is Language => text !== undefined && Object.hasOwn(LANGUAGES, text);

/** What was chosen here, else the first of the browser’s that there is. */
export function firstLanguage(kept: string | undefined, wished: readonly string[]): Language {
  if (isLanguage(kept)) return kept;
  return wished.map((one) => one.slice(0, 2).toLowerCase()).find(isLanguage) ?? 'en';
}

const language = valueStore<Language>(firstLanguage(keptHere('language'), navigator.languages));
document.documentElement.lang = language.get();

/** The language of the page; a component that calls it is drawn anew when it changes. */
export const useLanguage = (): Language => language.use();
/** The same outside of components. */
export const currentLanguage = (): Language => language.get();

const before: ((next: Language) => Promise<unknown>)[] = [];

/** Called before the language changes, to have its texts by then. */
export function beforeLanguage(load: (next: Language) => Promise<unknown>): void {
  before.push(load);
}

/** Another language, kept in this browser. Nothing changes until its texts are there. */
export async function chooseLanguage(next: Language): Promise<void> {
  await Promise.all(before.map((load) => load(next)));
  keepHere('language', next);
  document.documentElement.lang = next;
  language.set(next);
}
