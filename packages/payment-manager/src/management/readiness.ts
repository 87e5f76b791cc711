import type { Config } from '@payment-manager/configuration';
import type { Doer, TestRun, TestWish } from '@payment-manager/management-api';
import type { Connection } from '@payment-manager/operations/connection';
import type { Finding } from '@payment-manager/operations/doctor';
import { keepTest, type PartyName, readinessPassed, testReadiness } from '@payment-manager/operations/readiness-test';
import type { World } from '@payment-manager/runtime';
import { type OwnServersElsewhere, partyNamed, readinessOrder } from '../onboarding/readiness-order.ts';

/** Makes readiness tests: `tell` hears how far one is after each step, and of its end; what it came to is kept in the vault. Never rejects. */
export type ReadinessTester = (connection: Connection, wish: TestWish, who: Doer, tell: (run: TestRun) => void) => Promise<void>;

/** For one process; `elsewhere`: another has our servers. */
export function readinessTester(
  config: Config,
  { clock, log, random }: Pick<World, 'clock' | 'log' | 'random'>,
  elsewhere?: OwnServersElsewhere,
): ReadinessTester {
  return async (connection, wish, { by, reason }, tell) => {
    const steps: Finding[] = [];
    const { environment, api } = connection;
    try {
      const { order, close } = await readinessOrder(config, environment, { ...wished(wish), api, running: true, elsewhere });
      try {
        const findings = await testReadiness(order, clock, (finding) => {
          steps.push(finding);
          tell({ running: true, steps: [...steps] });
        });
        await keepTest(environment, config, findings, clock.now(), { by, why: reason });
        tell({ running: false, steps: findings, passed: readinessPassed(findings) });
      } finally {
        await close();
      }
    } catch (error) {
      const failed = error instanceof Error ? error.message : 'it ended in the middle';
      log.warn('a readiness test could not be made', { reason: failed });
      tell({ running: false, steps, failed });
    }
  };

  function wished({ party, payment }: TestWish): Pick<Parameters<typeof readinessOrder>[2], 'lookUp' | 'payment'> {
    const lookUp = party === undefined ? undefined : partyNamed(party);
    const from: PartyName | undefined = payment && partyNamed(payment.payer);
    if (payment === undefined || lookUp === undefined || from === undefined) return { lookUp, payment: undefined };
    const { amount, currency } = payment;
    return { lookUp, payment: { amount, currency, from, to: lookUp, homeTransactionId: `readiness-${random.uuid()}` } };
  }
}
