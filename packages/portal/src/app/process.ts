import { valueStore } from '../browser/value-store.ts';

/** Of which process the portal is; the server writes it into the page. */
export interface Process {
  readonly fspId: string;
  readonly environment: string;
  readonly sandbox: boolean;
  /** How the provider of single sign-on is called; absent: there is none. */
  readonly singleSignOn?: string;
  /** How the bank’s own portal is called and marked; absent: as it comes. `logo` is an address here. */
  readonly brand?: { readonly name?: string; readonly logo?: string };
  /** Portals of the bank’s other environments. */
  readonly portals: readonly { readonly name: string; readonly url: string }[];
}

function read(): Process {
  const content = document.querySelector('meta[name="pm-process"]')?.getAttribute('content') ?? '{}';
  return {
    fspId: '',
    environment: '',
    sandbox: false,
    portals: [],
    ...(JSON.parse(content.startsWith('{') ? content : '{}') as Partial<Process>),
  };
}

const known = valueStore<Process>(read());

/** Of which process the portal is, before a sign-in too. */
export const process = (): Process => known.get();

/** The colour that an environment has: where real money moves it is never that of a test. */
export function environmentKind({ environment, sandbox }: Pick<Process, 'environment' | 'sandbox'>): 'sandbox' | 'test' | 'live' {
  if (sandbox) return 'sandbox';
  return /prod|live/i.test(environment) ? 'live' : 'test';
}
