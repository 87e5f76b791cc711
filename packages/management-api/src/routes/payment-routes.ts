import type { PaymentDetail } from '@payment-manager/mojaloop-connector';
import type { PaymentQueries, ReadRow } from '@payment-manager/read-model';
import Type from 'typebox';
import { actorName } from '../access/actor.ts';
import { exportPieces } from '../payments/export.ts';
import { FACETS, filterOf, guesses, SEARCH, totalsFilterOf } from '../payments/payment-query.ts';
import { shownRow } from '../payments/shown-payment.ts';
import { notFound, switchedOff } from '../server/problem.ts';
import { type Route, route, Streamed } from '../server/route.ts';
import { closed, LIMIT, REASON, words } from '../server/schemas.ts';
import { commit } from '../store/kept.ts';
import type { RouteDeps, ShownMessages, Surroundings } from './deps.ts';

const ROW = closed({ row: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) });
const AFTER = Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }));
const DAY = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' });
const DEFAULT_LIMIT = 50;

/** Payments: lists, totals, one of them, its messages, and files of many. Persons are masked unless somebody says why they look. */
export function paymentRoutes({ around, signIn, approvals }: RouteDeps): readonly Route[] {
  const read = { permission: 'payments:read' } as const;
  return [
    route({
      ...read,
      method: 'GET',
      path: '/payments',
      summary: 'Payments by facets, ids and persons, the newest first. `searchedBackTo`: the time was over; go on with `next`',
      query: closed({ ...FACETS, ...SEARCH, limit: Type.Optional(LIMIT), after: AFTER }),
      async handle({ query: { limit = DEFAULT_LIMIT, after, ...asked } }) {
        const page = await (await queriesOf(around)).list({ ...filterOf(asked), limit, ...(after !== undefined && { after }) });
        return { ...page, payments: page.payments.map((row) => shownRow(row)), behindMs: around.behind() };
      },
    }),
    route({
      ...read,
      method: 'GET',
      path: '/payments/search',
      summary: 'One box for everything: tries what was typed as an id, as a party, as an amount (25, 1,250.50, USD 25), as a name',
      query: closed({ q: words(128), limit: Type.Optional(LIMIT) }),
      async handle({ query: { q, limit = DEFAULT_LIMIT } }) {
        const queries = await queriesOf(around);
        for (const { as, filter } of guesses(q)) {
          const page = await queries.list({ ...filter, limit });
          if (page.payments.length > 0 || page.next !== undefined)
            return { as, ...page, payments: page.payments.map((row) => shownRow(row)) };
        }
        return { payments: [] };
      },
    }),
    route({
      ...read,
      method: 'GET',
      path: '/payments/totals',
      summary: 'Exact counts by each facet, and sums by currency',
      query: closed(FACETS),
      handle: async ({ query }) => (await queriesOf(around)).totals(totalsFilterOf(query)),
    }),
    route({
      ...read,
      method: 'GET',
      path: '/payments/days',
      summary: 'The same by business day',
      query: closed({
        first: DAY,
        last: DAY,
        direction: FACETS.direction,
        state: FACETS.state,
        peer: FACETS.peer,
        currency: FACETS.currency,
      }),
      handle: async ({ query: { first, last, ...asked } }) => ({
        days: await (await queriesOf(around)).totalsByDay(first, last, totalsFilterOf(asked)),
      }),
    }),
    ...onePayment({ around, signIn, approvals }),
    exportRoute({ around, signIn }),
  ];
}

const FILE_TYPES = {
  csv: 'text/csv; charset=utf-8',
  jsonl: 'application/jsonl; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const;

function exportRoute({ around, signIn }: Pick<RouteDeps, 'around' | 'signIn'>): Route {
  return route({
    method: 'GET',
    path: '/payments/export',
    permission: 'payments:export',
    summary:
      'Payments as a file, CSV, JSON lines or a workbook (XLSX, at most 1,000,000 payments), persons masked; `after` goes on where a file ended',
    perMinute: 20,
    query: closed({ ...FACETS, ...SEARCH, after: AFTER, format: Type.Enum(['csv', 'jsonl', 'xlsx']) }),
    async handle({ actor, query: { format, after, ...asked }, origin, signal }) {
      const { party, name, ...facets } = asked;
      const said = {
        format,
        after,
        ...facets,
        ...(party !== undefined && { party: 'given' }),
        ...(name !== undefined && { name: 'given' }),
      };
      await commit(
        signIn,
        [],
        [{ actor: actorName(actor), action: 'payments.exported', target: 'payments', after: said, address: origin.address }],
      );
      const pieces = exportPieces(await queriesOf(around), filterOf(asked), { format, after, signal });
      return new Streamed(FILE_TYPES[format], pieces, `payments.${format}`);
    },
  });
}

function onePayment({ around, signIn, approvals }: Pick<RouteDeps, 'around' | 'signIn' | 'approvals'>): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/payments/:row',
      permission: 'payments:read',
      summary: 'One payment: what is known of it, everything that happened, what may be done now',
      params: ROW,
      async handle({ params }) {
        const row = await rowOf(around, params.row);
        const fourEyes = approvals.needed.includes('resolve-exception');
        return { payment: shownRow(row), ...(await detailOf(around, row)), fourEyes };
      },
    }),
    route({
      method: 'GET',
      path: '/payments/:row/messages',
      permission: 'payments:read',
      summary: 'Every message of it, verified, without what is a person’s',
      params: ROW,
      handle: async ({ params }) => messagesOf(around, await rowOf(around, params.row), false),
    }),
    route({
      method: 'POST',
      path: '/payments/:row/reveal',
      permission: 'payments:reveal',
      summary: 'The same with persons’ data, for a reason that is kept',
      perMinute: 60,
      params: ROW,
      body: closed({ reason: REASON, messages: Type.Optional(Type.Boolean()) }),
      async handle({ actor, params, body, origin }) {
        const row = await rowOf(around, params.row);
        const target = `payment:${row.transferId ?? `row ${row.id}`}`;
        const after = { messages: body.messages === true };
        await commit(
          signIn,
          [],
          [{ actor: actorName(actor), action: 'payment.revealed', target, after, reason: body.reason, address: origin.address }],
        );
        return { payment: shownRow(row, true), ...(body.messages === true && (await messagesOf(around, row, true))) };
      },
    }),
  ];
}

/** @throws Problem `SWITCHED_OFF` */
export async function queriesOf({ payments }: Surroundings): Promise<PaymentQueries> {
  if (payments === undefined) throw switchedOff('Lists of payments need the read model, which is switched off.', 'readModel.enabled');
  return payments();
}

async function rowOf(around: Surroundings, id: number): Promise<ReadRow> {
  const row = await (await queriesOf(around)).payment(id);
  if (row === undefined) throw notFound('payment');
  return row;
}

/** What a payment’s own records say, beside its row. */
export interface ShownDetail {
  /** Absent: there is no transfer yet, and nothing that a person may do. */
  readonly facts?: PaymentDetail['payment'];
  readonly known?: PaymentDetail['known'];
  /** The same as codes with values, for words in any language. */
  readonly said?: PaymentDetail['said'];
  readonly history: PaymentDetail['history'];
  readonly allowed: PaymentDetail['allowed'];
}

async function detailOf({ desk }: Surroundings, { transferId, facets }: ReadRow): Promise<ShownDetail> {
  if (transferId === undefined) return { history: [], allowed: [] };
  const detail = await desk.exception(transferId, facets.direction === 'out' ? 'payer' : 'payee');
  if (detail === undefined) return { history: [], allowed: [] };
  const { payment, known, said, history, allowed } = detail;
  return { facts: payment, known, said, history, allowed };
}

async function messagesOf({ messages }: Surroundings, { transferId, facets }: ReadRow, personal: boolean): Promise<ShownMessages> {
  if (messages === undefined) throw switchedOff('No messages are kept.', 'messages.keepDays');
  return transferId === undefined
    ? { messages: [], remarks: [] }
    : messages(transferId, { flow: facets.direction === 'out' ? 'payer' : 'payee', personal });
}
