import type { ConnectorSettings, CoreCapabilities } from '../src/transfer/connector-settings.ts';

/** Settings for tests and simulations: signatures off, everything else as in a careful installation. */
export function testSettings(
  change: Partial<Omit<ConnectorSettings, 'core'>> & { core?: Partial<CoreCapabilities> } = {},
): ConnectorSettings {
  const { core, ...rest } = change;
  const hub = 'http://hub.test';
  return {
    fspId: 'us',
    hubId: 'switch',
    hub: { parties: hub, participants: hub, quotes: hub, transfers: hub, ping: hub },
    versions: { parties: '1.1', participants: '1.1', quotes: '1.1', transfers: '1.1' },
    supportedVersions: ['1.0', '1.1', '2.0'],
    jws: {
      sign: false,
      verify: false,
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
    timeouts: { callbackMs: 10_000, backendMs: 15_000, hubHttpMs: 5_000, patchGraceMs: 15_000, offerMs: 600_000 },
    quoteLifetimeMs: 60_000,
    quoteRequestLifetimeMs: 60_000,
    prepareLifetimeMs: 30_000,
    clockSkewMs: 2_000,
    coreMinimumMs: 500,
    retryMarginMs: 5_000,
    ladder: { firstMs: 2_000, factor: 2, maxMs: 60_000, rungs: 4, slowMs: 300_000 },
    core: {
      baseUrl: 'http://core.test',
      atPrepare: 'reserve',
      reserveWithoutPatch: 'commit-first',
      transferRepeatable: false,
      notificationRepeatable: true,
      transferAskable: false,
      quietMs: 5_000,
      notificationReadsState: true,
      confirmAcknowledged: 'always',
      repeatKeepsRefusals: false,
      emptyAnswerIsOk: false,
      ...core,
    },
    deduplicateHomeTransactionId: true,
    maxAutoAcceptFee: {},
    extraCurrencies: [],
    limits: { restingRecords: 100, inFlight: 1_000, coreCalls: 64, coreCallsWaiting: 1_000 },
    ...rest,
  };
}
