import type { Clock } from '@payment-manager/runtime';
import type { NewEntry } from '../store/management-store.ts';
import type { AuditAction } from './actions.ts';

/** What an entry says. Values before and after are what may be shown: no secret, no personal data. */
export interface Said {
  /** As `actorName` calls who did it; `nobody` before a sign-in. */
  readonly actor: string;
  readonly action: AuditAction;
  /** Like `user:amara`, `payment:52e5…`. */
  readonly target: string;
  readonly before?: unknown;
  readonly after?: unknown;
  readonly reason?: string;
  /** Where it was asked from. */
  readonly address?: string;
}

const TEXT_MAX = 16_384;

/** An entry as it is chained: its members always in this order. What would be too long is named instead of shown. */
export function entryOf({ actor, action, target, before, after, reason, address }: Said, clock: Pick<Clock, 'now'>): NewEntry {
  const at = clock.now();
  const whole = JSON.stringify({ at, actor, action, target, before, after, reason, address });
  const text = whole.length <= TEXT_MAX ? whole : JSON.stringify({ at, actor, action, target, tooLong: whole.length, reason, address });
  return { at, actor, action, target, text };
}
