import { Decimal } from '../../expression/decimal.ts';
import type { CoreCall } from '../core-double.ts';
import type { Fault } from '../fault.ts';
import { prepare, price } from '../payment.ts';
import type { Candidate, Effect, Rig } from '../rig.ts';
import { type Case, ready, terms } from './case.ts';

const DAY_MS = 86_400_000;

/** PT-06, PT-07: a hold whose payment gets no outcome. */
export function holdCases(candidate: Candidate, rig: Rig): readonly Case[] {
  return [expiry(candidate, rig), unrenewed(candidate, rig)];
}

/** How long after it was made a hold ends, with every renewal that the connector asks for. */
function endsAfterMs({ expiresMs = DAY_MS, renew }: Pick<Effect, 'expiresMs' | 'renew'>): number {
  const renewals = renew === undefined ? 0 : Math.floor((renew.forMs - expiresMs) / (expiresMs / 2));
  return expiresMs * (1 + renewals / 2);
}

/** A payment that is prepared, and of which nothing more is heard for so long: what is wrong. */
async function undecided(candidate: Candidate, ms: number, faults: (call: CoreCall) => Fault | undefined): Promise<readonly string[]> {
  const running = await ready(candidate);
  const transferId = running.transferId();
  const priced = await running.drive(price(running, terms(candidate)));
  if ('code' in priced) return [`there is no quote: ${priced.code}`];
  await running.drive(prepare(running, priced, transferId));
  running.core.fault = (call) => (call.payment === transferId ? faults(call) : undefined);
  await running.time.advance(ms);
  const { held } = running.core.ledger.totals(transferId);
  const state = await running.life.records.state('payee', transferId);
  return [
    ...(held.compare(Decimal.parse(priced.receives)) === 0 ? [] : [`${held} is held`]),
    ...(state?.exception?.code === 'CORE_HOLD_EXPIRES' ? [] : ['no person is told']),
  ];
}

/** PT-07: a hold that is to be kept, and the core does not take it. */
function unrenewed(candidate: Candidate, rig: Rig): Case {
  const hold = rig.effects.find(({ kind }) => kind === 'hold');
  return {
    id: 'PT-07',
    name: 'an outcome that never comes, and a core that does not answer when a hold is renewed: a person is told before it lets go',
    ...(hold?.renew === undefined && { skipped: 'this connector renews no hold' }),
    run: () => undecided(candidate, (hold?.expiresMs ?? DAY_MS) * 0.95, ({ renews }) => (renews ? 'lost-before' : undefined)),
  };
}

/** PT-06: a hold whose payment gets no outcome. */
function expiry(candidate: Candidate, rig: Rig): Case {
  const hold = rig.effects.find(({ kind }) => kind === 'hold');
  return {
    id: 'PT-06',
    name: 'an outcome that never comes: the hold is renewed as long as it can be, a person is told before the core lets go of it, and nothing is released by silence',
    ...(hold === undefined && { skipped: 'this connector holds nothing' }),
    run: () => undecided(candidate, hold === undefined ? 0 : endsAfterMs(hold) - (hold.expiresMs ?? DAY_MS) * 0.05, () => undefined),
  };
}
