import type { AlarmCode } from '@payment-manager/runtime';

/** What the scheme's Connection Manager and we exchange; each has a reconciler of its own. In the order of onboarding. */
export const ARTEFACTS = [
  'OAUTH',
  'HUB_CA',
  'DFSP_CA',
  'DFSP_CLIENT_CERT',
  'DFSP_SERVER_CERT',
  'HUB_CLIENT_CERT',
  'DFSP_JWS',
  'PEER_JWS',
  'ENDPOINTS',
] as const;

export type Artefact = (typeof ARTEFACTS)[number];

/** What can be renewed before its time. */
export type Renewable = Extract<Artefact, 'DFSP_CLIENT_CERT' | 'DFSP_SERVER_CERT' | 'DFSP_JWS' | 'DFSP_CA' | 'HUB_CLIENT_CERT'>;

/**
 * Why a condition is what it is; `docs/errors.md` says what to do. The first eight are those of the way to the Connection Manager
 * (`ConnectionFault`), the others of what came over it.
 */
export type ReasonCode =
  | 'UNREACHABLE'
  | 'TLS'
  | 'TOKEN'
  | 'REFUSED'
  | 'NOT_FOUND'
  | 'INVALID'
  | 'SERVER_ERROR'
  | 'GARBAGE'
  | 'IN_ORDER'
  | 'STARTING'
  | 'IN_PROGRESS'
  | 'LEADER_ACTS'
  | 'WAITING_FOR_HUB'
  | 'WAITING_FOR_DFSP_CA'
  | 'WAITING_FOR_HUB_CA'
  | 'WAITING_FOR_PEERS'
  | 'HUB_HAS_NO_CA'
  | 'HUB_CA_UNUSABLE'
  | 'CERTIFICATE_UNUSABLE'
  | 'CERTIFICATE_LAPSED'
  | 'NOT_ACCEPTED'
  | 'REQUEST_REFUSED'
  | 'FOREIGN_KEY'
  | 'HUB_KEY_CHANGED'
  | 'SIGNING_LIMITED'
  | 'PEER_KEYS_UNUSABLE'
  | 'PEER_LIST_SUSPECT'
  | 'PIN_BROKEN'
  | 'CONFIGURATION_INCOMPLETE'
  | 'VAULT_FAILED'
  | 'DEFECT';

/** How one artefact stands. */
export interface Condition {
  readonly artefact: Artefact;
  /** `Ready`: in use and in order. `Progressing`: on its way, or somebody else has to act. `Failed`: it does not go on as it should. */
  readonly state: 'Ready' | 'Progressing' | 'Failed';
  readonly reason: ReasonCode;
  /** One or two sentences for people. No secrets. */
  readonly message: string;
  /** What to do, when somebody can do something. */
  readonly nextStep?: string;
  /** Since when it is in that state for that reason, milliseconds since the epoch. */
  readonly since: number;
  /** When it is looked at again, milliseconds since the epoch. */
  readonly nextAttempt?: number;
  /** One line each: the server's validations in full, peers that were refused, … */
  readonly details?: readonly string[];
}

/** What a reconciler says of itself; the loop adds the times. */
export type Standing = Omit<Condition, 'artefact' | 'since' | 'nextAttempt'>;

/** A certificate that matters to the connection, whoever's it is. */
export interface WatchedCertificate {
  readonly artefact: Artefact;
  /** What it is, for people: `our client certificate`, `CA of the hub (CN=…)`. */
  readonly name: string;
  readonly fingerprint: string;
  /** Validity, milliseconds since the epoch. */
  readonly validFrom: number;
  readonly validTo: number;
}

/** Why somebody should look. */
export type ConnectionAlarmCode = Extract<
  AlarmCode,
  | 'CERTIFICATE_EXPIRING'
  | 'CERTIFICATE_EXPIRED'
  | 'ARTEFACT_FAILING'
  | 'PEER_KEYS_MISSING'
  | 'FOREIGN_KEY_SEEN'
  | 'HUB_KEY_CHANGED'
  | 'TRUST_WAITS'
  | 'SIGNING_LIMITED'
>;

/** Something that somebody should look at before it breaks the connection. */
export interface Alarm {
  readonly code: ConnectionAlarmCode;
  readonly artefact: Artefact;
  /** Stays the same while the alarm goes on and its urgency does not change. */
  readonly id: string;
  readonly severity: 'warning' | 'critical';
  readonly message: string;
  readonly nextStep: string;
  /** Since when, milliseconds since the epoch. */
  readonly since: number;
}
