import type { PersonActed } from './person.ts';

/** Where a fact comes from. */
export type Teller = 'hub' | 'us' | 'core' | 'person';

/** One fact of a payment, for people. `at` in milliseconds since the epoch. */
export interface HistoryLine {
  readonly at: number;
  readonly who: Teller;
  readonly what: string;
}

/** What a person did, with name and reason. */
export function actedLine({ act, by, reason }: PersonActed): string {
  const what = {
    'ask-hub': 'asked the hub',
    'ask-core': 'asked the core',
    'resend-outcome': 'had the core notified of the outcome once more',
    settle: `resolved it as ${act.action === 'settle' ? act.as : ''}`,
  }[act.action];
  return `${by} ${what}: ${reason}`;
}
