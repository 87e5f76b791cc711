import { figuresOf, type PaymentQueries, type ReadRow } from '@payment-manager/management-api/test-portal';
import { sumOf } from '../src/pages/payments/currency-sums.ts';

type Query = Parameters<PaymentQueries['list']>[0];
type Overview = Awaited<ReturnType<PaymentQueries['overview']>>;
type Totals = Awaited<ReturnType<PaymentQueries['totals']>>;

const NAMES = [
  'Amara Diallo',
  'Thandi Nkosi',
  'Sipho Dlamini',
  'Naledi Mokoena',
  'Kwame Mensah',
  'Aïcha Traoré',
  'Juma Mwangi',
  'Zawadi Otieno',
  'Ibrahim Sow',
  'Lindiwe Khumalo',
  'Fatou Ndiaye',
  'Joseph Banda',
];
const PEERS = ['bluewallet', 'sunrise-mfi', 'kilimobank', 'pesalink'];
const ERRORS = [
  { code: '5105', description: 'Payee FSP rejected the transaction' },
  { code: '3204', description: 'Party not found' },
  { code: '2001', description: 'Internal server error' },
  { code: '3303', description: 'Transfer expired' },
];

/** The same numbers for the same seed: pictures and tests are the same each time. */
function numbers(seed: number): (below: number) => number {
  let at = seed;
  return (below) => {
    at = (Math.imul(at, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((at / 2 ** 32) * below);
  };
}

/** Payments like those of a day, the newest last; each some seconds after the one before. */
export function someRows(count: number, until: number, firstId = 1): ReadRow[] {
  const next = numbers(42);
  return Array.from({ length: count }, (_, at): ReadRow => {
    const id = firstId + at;
    const out = next(100) < 58;
    const draw = next(1_000);
    const startedAt = until - (count - at) * 37_000 - next(20_000);
    const age = count - at;
    const state =
      age <= 2
        ? (['pending', 'completed'] as const)[age - 1]
        : draw < 905
          ? 'completed'
          : draw < 955
            ? 'failed'
            : draw < 970
              ? 'declined'
              : draw < 985 && !out
                ? 'acknowledged'
                : draw < 990
                  ? 'pending'
                  : !out
                    ? 'quoted'
                    : 'completed';
    const stage = {
      pending: 'open',
      completed: out ? 'completed' : 'committed',
      failed: out ? 'failed' : 'aborted',
      declined: 'aborted',
      acknowledged: 'acknowledged',
      quoted: 'quoted',
    }[state ?? 'completed'];
    const person = () => ({ type: 'MSISDN', id: `2771${String(next(10 ** 7)).padStart(7, '0')}`, name: NAMES[next(NAMES.length)] ?? '' });
    const cents = 100 + next(9) ** 3 * next(400);
    const currency = next(10) < 7 ? 'USD' : 'XOF';
    const error = state === 'failed' ? ERRORS[next(ERRORS.length)] : undefined;
    const exception = state === 'pending' && age > 2;
    return {
      id,
      facets: {
        direction: out ? 'out' : 'in',
        stage: stage as never,
        state: (state ?? 'completed') as never,
        attention: exception ? 'exception' : '',
        peer: PEERS[next(PEERS.length)] ?? '',
        currency,
      },
      startedAt,
      updatedAt: startedAt + 300 + next(900),
      open: state === 'pending',
      pruned: false,
      transferId: `${String(id).padStart(8, '0')}-9a1c-4f2e-8d3b-${String(next(10 ** 12)).padStart(12, '0')}`,
      transactionId: `${String(id).padStart(8, '0')}-11aa-4f2e-8d3b-000000000000`,
      quoteId: `${String(id).padStart(8, '0')}-22bb-4f2e-8d3b-000000000000`,
      homeTransactionId: `GB-${100_000 + id}`,
      amount: currency === 'USD' ? `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}` : String(cents * 6),
      ...(out && { fee: currency === 'USD' ? '0.25' : '150' }),
      payer: person(),
      payee: person(),
      ...(error && { error }),
      attention: exception
        ? [
            {
              level: 'exception',
              code: 'OUTCOME_UNKNOWN',
              reason: 'the hub has not said how the transfer ended',
              since: startedAt + 60_000,
            },
          ]
        : [],
    };
  });
}

/** The questions of the read model, answered of an array: what the portal shows is tested here, not the read model. */
export function queriesOn(rows: ReadRow[]): PaymentQueries {
  const matching = (query: Partial<Query>): ReadRow[] => rows.filter((row) => matches(query, row));
  return {
    async list({ limit, after = Number.POSITIVE_INFINITY, ...query }) {
      const found = matching(query)
        .filter(({ id }) => id < after)
        .sort((a, b) => b.id - a.id);
      const payments = found.slice(0, limit);
      const last = payments.at(-1)?.id;
      return { payments, ...(found.length > limit && last !== undefined && { next: last }) };
    },
    payment: async (id) => rows.find((row) => row.id === id),
    totals: async (query) => totalsOf(matching(query)),
    totalsByDay: async () => [],
    overview: async (period) => overviewOf(matching(period), period.from ?? 0),
    counts: async () => ({ payments: rows.length, unread: 0 }),
  };
}

function matches(
  { direction, state, stage, peer, currency, attention, error, from, to, id, party, name }: Partial<Query>,
  row: ReadRow,
): boolean {
  const { facets } = row;
  const among = (values: readonly string[] | undefined, value: string): boolean => values === undefined || values.includes(value);
  const names = `${row.payer?.name} ${row.payee?.name}`.toLowerCase().split(' ');
  return (
    (direction === undefined || direction === facets.direction) &&
    (attention === undefined || attention === facets.attention) &&
    (error === undefined || error === row.error?.code) &&
    (from === undefined || row.startedAt >= from) &&
    (to === undefined || row.startedAt < to) &&
    (id === undefined || [row.transferId, row.homeTransactionId, row.quoteId, row.transactionId].includes(id)) &&
    (party === undefined || [row.payer?.id, row.payee?.id].some((one) => one?.startsWith(party) === true)) &&
    (name === undefined ||
      name
        .toLowerCase()
        .split(' ')
        .every((word) => names.includes(word))) &&
    among(state, facets.state) &&
    among(stage, facets.stage) &&
    among(peer, facets.peer) &&
    among(currency, facets.currency)
  );
}

/** The read model's own figures of these rows; hours are counted from the beginning of the period on. */
function overviewOf(rows: readonly ReadRow[], from: number): Overview {
  const units = (text = '0'): bigint => BigInt(Math.round(Number(text) * 10_000));
  const sums = rows.map(({ facets, error, amount, fee }) => ({
    ...{ facets, error: error?.code ?? '', count: 1 },
    ...{ amount: units(amount), fees: units(fee) },
  }));
  const hours = Array.from({ length: 24 }, (_, hour) => {
    const of = rows.filter(({ startedAt }) => Math.floor((startedAt - from) / 3_600_000) % 24 === hour);
    const inState = (state: string): number => of.filter(({ facets }) => facets.state === state).length;
    return { hour, count: of.length, completed: inState('completed'), failed: inState('failed') };
  });
  return { ...figuresOf(sums), hours };
}

function totalsOf(rows: readonly ReadRow[]): Totals {
  const groups = Map.groupBy(rows, ({ facets: { direction, state, currency } }) => `${direction} ${state} ${currency}`);
  const counted = (of: (row: ReadRow) => string): Record<string, number> =>
    Object.fromEntries([...Map.groupBy(rows, of)].map(([value, some]) => [value, some.length]));
  return {
    count: rows.length,
    byCurrency: [...groups.values()].map((some) => {
      const { direction, state, currency } = (some[0] as ReadRow).facets;
      return {
        direction,
        state,
        currency,
        count: some.length,
        amount: sumOf(some.map(({ amount = '0' }) => amount)),
        fees: sumOf(some.map(({ fee = '0' }) => fee)),
      };
    }),
    counts: {
      direction: counted(({ facets }) => facets.direction),
      state: counted(({ facets }) => facets.state),
      stage: counted(({ facets }) => facets.stage),
      peer: counted(({ facets }) => facets.peer),
      currency: counted(({ facets }) => facets.currency),
      attention: counted(({ facets }) => facets.attention),
      error: counted(({ error }) => error?.code ?? ''),
    },
  };
}
