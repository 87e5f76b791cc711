import { partTexts } from '../../text/catalogue.ts';
import type { SignInTexts } from './texts/en.ts';

/** Texts of all that happens before a sign-in. */
export const SIGN_IN = partTexts<SignInTexts>(import.meta.glob('./texts/*.ts'));
