import type { ConnectorSettings } from '../transfer/connector-settings.ts';
import type { Restored } from '../transfer/restored.ts';

/** What the payee's flow needs to know of the DFSP's decisions. */
export type PayeeSettings = Pick<
  ConnectorSettings,
  'fspId' | 'hubId' | 'versions' | 'timeouts' | 'clockSkewMs' | 'coreMinimumMs' | 'ladder' | 'core' | 'quoteLifetimeMs'
> & { readonly restored?: Restored };
