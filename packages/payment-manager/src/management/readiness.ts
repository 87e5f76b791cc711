import type { Config } from '@payment-manager/configuration';
import type { Doer, TestWish } from '@payment-manager/management-api';
import { notNow } from '@payment-manager/management-api';
import type { Connection } from '@payment-manager/operations/connection';
import type { Finding } from '@payment-manager/operations/doctor';
import { keepTest, type PartyName, readinessPassed, testReadiness } from '@payment-manager/operations/readiness-test';
import type { World } from '@payment-manager/runtime';
import { partyNamed, readinessOrder } from '../onboarding/readiness-order.ts';

/** A readiness test of this process: begun, told step by step, kept at its end. */
export interface ReadinessRun {
  /** @throws Problem where one runs already */
  begin(connection: Connection, wish: TestWish, who: Doer): object;
  /** What has been seen so far by the one that runs, or ran last here; undefined: none did. */
  now(): object | undefined;
}

interface Run {
  readonly startedAt: number;
  readonly by: string;
  readonly steps: Finding[];
  running: boolean;
  passed?: boolean;
  /** It could not be made; why. */
  failed?: string;
}

/** One at a time in each process. */
export function readinessRun(config: Config, { clock, log, random }: Pick<World, 'clock' | 'log' | 'random'>): ReadinessRun {
  let last: Run | undefined;
  return {
    begin(connection, wish, { by, reason }) {
      if (last?.running === true) throw notNow('A test runs already.', 'Wait for its end.');
      const run: Run = { startedAt: clock.now(), by, steps: [], running: true };
      last = run;
      void made(run, connection, wish, { by, why: reason }).catch((error: unknown) => {
        run.failed = error instanceof Error ? error.message : 'it ended in the middle';
        run.running = false;
        log.warn('a readiness test could not be made', { reason: run.failed });
      });
      return { startedAt: run.startedAt };
    },
    now: () => last && { ...last, steps: [...last.steps] },
  };

  async function made(run: Run, { environment, api }: Connection, wish: TestWish, doing: { by: string; why: string }): Promise<void> {
    const { order, close } = await readinessOrder(config, environment, { ...wished(wish), api, running: true });
    try {
      const findings = await testReadiness(order, clock, (finding) => run.steps.push(finding));
      await keepTest(environment, config, findings, clock.now(), doing);
      run.passed = readinessPassed(findings);
      run.running = false;
    } finally {
      await close();
    }
  }

  function wished({ party, payment }: TestWish): Pick<Parameters<typeof readinessOrder>[2], 'lookUp' | 'payment'> {
    const lookUp = party === undefined ? undefined : partyNamed(party);
    const from: PartyName | undefined = payment && partyNamed(payment.payer);
    if (payment === undefined || lookUp === undefined || from === undefined) return { lookUp, payment: undefined };
    const { amount, currency } = payment;
    return { lookUp, payment: { amount, currency, from, to: lookUp, homeTransactionId: `readiness-${random.uuid()}` } };
  }
}
