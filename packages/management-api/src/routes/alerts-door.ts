/** What one channel was told of an incident. */
export interface ShownDelivery {
  readonly channel: 'webhook' | 'email';
  readonly event: 'began' | 'again' | 'ended';
  /** Milliseconds since the epoch, like each instant here. */
  readonly at: number;
  readonly state: 'owed' | 'sent' | 'refused' | 'held' | 'dropped';
  readonly attempts: number;
  readonly nextAt: number;
  readonly problem?: string;
  readonly sentAt?: number;
}

/** One cause, from its beginning to its end. */
export interface ShownIncident {
  readonly id: string;
  readonly rule: string;
  readonly severity: 'critical' | 'warning';
  readonly code: string;
  readonly reason: string;
  readonly count: number;
  readonly state: 'open' | 'ended';
  readonly since: number;
  readonly endedAt?: number;
  /** How often it came back before it ended. */
  readonly gaps: number;
  readonly acknowledged?: { readonly by: string; readonly at: number; readonly reason: string };
  readonly deliveries: readonly ShownDelivery[];
}

/** A rule as it is in force. */
export interface ShownRule {
  readonly rule: string;
  readonly severity: 'critical' | 'warning';
  readonly on: boolean;
  /** It may come and go within minutes: it is told when it has stood for `beginsAfterMs`, and ends when it is gone for `endsAfterMs`. */
  readonly flaps: boolean;
  /** Page of the portal about it. */
  readonly page: string;
  /** Thresholds by the keys of the configuration. */
  readonly thresholds: Readonly<Record<string, number>>;
}

/** What a channel answered to a test. */
export interface ShownTest {
  readonly channel: 'webhook' | 'email';
  readonly kind: 'sent' | 'failed' | 'refused';
  readonly problem?: string;
}

/** What is in force of the alerts. */
export interface ShownAlertSettings {
  readonly rules: readonly ShownRule[];
  readonly channels: readonly { readonly channel: 'webhook' | 'email'; readonly to: string }[];
  readonly quietHours?: { readonly from: string; readonly to: string; readonly zone: string };
  readonly beginsAfterMs: number;
  readonly endsAfterMs: number;
}

/** Alerts of the process, or of all replicas. */
export interface AlertsDoor {
  /** The newest first; only those that anybody was to be told of. */
  incidents(): Promise<readonly ShownIncident[]>;
  /** Undefined: there is none of this id. */
  acknowledge(id: string, said: { readonly by: string; readonly reason: string }): Promise<ShownIncident | undefined>;
  test(): Promise<readonly ShownTest[]>;
  settings(): ShownAlertSettings;
  /** As `CODE ID`. */
  useMutes(muted: () => Promise<readonly string[]>): void;
}
