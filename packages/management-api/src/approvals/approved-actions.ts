import type { Permission } from '../access/permissions.ts';

/** What may be done only with four eyes, where the configuration says so. */
export const APPROVED_ACTIONS = {
  'rotate-keys': 'keys:rotate',
  'change-endpoints': 'endpoints:change',
  'reload-connector': 'connector:reload',
  'resolve-exception': 'exceptions:resolve',
  'lift-restored': 'restored:lift',
} as const satisfies Readonly<Record<string, Permission>>;
export type ApprovedAction = keyof typeof APPROVED_ACTIONS;
