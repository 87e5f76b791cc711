import type { Surroundings } from '@payment-manager/management-api/test-portal';

type Door = NonNullable<Surroundings['connector']>;

const RUNNING = 'a41f0c779b2e55d0138a6cf421be9847';
const EDITED = '7be13d90c2f84a5aa6e2b01c9d3f5e21';

/** A connector whose folder holds another version than the one that runs, whose ledger does not answer, and of which some things were guessed. */
export function someConnector(now: number): { readonly connector: Door } & Required<Pick<Surroundings, 'reloadConnector'>> {
  const door: Door = {
    shown: async () => shown(now),
    candidate: async () => ({ version: EDITED, problems: [] }),
    compare: async () => ({
      kind: 'compared',
      from: RUNNING,
      to: EDITED,
      files: [
        {
          ...{ file: 'operations/quote.create.yaml', is: 'changed' as const },
          lines: [
            { is: 'left-out', lines: 14 },
            { is: 'same', text: '  - reply:' },
            { is: 'gone', text: '      payeeFspFeeAmount: "0"' },
            { is: 'new', text: '      payeeFspFeeAmount: =fees.body.fee' },
          ],
        },
      ],
    }),
    tryFixture: async () => ({
      kind: 'tried',
      test: 'a payment that is committed',
      steps: [
        {
          operation: 'transfer.prepare',
          lines: ['transfer.prepare {"quote":{}}', '> POST /holds {"amount":"99.5"}', '< 201 {"id":"H1"}', '= {"reply":{}}'],
        },
      ],
      faults: [],
    }),
    replay: async () => ({
      kind: 'replayed',
      sides: [
        {
          ...{ side: 'payee' as const, lines: ['transfer.prepare …', '* payee-hold: hold …'], unknown: [] },
          differences: ['payee-hold: the amount would be otherwise'],
        },
      ],
    }),
  };
  return { connector: door, reloadConnector: async () => ({ kind: 'loaded', version: EDITED, former: RUNNING, smoke: 3 }) };
}

function shown(now: number): Awaited<ReturnType<Door['shown']>> {
  const call = (ago: number, tookMs: number, purpose: 'read' | 'money', outcome: string) => ({ at: now - ago, tookMs, purpose, outcome });
  return {
    name: 'fineract-savings',
    version: RUNNING,
    operations: [
      { name: 'party.get', steps: 3, effects: [] },
      { name: 'transfer.prepare', steps: 2, effects: [{ name: 'payee-hold', kind: 'hold', settledBy: ['key', 'ask'] }] },
      {
        name: 'transfer.finalise COMMITTED',
        steps: 2,
        effects: [
          { name: 'payee-capture', kind: 'capture', settledBy: ['key', 'ask'] },
          { name: 'payee-suspense', kind: 'suspense', settledBy: ['key'] },
        ],
      },
    ],
    backEnds: [
      {
        ...{ name: 'core', kind: 'http', answers: 'yes', breaker: 'closed', calls: 2 },
        limits: { inFlight: 50, perSecond: 100, connectMs: 2_000, totalMs: 8_000 },
        outcomes: { '2xx': 1_204, '4xx': 12, unknown: 1 },
        recent: [call(4_000, 38, 'money', '2xx'), call(5_000, 21, 'read', '2xx'), call(9_000, 8_000, 'money', 'unknown')],
      },
      {
        ...{
          name: 'ledger',
          kind: 'sql',
          answers: 'no',
          breaker: 'open',
          calls: 0,
          silentSince: now - 90_000,
          reason: 'the connection was refused',
        },
        limits: { inFlight: 10, connectMs: 1_000, totalMs: 5_000 },
        outcomes: { 'not-sent': 40 },
        recent: [],
      },
    ],
    errors: [
      { when: 'status = 404', code: '3204' },
      { when: 'status = 422 and body.code = "ACCOUNT_CLOSED"', code: '5107', message: 'The account is closed' },
    ],
    guesses: [
      { id: 'keys-kept', text: 'A processed key is kept for seven days', standing: 'probed' },
      {
        id: 'no-late',
        text: 'Nothing is executed later than a minute after its call',
        standing: 'open',
        why: 'neither probed (late) nor signed off',
      },
    ],
    probe: {
      ...{ at: new Date(now - 86_400_000).toISOString(), environment: 'pilot', sameFiles: true },
      observations: [
        { probe: 'key', step: 'payee-hold', result: 'as-guessed', saw: 'a repeat got the first answer, and there was one posting' },
      ],
    },
    certification: {
      ...{
        at: new Date(now - 7_200_000).toISOString(),
        sameFiles: false,
        passed: 141,
        failed: 1,
        skipped: 11,
        payments: 10_000,
        seconds: 77,
      },
      failedCases: [{ id: 'TT-06 payee-hold late', name: 'executed late' }],
    },
    fixtures: ['tests/committed.json', 'tests/refused.json'],
  };
}
