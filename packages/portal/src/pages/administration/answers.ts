import type { Role, ShownUser } from '@payment-manager/management-api/types';

/** One of `GET /approvals` */
export interface ShownApproval {
  readonly id: string;
  readonly action: string;
  readonly target: string;
  readonly values: unknown;
  readonly reason: string;
  readonly askedBy: string;
  /** Of one that a machine's key asked for: who made the key. */
  readonly askedFor?: string;
  readonly askedAt: number;
  readonly state: 'waiting' | 'approved' | 'refused' | 'withdrawn' | 'done' | 'failed' | 'over';
  readonly decidedBy?: string;
  readonly note?: string;
}

/** `GET /approvals` */
export interface ApprovalsAnswer {
  readonly needed: readonly string[];
  readonly approvals: readonly ShownApproval[];
}

/** `GET /users` */
export interface UsersAnswer {
  readonly users: readonly ShownUser[];
}

/** One of `GET /users/:name/sessions` */
export interface UserSession {
  readonly id: string;
  readonly createdAt: number;
  readonly lastSeen: number;
  readonly address: string;
}

/** One of `GET /api-keys` */
export interface ShownApiKey {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly expires: number;
}

/** One of `GET /audit` */
export interface AuditEntry {
  readonly seq: number;
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly before?: unknown;
  readonly after?: unknown;
  readonly reason?: string;
  readonly address?: string;
}

/** `GET /audit/proof` */
export interface AuditProof {
  readonly entries: number;
  readonly head: string;
  readonly broken?: { readonly seq: number; readonly why: string };
}

/** One of `GET /configuration` */
export interface EffectiveKey {
  readonly path: string;
  readonly value: string;
  readonly origin: string;
}
