/** What the portal knows of answers: types alone, nothing is loaded by them. */
import type { PaymentPage } from '@payment-manager/read-model';
import type { ShownPayment } from './payments/shown-payment.ts';

export type { HistoryLine, PayeeHappening, PayerHappening, SaidCode, SaidFact } from '@payment-manager/mojaloop-connector';
export type { Cause, DayTotals, Overview, PartSpan, PeerFigures, Series, SeriesPoint, Side, Totals } from '@payment-manager/read-model';
export type { Permission, Role } from './access/permissions.ts';
export type { ApprovedAction } from './approvals/approved-actions.ts';
export type { ApprovalPhase, PlainAction } from './audit/actions.ts';
export type { ShownUser } from './identity/user.ts';
export type { ShownPayment } from './payments/shown-payment.ts';
export type { ShownPosition } from './positions/positions.ts';
export type { ShownDay } from './reconciliation/compare-day.ts';
export type { DayEvent, KeptDifference, ResolvedDifference } from './reconciliation/reconcile-day.ts';
export type { Side as StatementSide } from './reconciliation/statement-source.ts';
export type { ShownAlerts } from './routes/alert-routes.ts';
export type { ShownDelivery, ShownIncident, ShownRule, ShownTest } from './routes/alerts-door.ts';
export type {
  ComparedVersions,
  Condition,
  ReloadedConnector,
  ReplayedPayment,
  ShownCandidate,
  ShownConnector,
  ShownMessage,
  ShownMessages,
  TriedFixture,
} from './routes/deps.ts';
export type { ShownException, ShownExceptions, WaitingWish } from './routes/exception-list.ts';
export type { Preview, ShownExceptionDetail } from './routes/exception-routes.ts';
export type { HistoryAnswer } from './routes/history-routes.ts';
export type { OverviewAnswer, ShownOverview } from './routes/overview-routes.ts';
export type { ShownDetail } from './routes/payment-routes.ts';
export type { PositionsAnswer } from './routes/position-routes.ts';
export type { ListedDay, PullsAnswer, ShownPull } from './routes/reconciliation-routes.ts';
export type { ShownRestored } from './routes/restored-routes.ts';
export type { Me } from './routes/self-routes.ts';
export type { SavedView } from './routes/view-routes.ts';
export type { ShownProblem } from './server/problem.ts';

/** `GET /payments` */
export type ShownPage = Omit<PaymentPage, 'payments'> & { readonly payments: readonly ShownPayment[]; readonly behindMs: number };
/** `GET /payments/search`; `as`: what the words were taken for. */
export type FoundPage = Omit<ShownPage, 'behindMs'> & { readonly as?: 'id' | 'party' | 'name' | 'amount' };
