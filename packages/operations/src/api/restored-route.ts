import { dataTypes, formatAmount, parseAmount } from '@payment-manager/fspiop';
import type { RestoredMark } from '@payment-manager/journal';
import type { NotAllowed, RestoredDesk, StatementRow } from '@payment-manager/mojaloop-connector';
import type { HttpResponse } from '@payment-manager/runtime';
import Type from 'typebox';
import { answer } from '../access/answer.ts';
import { CURRENCY_PATTERN, ID_PATTERN, words } from './read-body.ts';
import { type Route, withBody } from './route.ts';

/** Rows of a report in one request. */
export const ROWS_AT_ONCE = 10;

type SentRow = readonly [
  transferId: string,
  direction: StatementRow['direction'],
  amount: string,
  currency: string,
  state: StatementRow['state'],
  homeTransactionId?: string,
];

/** A list whose last element may be left out, which `Type.Tuple` does not have. */
const SENT_ROW = Type.Unsafe<SentRow>({
  type: 'array',
  minItems: 5,
  additionalItems: false,
  items: [
    Type.String({ pattern: ID_PATTERN }),
    Type.Enum(['in', 'out']),
    dataTypes.Amount,
    Type.String({ pattern: CURRENCY_PATTERN }),
    Type.Enum(['RESERVED', 'COMMITTED', 'ABORTED']),
    Type.String(),
  ],
});

const FROM = Type.Enum(['hub', 'core']);
const COUNT = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const [BY, REASON] = [words(100), words(500)];

const RESTORED_BODY = {
  member: 'act',
  of: {
    take: Type.Object({ act: Type.Literal('take'), from: FROM, rows: Type.Array(SENT_ROW, { maxItems: ROWS_AT_ONCE }) }),
    'read-in': Type.Object({ act: Type.Literal('read-in'), from: FROM, transfers: COUNT, made: COUNT, digest: words(64), by: BY }),
    'nothing-missing': Type.Object({ act: Type.Literal('nothing-missing'), by: BY, reason: REASON }),
    lift: Type.Object({ act: Type.Literal('lift'), by: BY, reason: REASON }),
  },
} as const;

/**
 * What a person does about a journal that was put back to an older copy:
 *
 * - `GET /journal/restored`: the last restore, or `{}`
 * - `POST /journal/restored`: `{act: "take", from, rows: [[transferId, direction, amount, currency, state, homeTransactionId?], …]}` answers `{made}`;
 *   `{act: "read-in", from, transfers, made, digest, by}`, `{act: "nothing-missing", by, reason}` and `{act: "lift", by, reason}` answer
 *   the restore as it is then
 */
export function restoredRoutes(desk: RestoredDesk): readonly Route[] {
  const path = '/journal/restored';
  return [
    { method: 'GET', path, handle: async () => answer(200, shown(desk.last())) },
    withBody({
      method: 'POST',
      path,
      acts: true,
      body: RESTORED_BODY,
      whenNotStored: 'repeat the same request',
      async handle({ body }) {
        switch (body.act) {
          case 'take': {
            const taken = await desk.take(body.rows.map(readRow), body.from);
            return typeof taken === 'string' ? notAllowed(taken) : answer(200, taken);
          }
          case 'read-in': {
            const { from, transfers, made, digest, by } = body;
            return asItIs(await desk.readIn({ from, transfers, made, digest: digest.trim(), by: by.trim() }));
          }
          case 'nothing-missing':
            return asItIs(await desk.nothingMissing({ by: body.by.trim(), reason: body.reason.trim() }));
          case 'lift':
            return asItIs(await desk.lift({ by: body.by.trim(), reason: body.reason.trim() }));
        }
      },
    }),
  ];
}

function asItIs(done: RestoredMark | NotAllowed): HttpResponse {
  return typeof done === 'string' ? notAllowed(done) : answer(200, shown(done));
}

function notAllowed(why: NotAllowed): HttpResponse {
  return answer(409, { code: why.toUpperCase().replaceAll('-', '_'), message: REFUSALS[why] });
}

const REFUSALS: Readonly<Record<NotAllowed, string>> = {
  'not-restored': 'The journal is not marked as restored, or the mark was lifted.',
  'not-accounted':
    'The transfers between copy and restore are not known yet: read in the report of the hub or the statement of the core (--report), or say that there were none (--nothing-missing).',
  changed: 'Somebody else changed it in the same moment: look again.',
};

function readRow([transferId, direction, amount, currency, state, homeTransactionId]: SentRow): StatementRow {
  const row = { transferId, direction, amount: parseAmount(amount), currency, state };
  return homeTransactionId === undefined ? row : { ...row, homeTransactionId };
}

/** A row of a report as it is sent. */
export function sentRow({ transferId, direction, amount, currency, state, homeTransactionId }: StatementRow): readonly string[] {
  return [transferId, direction, formatAmount(amount), currency, state, ...(homeTransactionId === undefined ? [] : [homeTransactionId])];
}

function shown(mark: RestoredMark | undefined): object {
  if (mark === undefined) return {};
  const { number, sign, reason, at, lastEventAt, accounted, lifted } = mark;
  const instant = (ms: number): string => new Date(ms).toISOString();
  return {
    number,
    sign,
    reason,
    at: instant(at),
    ...(lastEventAt > 0 && { lastEventAt: instant(lastEventAt) }),
    accounted,
    ...(lifted !== undefined && { lifted: { ...lifted, at: instant(lifted.at) } }),
  };
}
