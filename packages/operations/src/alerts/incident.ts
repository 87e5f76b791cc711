import type { AlertRuleName } from '@payment-manager/configuration';
import type { Severity } from './alert-rules.ts';

/** How somebody is told. */
export const CHANNELS = ['webhook', 'email'] as const;
export type ChannelName = (typeof CHANNELS)[number];

/** `again`: there is more of it than was told. */
export type IncidentEvent = 'began' | 'again' | 'ended';

/** Something that one channel is told of an incident. */
export interface Delivery {
  readonly channel: ChannelName;
  readonly event: IncidentEvent;
  /** Milliseconds since the epoch, like each instant here. */
  readonly at: number;
  /** `held`: it began and ended within quiet hours, and nobody was told. `dropped`: the channel did not take it for three days. */
  readonly state: 'owed' | 'sent' | 'refused' | 'held' | 'dropped';
  readonly attempts: number;
  /** Not before then. */
  readonly nextAt: number;
  /** What the last attempt came to; in our own words, no answer of anybody. */
  readonly problem?: string;
  readonly sentAt?: number;
}

/** One cause, from its beginning to its end, with who was told and who looks after it. */
export interface Incident {
  readonly id: string;
  readonly key: string;
  readonly rule: AlertRuleName;
  readonly severity: Severity;
  readonly code: string;
  readonly reason: string;
  readonly count: number;
  /** `pending`: not for long enough yet to be told. */
  readonly state: 'pending' | 'open' | 'ended';
  readonly since: number;
  readonly newest: number;
  /** When it was seen last, and for how long altogether. */
  readonly seenAt: number;
  readonly presentMs: number;
  /** How often it came back while it was open or pending. */
  readonly gaps: number;
  readonly openedAt?: number;
  /** When its cause was last seen; that it has ended is known only after a while without it. */
  readonly endedAt?: number;
  /** What was told last, so that more of it can be told. */
  readonly told?: { readonly at: number; readonly count: number; readonly newest: number };
  readonly acknowledged?: { readonly by: string; readonly at: number; readonly reason: string };
  readonly deliveries: readonly Delivery[];
}

/** Everything that is kept of incidents, as one document. */
export type Incidents = readonly Incident[];

/** Ended ones that are kept; above it the oldest are forgotten. */
export const ENDED_KEPT = 300;
/** Open and pending ones; above it new causes are not told one by one (each stays an alarm). */
export const STANDING_MOST = 200;

/** Whether somebody is still to be told something. */
export function isOwed({ deliveries }: Pick<Incident, 'deliveries'>): boolean {
  return deliveries.some(({ state }) => state === 'owed');
}
