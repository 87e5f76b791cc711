import type { ConnectorSettings } from '@payment-manager/mojaloop-connector';
import { testSettings } from '@payment-manager/mojaloop-connector/test-settings';
import type { CoreSettings } from '@payment-manager/sandbox';
import { type Chance, oneOf } from '../chance.ts';
import { coreHost, type Dfsp, HUB, HUB_HOST, PAYEE } from './parties.ts';

const YES_NO = [true, false] as const;
/** The payee's fee is nothing or 0.25, of 1 to 20. */
const FEE_LIMITS: readonly ConnectorSettings['maxAutoAcceptFee'][] = [
  {},
  { USD: { absolute: '0.1' } },
  { USD: { absolute: '1' } },
  { USD: { absolute: '1', percent: '2' } },
];

/** What the payee's core is declared to be able to do follows from the seed, and it can do exactly that. */
export function connectorSettings(chance: Chance, fspId: Dfsp): ConnectorSettings {
  const usual = testSettings();
  const hub = `http://${HUB_HOST}`;
  return {
    ...usual,
    fspId,
    hubId: HUB,
    hub: { parties: hub, participants: hub, quotes: hub, transfers: hub, ping: hub },
    versions: { ...usual.versions, transfers: transfersVersion(chance) },
    jws: { ...usual.jws, sign: true, verify: true, signPutParties: chance('sign parties') < 0.5 },
    ilpVersion: oneOf(chance, 'ilp', [1, 4] as const),
    autoAcceptParty: oneOf(chance, 'accept party', YES_NO),
    autoAcceptQuote: oneOf(chance, 'accept quote', YES_NO),
    maxAutoAcceptFee: oneOf(chance, 'fee limit', FEE_LIMITS),
    timeouts: { ...usual.timeouts, backendMs: 8_000, offerMs: 30_000 },
    ladder: { ...usual.ladder, maxMs: 10_000, slowMs: 60_000 },
    core: {
      baseUrl: `http://${coreHost(fspId)}`,
      atPrepare: atPrepare(chance),
      reserveWithoutPatch: oneOf(chance, 'without patch', ['commit-first', 'refuse'] as const),
      transferRepeatable: isRepeatable(chance),
      notificationRepeatable: chance('notification repeatable') < 0.7,
      transferAskable: oneOf(chance, 'askable', YES_NO),
      quietMs: 25_000,
      notificationReadsState: chance('reads state') < 0.85,
      confirmAcknowledged: oneOf(chance, 'confirm', ['always', 'always', 'always', 'always', 'near-expiration', 'never'] as const),
      repeatKeepsRefusals: false,
      emptyAnswerIsOk: false,
    },
    // few records at rest, so that the journal is asked for what was forgotten
    limits: { ...usual.limits, restingRecords: 2 },
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
