import type { Permission } from '@payment-manager/management-api/types';
import type { IconName } from '../components/icon.tsx';
import type { FrameTexts } from '../text/frame/en.ts';

/** A page in the navigation and in the command palette. */
export interface NavigationEntry {
  /** Where it is; a route of `pages/routes.ts`. */
  readonly to: string;
  readonly text: keyof FrameTexts['pages'];
  readonly icon: IconName;
  /** Who may not is not shown it. */
  readonly permission: Permission;
}

/** In the order in which they are shown. Whoever adds a page adds its line. */
export const NAVIGATION: readonly NavigationEntry[] = [
  { to: '/overview', text: 'overview', icon: 'overview', permission: 'payments:read' },
  { to: '/payments', text: 'payments', icon: 'payments', permission: 'payments:read' },
  { to: '/exceptions', text: 'exceptions', icon: 'exceptions', permission: 'exceptions:read' },
  { to: '/reconciliation', text: 'reconciliation', icon: 'reconciliation', permission: 'reconciliation:read' },
  { to: '/positions', text: 'positions', icon: 'positions', permission: 'payments:read' },
  { to: '/connection', text: 'connection', icon: 'connection', permission: 'connection:read' },
  { to: '/connector', text: 'connector', icon: 'connector', permission: 'connector:read' },
  { to: '/health', text: 'health', icon: 'health', permission: 'overview:read' },
  { to: '/technical', text: 'technical', icon: 'technical', permission: 'overview:read' },
  { to: '/alerts', text: 'alerts', icon: 'bell', permission: 'overview:read' },
  { to: '/administration', text: 'administration', icon: 'administration', permission: 'approvals:read' },
];
