import { type Config, readFeeLimit } from '@payment-manager/configuration';
import type { ConnectorCapabilities } from '@payment-manager/core-connector';
import type { ConnectorSettings } from '@payment-manager/mojaloop-connector';

/**
 * The connector's settings out of the configuration. Only names change here, and nothing is defaulted. `capabilities`: of a core behind a core connector,
 * in place of what the configuration declares.
 */
export function connectorSettings(config: Config, capabilities?: ConnectorCapabilities): ConnectorSettings {
  const { minimumMs = config.core.minimumMs, ...canDo } = capabilities ?? {};
  const { supported, ...versions } = config.versions;
  return {
    fspId: config.fspId,
    hubId: config.hub.id,
    hub: hubUrls(config),
    versions,
    supportedVersions: supported,
    jws: {
      sign: config.jws.sign,
      verify: config.jws.verify,
      signPutParties: config.jws.signPutParties,
      verifyPutParties: config.jws.verifyPutParties,
      acceptEs256: config.jws.acceptEs256,
      rawOnlyPeers: config.jws.rawOnlyPeers,
      hubMayBeUnsigned: config.jws.hubMayBeUnsigned,
      maxDateAgeMs: config.jws.maxDateAgeMs,
    },
    ilpVersion: config.ilpVersion,
    autoAcceptParty: config.acceptance.party,
    autoAcceptQuote: config.acceptance.quote,
    timeouts: config.timeouts,
    quoteLifetimeMs: config.lifetimes.quoteMs,
    quoteRequestLifetimeMs: config.lifetimes.quoteRequestMs,
    prepareLifetimeMs: config.lifetimes.prepareMs,
    clockSkewMs: config.lifetimes.clockSkewMs,
    coreMinimumMs: minimumMs,
    retryMarginMs: config.lifetimes.retryMarginMs,
    ladder: { ...config.ladder, rungs: config.ladder.enquiries },
    core: { ...coreCapabilities(config), ...canDo },
    deduplicateHomeTransactionId: config.deduplication.homeTransactionId,
    maxAutoAcceptFee: Object.fromEntries(
      Object.entries(config.acceptance.maxFee).map(([currency, limit]) => [currency, readFeeLimit(limit)]),
    ),
    extraCurrencies: Object.keys(config.extraCurrencies),
    currencyDecimals: config.extraCurrencies,
    limits: {
      restingRecords: config.limits.restingRecords,
      // may be another one after a reload
      get inFlight() {
        return config.limits.inFlightPayments;
      },
      coreCalls: config.core.maxConnections,
      coreCallsWaiting: config.core.maxQueued,
    },
  };
}

function hubUrls(config: Config): ConnectorSettings['hub'] {
  const { baseUrl, partiesUrl, participantsUrl, quotesUrl, transfersUrl } = config.hub;
  return {
    parties: bare(partiesUrl ?? baseUrl),
    participants: bare(participantsUrl ?? baseUrl),
    quotes: bare(quotesUrl ?? baseUrl),
    transfers: bare(transfersUrl ?? baseUrl),
    ping: bare(baseUrl ?? transfersUrl),
  };
}

function coreCapabilities(config: Config): ConnectorSettings['core'] {
  const { core } = config;
  return {
    baseUrl: bare(core.baseUrl ?? ''),
    atPrepare: core.atPrepare,
    reserveWithoutPatch: core.reserveWithoutPatch,
    transferRepeatable: core.transferRepeatable,
    notificationRepeatable: core.notificationRepeatable,
    transferAskable: core.transferAskable,
    quietMs: core.quietMs,
    notificationReadsState: core.notificationReadsState,
    confirmAcknowledged: core.confirmAcknowledged,
    repeatKeepsRefusals: core.repeatKeepsRefusals,
    emptyAnswerIsOk: core.emptyAnswerIsOk,
  };
}

/** Without trailing slashes, as the connector wants its base URLs. */
function bare(url: string): string {
  return url.replace(/\/+$/, '');
}
