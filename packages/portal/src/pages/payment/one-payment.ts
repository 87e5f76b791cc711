import type { ShownDetail, ShownPayment } from '@payment-manager/management-api/types';

/** A payment with all that its own records say. */
export interface OnePayment extends ShownDetail {
  readonly payment: ShownPayment;
  /** Whether what a person decides waits for a second one. */
  readonly fourEyes: boolean;
}
