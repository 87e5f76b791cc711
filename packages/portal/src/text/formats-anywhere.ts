import { useMemo } from 'react';
import { type Formats, formatsIn } from './formats-in.ts';
import { useLanguage } from './language.ts';

/** Formats where nobody is signed in, so that no business zone is known: instants are in UTC. */
export function useFormatsAnywhere(): Formats {
  const language = useLanguage();
  return useMemo(() => formatsIn(language, 'UTC'), [language]);
}
