import { useMemo } from 'react';
import { useMe } from '../api/me.ts';
import { type Formats, formatsIn } from './formats-in.ts';
import { useLanguage } from './language.ts';
import { useShownZone } from './zone.ts';

/** Formats of the page, as language and zone were chosen. */
export function useFormats(): Formats {
  const language = useLanguage();
  const { businessDay } = useMe().process;
  const zone = useShownZone() === 'utc' ? 'UTC' : businessDay.zone;
  return useMemo(() => formatsIn(language, zone), [language, zone]);
}
