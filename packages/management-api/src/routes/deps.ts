import type { ExceptionsDoor, RestoredDesk } from '@payment-manager/mojaloop-connector';
import type { HistoryStore, PaymentQueries } from '@payment-manager/read-model';
import type { BusinessDaySettings } from '@payment-manager/runtime';
import type { ApprovalsDeps } from '../approvals/approvals.ts';
import type { RelyingParty } from '../identity/passkeys.ts';
import type { SignInDeps } from '../identity/sign-in.ts';
import type { StatementSources } from '../reconciliation/statement-source.ts';
import type { SingleSignOn } from '../single-sign-on/sign-in-by-provider.ts';
import type { AlertsDoor } from './alerts-door.ts';
import type { ConnectionDoor, PromotionDoor } from './connection-door.ts';
import type { ConnectorDoor } from './connector-door.ts';

export type * from './alerts-door.ts';
export type * from './connection-door.ts';
export type * from './connector-door.ts';

/** A condition as the operations API shows it. */
export interface Condition {
  readonly id: string;
  readonly level?: string;
  readonly code: string;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly flow?: string;
}

/** What came of loading a connector anew; `refused`: the former version goes on. */
export type ReloadedConnector =
  | { readonly kind: 'loaded'; readonly version: string; readonly former: string; readonly smoke: number }
  | { readonly kind: 'unchanged'; readonly version: string }
  | { readonly kind: 'refused'; readonly version: string; readonly problems: readonly string[] };

/** Statements that are pulled, and whether, and how long after its end, each day’s are pulled without a person. */
export interface StatementPulls {
  readonly sources: StatementSources;
  readonly daily: boolean;
  readonly afterDayMs: number;
}

interface ConditionsQuery {
  readonly limit: number;
  readonly id?: string;
}

/** A message of a payment, as far as whoever asks may see it. Bodies are text. */
export interface ShownMessage {
  /** ISO 8601 */
  readonly at: string;
  readonly direction: 'in' | 'out';
  readonly side: 'hub' | 'core';
  /** Of a core behind a connector: which of its back ends. */
  readonly backEnd?: string;
  readonly method: string;
  readonly target: string;
  readonly attempt?: number;
  readonly tookMs: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly bodyBytes: number;
  readonly answer?: { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string };
  readonly failure?: string;
  /** What was verified, with which result, each in a sentence. */
  readonly checks: readonly { readonly what: string; readonly result: 'passed' | 'failed' | 'skipped'; readonly says: string }[];
}

/** The messages of a payment, and why some may be missing: sentences of the product. */
export interface ShownMessages {
  readonly messages: readonly ShownMessage[];
  readonly remarks: readonly string[];
}

/** What the rest of the process offers: looked at and acted on, never reached around. */
export interface Surroundings {
  readonly fspId: string;
  readonly environment: string;
  readonly sandbox: boolean;
  readonly businessDay: BusinessDaySettings;
  /** Undefined: the read model is switched off. */
  readonly payments: (() => Promise<PaymentQueries>) | undefined;
  /** What every process kept of latency and health. Undefined: the read model is switched off. */
  readonly history: (() => Promise<HistoryStore>) | undefined;
  /** From this share of a net debit cap on a position is near it: 1 to 100. */
  readonly positionWarnPercent: number;
  /** How far the rows are behind, milliseconds. */
  readonly behind: () => number;
  readonly desk: ExceptionsDoor;
  /** Whose statements can be pulled; absent: nobody’s. */
  readonly statements?: StatementPulls | undefined;
  exceptions(query: ConditionsQuery): Promise<readonly Condition[]>;
  alarms(query: ConditionsQuery): Promise<readonly Condition[]>;
  /** Undefined: they are switched off. */
  readonly alerts: AlertsDoor | undefined;
  readonly restored: RestoredDesk;
  /** A payment’s messages, verified, and why some may be missing; persons’ data only where `personal`. Undefined: none are kept. */
  readonly messages:
    | ((id: string, query: { readonly flow?: 'payer' | 'payee'; readonly personal: boolean }) => Promise<ShownMessages>)
    | undefined;
  readiness(): Promise<{ readonly ready: boolean; readonly parts: object }>;
  /** Called after each batch that was stored; returns what ends it. */
  onStored(listener: () => void): () => void;
  /** What is in force, secrets masked, with where each value came from. */
  configuration(): readonly object[];
  /** `none`: keys are files; undefined: it is being started. */
  connection(): ConnectionDoor | 'none' | undefined;
  /** Undefined: the configuration has one environment alone, or is no file. */
  readonly promotion: PromotionDoor | undefined;
  /** Looks at the connector to the core; absent: the core is reached over HTTP. */
  readonly connector?: ConnectorDoor | undefined;
  /** Loads it anew. */
  readonly reloadConnector: (() => Promise<ReloadedConnector>) | undefined;
}

/** What routes are made of. */
export interface RouteDeps {
  readonly signIn: SignInDeps;
  readonly approvals: ApprovalsDeps;
  /** Where the portal is; known once it listens. */
  readonly party: () => RelyingParty;
  readonly around: Surroundings;
  /** Undefined: it is not configured. */
  readonly singleSignOn: SingleSignOn | undefined;
}
