import { valueStore } from '../browser/value-store.ts';

/** Of which process the portal is; the server writes it into the page. */
export interface Process {
  readonly fspId: string;
  readonly environment: string;
  readonly sandbox: boolean;
}

function read(): Process {
  const content = document.querySelector('meta[name="pm-process"]')?.getAttribute('content') ?? '{}';
  return { fspId: '', environment: '', sandbox: false, ...(JSON.parse(content.startsWith('{') ? content : '{}') as Partial<Process>) };
}

const known = valueStore<Process>(read());

/** Of which process the portal is, before a sign-in too. */
export const process = (): Process => known.get();

/** The colour that an environment has: where real money moves it is never that of a test. */
export function environmentKind({ environment, sandbox }: Process): 'sandbox' | 'test' | 'live' {
  if (sandbox) return 'sandbox';
  return /prod|live/i.test(environment) ? 'live' : 'test';
}
