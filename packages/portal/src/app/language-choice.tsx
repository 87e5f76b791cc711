import { knownOf, LANGUAGES, type Language } from '@payment-manager/runtime/languages';
import type { ReactElement } from 'react';
import { useFrameTexts } from '../text/frame/frame-texts.ts';
import { chooseLanguage, useLanguage } from '../text/language.ts';
import styles from './shell.module.css';

const ALL = Object.keys(LANGUAGES) as Language[];

/** The language of the page, each in its own words; beside those whose texts nobody who speaks it has read, that is said. */
export function LanguageChoice(): ReactElement {
  const texts = useFrameTexts();
  const chosen = useLanguage();
  return (
    <select
      className={styles['language']}
      aria-label={texts.language}
      value={chosen}
      onChange={({ currentTarget }) => void chooseLanguage(currentTarget.value as Language)}
    >
      {ALL.map((one) => {
        const { name, unreviewed, direction } = knownOf(one);
        return (
          <option key={one} value={one} lang={one} dir={direction}>
            {unreviewed === undefined ? name : `${name} (${unreviewed})`}
          </option>
        );
      })}
    </select>
  );
}
