import type { Condition } from '@payment-manager/management-api/types';

/** A part, in the product’s own words, and without words where there is a code; `value`: days, MiB, or an instant. */
export interface Part {
  readonly ok: boolean;
  readonly detail: string;
  readonly code?: string;
  readonly value?: number;
}

/** `GET /health` */
export interface HealthAnswer {
  readonly ready: boolean;
  readonly parts: Readonly<Record<string, Part>>;
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
