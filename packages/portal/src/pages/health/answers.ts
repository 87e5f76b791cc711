import type { Condition } from '@payment-manager/management-api/types';

/** `GET /health` */
export interface HealthAnswer {
  readonly ready: boolean;
  readonly parts: Readonly<Record<string, { readonly ok: boolean; readonly detail: string }>>;
  readonly behindMs: number;
}

interface MarkedBy {
  readonly by: string;
  readonly at: number;
  readonly reason: string;
  readonly until: number;
}

/** An alarm of `GET /alarms`, with who has seen it, and until when it is muted. */
export interface Alarm extends Condition {
  readonly acknowledged?: MarkedBy;
  readonly muted?: MarkedBy;
}

/** A certificate of `GET /connection/certificates`. */
export interface ShownCertificate {
  readonly purpose: string;
  readonly keyId: string;
  readonly state: string;
  readonly subject: string;
  readonly validTo: number;
}
