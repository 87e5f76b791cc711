import type { ConnectorSettings, CoreCapabilities } from '@payment-manager/mojaloop-connector';
import { HUB } from '../scenario/parties.ts';

/** Settings with few rungs: what the third question does, the first and the second have shown. */
export function exploredSettings(fspId: string, core: Partial<CoreCapabilities> = {}): ConnectorSettings {
  return {
    fspId,
    hubId: HUB,
    hub: { parties: '', participants: '', quotes: '', transfers: '' },
    versions: { parties: '1.1', participants: '1.1', quotes: '1.1', transfers: '1.1' },
    supportedVersions: ['1.0', '1.1', '2.0'],
    jws: {
      sign: true,
      verify: true,
      signPutParties: false,
      verifyPutParties: false,
      acceptEs256: true,
      rawOnlyPeers: [],
      hubMayBeUnsigned: false,
      maxDateAgeMs: 0,
    },
    ilpVersion: 1,
    autoAcceptParty: false,
    autoAcceptQuote: false,
    timeouts: { callbackMs: 10_000, backendMs: 15_000, hubHttpMs: 5_000, patchGraceMs: 15_000, offerMs: 20_000 },
    quoteLifetimeMs: 60_000,
    quoteRequestLifetimeMs: 60_000,
    prepareLifetimeMs: 30_000,
    clockSkewMs: 2_000,
    coreMinimumMs: 500,
    retryMarginMs: 5_000,
    ladder: { firstMs: 2_000, factor: 2, maxMs: 10_000, rungs: 1, slowMs: 60_000 },
    core: {
      baseUrl: '',
      atPrepare: 'reserve',
      reserveWithoutPatch: 'commit-first',
      transferRepeatable: false,
      notificationRepeatable: true,
      transferAskable: false,
      quietMs: 20_000,
      notificationReadsState: true,
      ...core,
    },
    deduplicateHomeTransactionId: true,
    maxAutoAcceptFee: {},
    extraCurrencies: [],
    limits: { restingRecords: 0, inFlight: 1, coreCalls: 1, coreCallsWaiting: 0 },
  };
}

/** 2026-11-24T09:00:00Z. */
export const EXPLORED_START_MS = 1_795_510_800_000;
