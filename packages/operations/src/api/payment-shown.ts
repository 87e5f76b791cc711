import type { PaymentDetail, PaymentFacts, PaymentsPage } from '@payment-manager/mojaloop-connector';
import { RequestRefused } from './route.ts';

/** The cursor of the next page, as text. */
export function cursorOf({ updatedAt, recordId }: NonNullable<PaymentsPage['next']>): string {
  return `${updatedAt}.${recordId}`;
}

/** @throws RequestRefused for what is no cursor of ours */
export function cursorIn(text: string | null): PaymentsPage['next'] | undefined {
  if (text === null) return undefined;
  const [, updatedAt, recordId] = /^(\d{1,16})\.([0-9A-Za-z-]{1,64})$/.exec(text) ?? [];
  if (updatedAt === undefined || recordId === undefined) throw new RequestRefused('after must be the value of next in the previous page.');
  return { updatedAt: Number(updatedAt), recordId };
}

/** Instants as ISO 8601; what the flows call settled is resolved here. */
export function shownFacts({ startedAt, settled, ...facts }: PaymentFacts): object {
  return {
    ...facts,
    startedAt: instant(startedAt),
    ...(settled !== undefined && { resolved: { ...settled, at: instant(settled.at) } }),
  };
}

/** Everything that is known of a payment, and what may be done. */
export function shownDetail({ payment, known, history, allowed }: PaymentDetail): object {
  return {
    payment: shownFacts(payment),
    known,
    history: history.map(({ at, who, what }) => ({ at: instant(at), who, what })),
    allowed: shownAllowed(allowed),
  };
}

/** As actions are called here. */
export function shownAllowed(allowed: PaymentDetail['allowed']): readonly object[] {
  return allowed.map((one) => (one.action === 'settle' ? { ...one, action: 'resolve' } : one));
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
