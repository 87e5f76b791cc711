import { beforeLanguage, currentLanguage, type Language, useLanguage } from './language.ts';

/** How the texts of a part are loaded, by language: `{ en: () => import('./texts/en.ts'), … }`. */
export type TextLoaders<T> = Readonly<Record<Language, () => Promise<{ readonly default: T }>>>;

/** The texts of a part of the portal: of each language one object, the same members in all. */
export interface PartTexts<T> {
  readonly loaders: TextLoaders<T>;
  /** Loads them; by default in the language of the page. */
  load(language?: Language): Promise<T>;
  /** Those that are there. */
  readonly loaded: Map<Language, T>;
}

/** Makes the texts of a part known; they are loaded with its page. */
export function partTexts<T>(loaders: TextLoaders<T>): PartTexts<T> {
  const loaded = new Map<Language, T>();
  const loading = new Map<Language, Promise<T>>();
  let wanted = false;
  const load = (language: Language = currentLanguage()): Promise<T> => {
    wanted = true;
    const running =
      loading.get(language) ??
      loaders[language]().then(({ default: texts }) => {
        loaded.set(language, texts);
        return texts;
      });
    loading.set(language, running);
    running.catch(() => loading.delete(language));
    return running;
  };
  beforeLanguage(async (next) => wanted && load(next));
  return { loaders, load, loaded };
}

/** The texts of a part, in the language of the page. Its page loads them before; where it did not, React waits. */
export function useTexts<T>(part: PartTexts<T>): T {
  const language = useLanguage();
  const texts = part.loaded.get(language);
  // thrown, and not `use`: that makes React draw a component anew in its middle, which it does not bear everywhere (its error 467)
  if (texts === undefined) throw part.load(language);
  return texts;
}
