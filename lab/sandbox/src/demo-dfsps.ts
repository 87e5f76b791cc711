import type { CoreSettings } from './core/settings.ts';

/** What all demo cores have alike. */
const ALIKE = {
  atPrepare: 'reserve',
  deduplicates: true,
  quoteLifetimeMs: 60_000,
  callTimeoutMs: 90_000,
  pauseMs: 1_000,
  pauseMsMax: 30_000,
  waitMs: 60_000,
} as const;

/** The payer's and the payee's DFSP of the demonstrations; each has customers that pay and are paid. */
export const DEMO_DFSPS: readonly CoreSettings[] = [
  {
    ...ALIKE,
    fspId: 'greenbank',
    connector: 'fineract-savings',
    fees: {},
    customers: [
      {
        id: 'amara',
        displayName: 'Amara Diallo',
        firstName: 'Amara',
        lastName: 'Diallo',
        dateOfBirth: '1990-05-14',
        identifiers: [
          { idType: 'MSISDN', idValue: '27713803911' },
          { idType: 'ACCOUNT_ID', idValue: 'GB-000001' },
        ],
        accounts: { USD: '1000', XOF: '600000' },
      },
    ],
  },
  {
    ...ALIKE,
    fspId: 'bluewallet',
    connector: 'rest-core',
    fees: { USD: { feeFixed: '0.25' }, XOF: { feeFixed: '100' } },
    customers: [
      {
        id: 'thandi',
        displayName: 'Thandi Nkosi',
        firstName: 'Thandi',
        lastName: 'Nkosi',
        dateOfBirth: '1985-11-02',
        identifiers: [
          { idType: 'MSISDN', idValue: '27713803912' },
          { idType: 'ACCOUNT_ID', idValue: 'BW-000001' },
        ],
        accounts: { USD: '100', XOF: '60000' },
      },
      {
        id: 'sipho',
        displayName: 'Sipho Dlamini',
        firstName: 'Sipho',
        lastName: 'Dlamini',
        identifiers: [{ idType: 'MSISDN', idValue: '27713803913' }],
        accounts: { USD: '50' },
        blocked: true,
      },
    ],
  },
];

/** Net debit cap of a demo participant, per currency. */
export const DEMO_CAPS: Readonly<Record<string, string>> = { USD: '10000', XOF: '6000000' };
/** In the oracle but with no account anywhere: its DFSP answers that it does not know it. */
export const LOST_PARTY = { idType: 'MSISDN', idValue: '27713803914', fspId: 'bluewallet' } as const;
