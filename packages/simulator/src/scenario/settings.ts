import type { ConnectorSettings } from '@payment-manager/mojaloop-connector';
import type { CoreSettings } from '@payment-manager/sandbox';
import { type Chance, oneOf } from '../chance.ts';
import { coreHost, type Dfsp, HUB, HUB_HOST, PAYEE } from './parties.ts';

const YES_NO = [true, false] as const;

/** What the payee's core is declared to be able to do follows from the seed, and it can do exactly that. */
export function connectorSettings(chance: Chance, fspId: Dfsp): ConnectorSettings {
  const hub = `http://${HUB_HOST}`;
  const versions = { parties: '1.1', participants: '1.1', quotes: '1.1', transfers: transfersVersion(chance) };
  return {
    fspId,
    hubId: HUB,
    hub: { parties: hub, participants: hub, quotes: hub, transfers: hub },
    versions,
    supportedVersions: ['1.0', '1.1', '2.0'],
    jws: {
      sign: true,
      verify: true,
      signPutParties: chance('sign parties') < 0.5,
      verifyPutParties: false,
      acceptEs256: true,
      rawOnlyPeers: [],
      hubMayBeUnsigned: false,
      maxDateAgeMs: 0,
    },
    ilpVersion: oneOf(chance, 'ilp', [1, 4] as const),
    autoAcceptParty: oneOf(chance, 'accept party', YES_NO),
    autoAcceptQuote: oneOf(chance, 'accept quote', YES_NO),
    timeouts: { callbackMs: 10_000, backendMs: 8_000, hubHttpMs: 5_000, patchGraceMs: 15_000, offerMs: 30_000 },
    quoteLifetimeMs: 60_000,
    quoteRequestLifetimeMs: 60_000,
    prepareLifetimeMs: 30_000,
    clockSkewMs: 2_000,
    coreMinimumMs: 500,
    retryMarginMs: 5_000,
    ladder: { firstMs: 2_000, factor: 2, maxMs: 10_000, rungs: 4, slowMs: 60_000 },
    core: {
      baseUrl: `http://${coreHost(fspId)}`,
      atPrepare: atPrepare(chance),
      reserveWithoutPatch: oneOf(chance, 'without patch', ['commit-first', 'refuse'] as const),
      transferRepeatable: isRepeatable(chance),
      notificationRepeatable: chance('notification repeatable') < 0.7,
      transferAskable: oneOf(chance, 'askable', YES_NO),
      quietMs: 25_000,
      notificationReadsState: chance('reads state') < 0.85,
    },
    deduplicateHomeTransactionId: true,
    maxAutoAcceptFee: {},
    extraCurrencies: [],
    // few records at rest, so that the journal is asked for what was forgotten
    limits: { restingRecords: 2, inFlight: 1_000, coreCalls: 64, coreCallsWaiting: 1_000 },
  };
}

const transfersVersion = (chance: Chance): string => (chance('transfers version') < 0.15 ? '1.0' : '1.1');
const atPrepare = (chance: Chance): 'reserve' | 'credit' => (chance('at prepare') < 0.6 ? 'reserve' : 'credit');
const isRepeatable = (chance: Chance): boolean => chance('repeatable') < 0.4;

/** The demo core of a DFSP. One that is not declared repeatable books every call, so that a repeat shows in the books. */
export function coreSettings(chance: Chance): (fspId: Dfsp) => CoreSettings {
  return (fspId) => ({
    fspId,
    atPrepare: atPrepare(chance),
    fees: fspId === PAYEE && chance('fees') < 0.5 ? { USD: { feeFixed: '0.25' } } : {},
    deduplicates: isRepeatable(chance),
    quoteLifetimeMs: 60_000,
    callTimeoutMs: 40_000,
    pauseMs: 500,
    pauseMsMax: 5_000,
    waitMs: 1,
    customers: [
      {
        id: fspId === PAYEE ? 'chipo' : 'amara',
        displayName: 'Sim Person',
        firstName: 'Sim',
        lastName: 'Person',
        identifiers: [{ idType: 'MSISDN', idValue: fspId === PAYEE ? '27713803912' : '27713803911' }],
        accounts: { USD: '100000' },
      },
    ],
  });
}
