import { firstLanguage, knownOf, type Language } from '@payment-manager/runtime/languages';
import { keepHere, keptHere } from '../browser/kept-here.ts';
import { valueStore } from '../browser/value-store.ts';

const language = valueStore<Language>(firstLanguage(keptHere('language'), navigator.languages));
// before anything is drawn
tellPage(language.get());

/** The language of the page; a component that calls it is drawn anew when it changes. */
export const useLanguage = (): Language => language.use();
/** The same outside of components. */
export const currentLanguage = (): Language => language.get();
/** In which direction the page is read. */
export const useDirection = (): 'ltr' | 'rtl' => knownOf(language.use()).direction;

const before: ((next: Language) => Promise<unknown>)[] = [];

/** Called before the language changes, to have its texts by then. */
export function beforeLanguage(load: (next: Language) => Promise<unknown>): void {
  before.push(load);
}

/** Another language, kept in this browser. Nothing changes until its texts are there. */
export async function chooseLanguage(next: Language): Promise<void> {
  await Promise.all(before.map((load) => load(next)));
  keepHere('language', next);
  tellPage(next);
  language.set(next);
}

/** Fonts, hyphens, voices and the direction of everything follow from the root element. */
function tellPage(next: Language): void {
  document.documentElement.lang = next;
  document.documentElement.dir = knownOf(next).direction;
}
