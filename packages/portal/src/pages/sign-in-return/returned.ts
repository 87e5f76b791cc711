import { ask } from '../../api/ask.ts';

/** What the provider put into the address. */
export type Returned = Readonly<Record<'state' | 'code' | 'iss' | 'error', string | undefined>>;

let entering: Promise<unknown> | undefined;

/** Taken out of the address at once, so that neither history nor a glance at the screen has it. */
export function takeReturned(): Returned {
  const words = new URLSearchParams(location.search);
  if (words.size > 0) history.replaceState(history.state, '', location.pathname);
  const word = (name: string): string | undefined => words.get(name) ?? undefined;
  return { state: word('state'), code: word('code'), iss: word('iss'), error: word('error') };
}

/** Enters by what came back. It counts once, however often a page asks. */
export function enterReturned({ state, code, iss, error }: Returned): Promise<unknown> {
  entering ??= ask('POST /sign-in/provider/return', { body: { state, code, iss, error } });
  return entering;
}
