import type { World } from '@payment-manager/runtime';
import type { MessageFaults } from '../../faults/message-faults.ts';
import type { CallLog } from '../call-log.ts';
import type { CoreDatabase } from '../core-database.ts';
import type { CustomerRegister } from '../customer-register.ts';
import type { Ledger } from '../ledger.ts';
import type { CoreSettings } from '../settings.ts';

/** What the simulated Fineract works on: the books of the demo core, which both APIs share. */
export interface FineractParts extends Pick<World, 'clock' | 'timers'> {
  readonly settings: CoreSettings;
  readonly db: CoreDatabase;
  readonly ledger: Ledger;
  readonly customers: CustomerRegister;
  readonly calls: CallLog;
  readonly faults: MessageFaults;
}

/** Below this path a demo core offers the API of Fineract. */
export const FINERACT_PATH = '/fineract-provider/api';

/** Its tenant, and a user of it: what the settings of `connectors/fineract-savings` say. In a sandbox the password is nobody's secret. */
export const FINERACT_TENANT = {
  tenant: 'default',
  user: 'mifos',
  password: 'sandbox-fineract-password',
  /** Payment type of what comes from the scheme. */
  paymentTypeId: 4,
  /** A deposit of tomorrow is refused, and tomorrow begins when it does here. */
  zone: 'Africa/Johannesburg',
} as const;

const DATES = new Intl.DateTimeFormat('en-CA', { timeZone: FINERACT_TENANT.zone, year: 'numeric', month: '2-digit', day: '2-digit' });

/** The tenant's date at an instant: `2026-11-24`. */
export function tenantDate(at: number): string {
  return DATES.format(at);
}

/** As Fineract writes dates: `[2026, 11, 24]`. */
export function dateParts(date: string): readonly number[] {
  return date.split('-').map(Number);
}
