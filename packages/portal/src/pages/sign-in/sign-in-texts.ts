import { partTexts } from '../../text/catalogue.ts';
import type { SignInTexts } from './texts/en.ts';

/** Texts of all that happens before a sign-in. */
export const SIGN_IN = partTexts<SignInTexts>({ en: () => import('./texts/en.ts'), fr: () => import('./texts/fr.ts') });
