import { ask } from '../../api/ask.ts';

/** What comes after a link: a password to choose, an authenticator to add, or one is in. */
export type AfterLink = { readonly next: 'set-password' | 'enrol' | 'second-factor'; readonly ticket: string } | { readonly user: string };

const OPENED = new Map<string, Promise<AfterLink>>();

/** The token behind `#`, taken out of the address at once, so that neither history nor a glance at the screen has it. */
export function takeToken(): string {
  const token = decodeURIComponent(location.hash.slice(1));
  if (token !== '') history.replaceState(history.state, '', location.pathname);
  return token;
}

/** Opens a link. It works once, however often a page asks. */
export function openLink(token: string): Promise<AfterLink> {
  const begun = OPENED.get(token) ?? ask<AfterLink>('POST /sign-in/link', { body: { token } });
  OPENED.set(token, begun);
  return begun;
}
