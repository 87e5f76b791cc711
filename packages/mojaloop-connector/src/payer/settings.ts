import type { ConnectorSettings } from '../transfer/connector-settings.ts';
import type { Restored } from '../transfer/restored.ts';

/** What the payer's flow needs to know of the DFSP's decisions. */
export type PayerSettings = Pick<
  ConnectorSettings,
  | 'fspId'
  | 'hubId'
  | 'versions'
  | 'autoAcceptParty'
  | 'autoAcceptQuote'
  | 'timeouts'
  | 'quoteRequestLifetimeMs'
  | 'prepareLifetimeMs'
  | 'clockSkewMs'
  | 'retryMarginMs'
  | 'ladder'
  | 'maxAutoAcceptFee'
  | 'currencyDecimals'
> & { readonly restored?: Restored };
