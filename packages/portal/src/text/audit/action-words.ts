import type { ApprovalPhase, ApprovedAction, PlainAction } from '@payment-manager/management-api/types';
import type { AuditTexts } from './en.ts';

/** What an entry of the audit log says was done, in words; undefined: an action that this version does not know. */
export function actionWords({ plain, approved, phases, approvedPhase }: AuditTexts, action: string): string | undefined {
  if (Object.hasOwn(plain, action)) return plain[action as PlainAction];
  const [thing = '', phase = ''] = action.split('.');
  if (!Object.hasOwn(approved, thing) || !Object.hasOwn(phases, phase)) return undefined;
  return approvedPhase(approved[thing as ApprovedAction], phases[phase as ApprovalPhase]);
}
