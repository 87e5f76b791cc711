import type { ApprovedAction } from '../approvals/approved-actions.ts';

/** What became of something that may need a second person, as the audit log says it. */
export type ApprovalPhase = 'asked' | 'approved' | 'refused' | 'withdrawn' | 'begun' | 'done';

/** Everything else that the audit log tells of. */
export type PlainAction =
  | 'user.created'
  | 'user.changed'
  | 'user.reset'
  | 'user.linked'
  | 'user.unlinked'
  | 'link.made'
  | 'password.set'
  | 'second-factor.enrolled'
  | 'passkey.added'
  | 'passkey.removed'
  | 'session.began'
  | 'session.ended'
  | 'sign-in.failed'
  | 'api-key.made'
  | 'api-key.revoked'
  | 'audit.exported'
  | 'payments.exported'
  | 'payment.revealed'
  | 'payment.replay.revealed'
  | 'exception.noted'
  | 'exception.owned'
  | 'exception.ask-hub'
  | 'exception.ask-core'
  | 'day.compared'
  | 'day.resolved'
  | 'day.closed'
  | 'statement.pulled'
  | 'statement.not-pulled'
  | 'position.cap-entered'
  | 'position.cap-removed'
  | 'key.distrusted'
  | 'connection.tested'
  | 'promotion.begun'
  | 'promotion.done'
  | 'restored.report.begun'
  | 'restored.report.done'
  | 'restored.nothing-missing'
  | 'alarm.muted'
  | 'alarm.unmuted'
  | 'alarm.acknowledged'
  | 'incident.acknowledged'
  | 'alerts.test.begun'
  | 'alerts.test.done'
  | 'store.restored';

/**
 * What an entry of the audit log may say was done. A closed list, since the portal has words for each in every language: without them it does not
 * compile. One that is written stays here for ever, since its entries do.
 */
export type AuditAction = PlainAction | `${ApprovedAction}.${ApprovalPhase}`;
