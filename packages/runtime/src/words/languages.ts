/** What is known of a language before its texts are loaded. */
interface KnownLanguage {
  /** In its own words. */
  readonly name: string;
  readonly direction: 'ltr' | 'rtl';
  /** How numbers and dates are written. Digits are those of 0 to 9 everywhere: amounts stand beside ids. */
  readonly locale: string;
  /**
   * That nobody who speaks it has read its catalogue yet, in its own words: the choice of the language says so, and each mail. Whoever reviews one takes
   * this line away, and adds theirs to the table of docs/portal/languages.md (a test compares).
   */
  readonly unreviewed?: string;
}

/** Languages with complete catalogues, in the order in which they are offered. */
export const LANGUAGES = {
  en: { name: 'English', direction: 'ltr', locale: 'en-GB' },
  fr: { name: 'Français', direction: 'ltr', locale: 'fr', unreviewed: 'traduction pas encore relue' },
  pt: { name: 'Português', direction: 'ltr', locale: 'pt-PT', unreviewed: 'tradução ainda não revista' },
  sw: { name: 'Kiswahili', direction: 'ltr', locale: 'sw', unreviewed: 'tafsiri bado haijahakikiwa' },
  my: { name: 'မြန်မာ', direction: 'ltr', locale: 'my-u-nu-latn', unreviewed: 'ဘာသာပြန်ကို မစစ်ဆေးရသေးပါ' },
  ar: { name: 'العربية', direction: 'rtl', locale: 'ar-u-nu-latn', unreviewed: 'لم تُراجَع الترجمة بعد' },
} as const satisfies Record<string, KnownLanguage>;

export type Language = keyof typeof LANGUAGES;

export const isLanguage = (text: string | undefined): text is Language => text !== undefined && Object.hasOwn(LANGUAGES, text);

/** What is known of a language. */
export const knownOf = (language: Language): KnownLanguage => LANGUAGES[language];

/** What was chosen here, else the first of the browser’s that there is. */
export function firstLanguage(kept: string | undefined, wished: readonly string[]): Language {
  if (isLanguage(kept)) return kept;
  return wished.map((one) => one.split('-')[0]?.toLowerCase()).find(isLanguage) ?? 'en';
}
