import { withIsolatedValues } from '@payment-manager/runtime/isolate';
import { knownOf, type Language } from '@payment-manager/runtime/languages';
import { beforeLanguage, currentLanguage, useLanguage } from './language.ts';

/** How the texts of a part are loaded, by file (`import.meta.glob('./texts/*.ts')`) or by language: of each language one. */
export type TextLoaders = Readonly<Record<string, () => Promise<unknown>>>;

/** The texts of a part of the portal: of each language one object, the same members in all. */
export interface PartTexts<T> {
  /** Loads them; by default in the language of the page. */
  load(language?: Language): Promise<T>;
  /** Those that are there. */
  readonly loaded: Map<Language, T>;
}

/** Makes the texts of a part known; they are loaded with its page. That each file is a `T`, the file says, and a test. */
export function partTexts<T>(loaders: TextLoaders): PartTexts<T> {
  const loaded = new Map<Language, T>();
  const loading = new Map<Language, Promise<T>>();
  let wanted = false;
  const load = (language: Language = currentLanguage()): Promise<T> => {
    wanted = true;
    const running =
      loading.get(language) ??
      read<T>(loaders, language).then((texts) => {
        loaded.set(language, texts);
        return texts;
      });
    loading.set(language, running);
    running.catch(() => loading.delete(language));
    return running;
  };
  beforeLanguage(async (next) => wanted && load(next));
  return { load, loaded };
}

async function read<T>(loaders: TextLoaders, language: Language): Promise<T> {
  const [, loader] = Object.entries(loaders).find(([name]) => name === language || name.endsWith(`/${language}.ts`)) ?? [];
  if (loader === undefined) throw new Error(`There are no texts in ${language}.`);
  const { default: texts } = (await loader()) as { readonly default: T };
  return knownOf(language).direction === 'rtl' ? withIsolatedValues(texts) : texts;
}

/** The texts of a part, in the language of the page. Its page loads them before; where it did not, React waits. */
export function useTexts<T>(part: PartTexts<T>): T {
  const language = useLanguage();
  const texts = part.loaded.get(language);
  // thrown, and not `use`: that makes React draw a component anew in its middle, which it does not bear everywhere (its error 467)
  if (texts === undefined) throw part.load(language);
  return texts;
}
