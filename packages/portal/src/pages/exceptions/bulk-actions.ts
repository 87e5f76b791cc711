import type { Preview, ShownException } from '@payment-manager/management-api/types';
import { ask } from '../../api/ask.ts';
import { isUnanswered, problemOf } from '../../api/problem.ts';
import { type Allowed, effectOf, type Flow } from '../../components/effects.ts';
import { sumOf } from '../payments/currency-sums.ts';

/** What may be done with many: what needs a look at each one is not among them. */
export const BULK_CHOICES = ['ask-hub', 'ask-core', 'resend-outcome', 'committed', 'aborted'] as const;
export type BulkChoice = (typeof BULK_CHOICES)[number];

/** What became of one. */
export interface BulkResult {
  readonly id: string;
  readonly flow: Flow;
  /** `unknown`: no answer came; it may have been done. */
  readonly state: 'done' | 'waiting' | 'failed' | 'unknown';
  readonly code?: string;
  readonly message?: string;
}

export type ShownPreview = Preview & { readonly flow: Flow };

/** The action as the API takes it. */
function actOf(choice: BulkChoice): { readonly action: string; readonly as?: 'COMMITTED' | 'ABORTED' } {
  if (choice === 'committed') return { action: 'resolve', as: 'COMMITTED' };
  if (choice === 'aborted') return { action: 'resolve', as: 'ABORTED' };
  return { action: choice };
}

/** What it does for money. */
export function bulkEffect(choice: BulkChoice, flow: Flow): ReturnType<typeof effectOf> {
  const { action, as } = actOf(choice);
  return effectOf(action === 'resolve' ? 'settle' : (action as Allowed['action']), flow, as);
}

/** Ids by role: a DFSP that pays itself has both under one id, and each is asked for by itself. */
export function idsByFlow(rows: readonly Pick<ShownException, 'id' | 'flow'>[]): ReadonlyMap<Flow, readonly string[]> {
  const ids = new Map<Flow, Set<string>>();
  for (const { id, flow } of rows) if (flow === 'payer' || flow === 'payee') ids.set(flow, new Set([...(ids.get(flow) ?? []), id]));
  return new Map([...ids].map(([flow, some]) => [flow, [...some]]));
}

/** What the action would be done to. */
export async function previewBulk(choice: BulkChoice, rows: readonly ShownException[]): Promise<readonly ShownPreview[]> {
  const asked = [...idsByFlow(rows)].map(async ([flow, ids]) => {
    const body = { ...actOf(choice), flow, ids };
    const { payments } = await ask<{ readonly payments: readonly Preview[] }>('POST /exceptions/bulk/preview', { body });
    return payments.map((one) => ({ ...one, flow }));
  });
  return (await Promise.all(asked)).flat();
}

/** Does it to those that were allowed in the preview, each for itself. */
export async function actInBulk(
  choice: BulkChoice,
  allowed: readonly ShownPreview[],
  said: { readonly reason: string; readonly confirmed: boolean },
): Promise<readonly BulkResult[]> {
  const results: BulkResult[] = [];
  for (const [flow, ids] of idsByFlow(allowed)) {
    const body = { ...actOf(choice), flow, ids, reason: said.reason, ...(said.confirmed && { confirmed: true }) };
    results.push(...(await actedOn(body).catch((error) => unanswered(ids, error))).map((one) => ({ ...one, flow })));
  }
  return results;
}

type Acted = Omit<BulkResult, 'flow'>;

async function actedOn(body: object): Promise<readonly Acted[]> {
  return (await ask<{ readonly payments: readonly Acted[] }>('POST /exceptions/bulk', { body })).payments;
}

/** A refusal of all of them; or no answer, after which nobody may believe that nothing was done. */
function unanswered(ids: readonly string[], error: unknown): readonly Acted[] {
  const { shown } = problemOf(error);
  const state = isUnanswered(error) ? 'unknown' : 'failed';
  return ids.map((id) => ({ id, state, code: shown.code }));
}

/** Sums by role and currency. */
export function previewSums(
  some: readonly ShownPreview[],
): readonly { readonly flow: Flow; readonly currency: string; readonly amount: string; readonly count: number }[] {
  const known = some.filter(({ amount }) => amount !== undefined);
  return [...Map.groupBy(known, ({ flow, currency }) => `${flow} ${currency}`).values()].map((group) => {
    const [{ flow, currency = '' }] = group as [ShownPreview];
    return { flow, currency, amount: sumOf(group.map(({ amount = '0' }) => amount)), count: group.length };
  });
}
