import type { ReadRow } from '@payment-manager/read-model';
import { type Approval, waitingWishes } from '../approvals/approvals.ts';
import { type ShownPayment, shownRow } from '../payments/shown-payment.ts';
import { load } from '../store/kept.ts';
import type { Condition, RouteDeps, Surroundings } from './deps.ts';

/** Who looks after an exception, and what people wrote about it. */
export interface Care {
  readonly owner?: string;
  readonly notes: readonly { readonly at: number; readonly by: string; readonly text: string }[];
}

/** What somebody asked for and nobody has agreed to yet. */
export type WaitingWish = Pick<Approval, 'askedBy' | 'askedFor' | 'askedAt' | 'reason'> & {
  readonly approval: string;
  /** The action of `POST /exceptions/:id/act`, and as what it would be resolved. */
  readonly action: string;
  readonly as?: string;
  /** What else they would agree to: what the core calls it, in which role, of what (`seen`), and whether somebody has looked into the core’s books. */
  readonly facts?: string;
  readonly flow?: string;
  readonly seen?: string;
  readonly confirmed?: boolean;
};

/** What needs a person, as the list shows it. */
export interface ShownException extends Condition {
  readonly owner?: string;
  readonly notes: number;
  readonly waiting?: WaitingWish;
  /** As lists of payments show it, persons masked; absent without the read model, and where it is no payment. */
  readonly payment?: ShownPayment;
}

/** `GET /exceptions` */
export interface ShownExceptions {
  readonly exceptions: readonly ShownException[];
  /** There are more than were asked for. */
  readonly more: boolean;
  /** Whether a second person must agree before one is resolved. */
  readonly fourEyes: boolean;
}

/** Rows of the read model in one question: its own limit. */
const ROWS_AT_ONCE = 200;
/** The newest so many are shown with their payment. */
const ROWS_MAX = 1_000;

/** The oldest `limit` of what needs a person, each with all that a list shows of it. */
export async function listExceptions({ around, signIn, approvals }: RouteDeps, limit: number): Promise<ShownExceptions> {
  const found = await around.exceptions({ limit: limit + 1 });
  const listed = found.slice(0, limit);
  // what needs a person is known to the journal: where the read model is not there, its rows are missing, and nothing else
  const [payments, waiting] = await Promise.all([rowsOf(around).catch(() => new Map<string, ReadRow>()), wishes(approvals)]);
  const shown = listed.map(async (row): Promise<ShownException> => {
    const { owner, notes = [] } = (await load<Care>(signIn, 'note', row.id))?.value ?? {};
    const payment = payments.get(`${row.flow} ${row.id}`);
    const wish = waiting.get(`payment:${row.id}`);
    return {
      ...row,
      ...(owner !== undefined && { owner }),
      notes: notes.length,
      ...(wish !== undefined && { waiting: wish }),
      ...(payment !== undefined && { payment: shownRow(payment) }),
    };
  });
  return { exceptions: await Promise.all(shown), more: found.length > limit, fourEyes: approvals.needed.includes('resolve-exception') };
}

/** Wishes that wait, by target. */
export async function wishes(approvals: RouteDeps['approvals']): Promise<ReadonlyMap<string, WaitingWish>> {
  const all = await waitingWishes(approvals, 'resolve-exception');
  return new Map(
    all.map(({ id, value: { target, values, askedBy, askedFor, askedAt, reason } }) => {
      const { act } = values as { readonly act: Pick<WaitingWish, 'action' | 'as' | 'facts' | 'flow' | 'seen' | 'confirmed'> };
      return [target, { approval: id, askedBy, ...(askedFor !== undefined && { askedFor }), askedAt, reason, ...act }] as const;
    }),
  );
}

/** Rows of payments that need a person, by flow and transferId. */
async function rowsOf({ payments }: Surroundings): Promise<ReadonlyMap<string, ReadRow>> {
  const rows = new Map<string, ReadRow>();
  if (payments === undefined) return rows;
  const queries = await payments();
  let after: number | undefined;
  do {
    const page = await queries.list({ attention: 'exception', limit: ROWS_AT_ONCE, ...(after !== undefined && { after }) });
    for (const row of page.payments) rows.set(`${row.facets.direction === 'out' ? 'payer' : 'payee'} ${row.transferId}`, row);
    after = page.next;
  } while (after !== undefined && rows.size < ROWS_MAX);
  return rows;
}
