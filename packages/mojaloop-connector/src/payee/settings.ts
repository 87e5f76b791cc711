import type { Restored } from '../restored/restored.ts';
import type { ConnectorSettings } from '../settings.ts';

/** What the payee's flow needs to know of the DFSP's decisions. */
export type PayeeSettings = Pick<
  ConnectorSettings,
  'fspId' | 'hubId' | 'versions' | 'timeouts' | 'clockSkewMs' | 'coreMinimumMs' | 'ladder' | 'core' | 'quoteLifetimeMs'
> & { readonly restored?: Restored };
