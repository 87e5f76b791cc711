/** What the portal knows of answers: types alone, nothing is loaded by them. */
import type { PaymentPage } from '@payment-manager/read-model';
import type { ShownPayment } from './payments/shown-payment.ts';

export type { HistoryLine, PayeeHappening, PayerHappening } from '@payment-manager/mojaloop-connector';
export type { DayTotals, Totals } from '@payment-manager/read-model';
export type { Permission, Role } from './access/permissions.ts';
export type { ShownUser } from './identity/user.ts';
export type { ShownPayment } from './payments/shown-payment.ts';
export type { DayEvent, KeptDifference, ResolvedDifference } from './reconciliation/reconcile-day.ts';
export type { Condition, ShownMessage } from './routes/deps.ts';
export type { ShownException, ShownExceptions, WaitingWish } from './routes/exception-list.ts';
export type { Preview, ShownExceptionDetail } from './routes/exception-routes.ts';
export type { ShownDetail } from './routes/payment-routes.ts';
export type { ListedDay, ShownDay } from './routes/reconciliation-routes.ts';
export type { Me } from './routes/self-routes.ts';
export type { ShownProblem } from './server/problem.ts';

/** `GET /payments` */
export type ShownPage = Omit<PaymentPage, 'payments'> & { readonly payments: readonly ShownPayment[]; readonly behindMs: number };
/** `GET /payments/search`; `as`: what the words were taken for. */
export type FoundPage = Omit<ShownPage, 'behindMs'> & { readonly as?: 'id' | 'party' | 'name' | 'amount' };
