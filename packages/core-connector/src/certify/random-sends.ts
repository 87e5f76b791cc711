import { seededRandom } from '@payment-manager/runtime';
import { Decimal } from '../expression/decimal.ts';
import { bookedIn, bookedSum, unequalRepeats } from './judge-payment.ts';
import { atRandom, chancesOf, KILLED, type PayAtRandom, WELL_AFTER_MS } from './random-payments.ts';
import type { Candidate, Rig } from './rig.ts';
import { faultsOfSend, type SendTerms, sendMoney, sendRest, sendRig } from './send-payment.ts';

/** On one journal and core, many at once. */
const TOGETHER = 25;
const FAULTY_SCHEME = 0.1;

/**
 * As often pays one of our own customers, with random faults of core and scheme and random kills, customers who change their mind among them; then
 * all is well, and all must be over.
 */
export const sendAtRandom: PayAtRandom = atRandom(TOGETHER, together);

async function together(candidate: Candidate, count: number, seed: number) {
  const rig = await sendRig(candidate, seed);
  const random = seededRandom(seed + 2);
  const before = bookedSum(rig.core);
  const met = disturb(rig, candidate, () => random.fraction());
  const { amounts } = candidate.plan;
  const sent = Array.from({ length: count }, async (_, index) => {
    await rig.pause(random.fraction() * 60_000);
    const word = random.fraction();
    const terms: SendTerms = {
      amount: amounts[Math.floor(random.fraction() * amounts.length)] ?? '1',
      amountType: random.fraction() < 0.5 ? 'SEND' : 'RECEIVE',
      wanted: random.fraction() < 0.6 ? 'committed' : 'not-committed',
      word: word < 0.85 ? 'accepts' : word < 0.95 ? 'refuses' : 'never',
    };
    const home = `home-${index}`;
    return { home, transferId: await sendMoney(rig, terms, home) };
  });
  rig.time.after(WELL_AFTER_MS, () => {
    rig.core.fault = () => undefined;
    rig.scheme.fault = () => undefined;
    rig.killed = () => false;
  });
  const all = await rig.drive(Promise.all(sent));
  await rig.drive(sendRest(rig));
  const faults = [...unequalRepeats(rig)];
  let records = Decimal.of(0n);
  let outcomes = Decimal.of(0n);
  const ends = { committed: 0, aborted: 0, refused: 0 };
  for (const { home, transferId } of all) {
    faults.push(...(await faultsOfSend(rig, transferId, home)).map((fault) => `${home}: ${fault}`));
    const made = [...rig.scheme.made.values()].filter((each) => each.homeTransactionId === home);
    const core = transferId === undefined ? undefined : await rig.life.records.state('payer', transferId);
    const state = transferId === undefined ? undefined : await rig.life.sends.state(transferId);
    if (core !== undefined) records = records.add(bookedIn(core));
    const committed = made.some((each) => each.state === 'committed');
    if (committed) outcomes = outcomes.add(Decimal.parse(state?.total ?? '0'));
    ends[committed ? 'committed' : made.some(({ acceptedAt }) => acceptedAt !== undefined) ? 'aborted' : 'refused']++;
  }
  return { ...ends, kills: rig.kills, faultsMet: met(), faults, sums: { ledger: bookedSum(rig.core).subtract(before), records, outcomes } };
}

/** Faults and kills at random from now on; answers how many faults came. */
function disturb(rig: Rig, candidate: Candidate, chance: () => number): () => number {
  const chances = chancesOf(candidate, rig.payerEffects);
  let met = 0;
  rig.core.fault = (call) => {
    const fault = chances(call, chance);
    if (fault !== undefined) met++;
    return fault;
  };
  rig.scheme.fault = () => {
    if (chance() > FAULTY_SCHEME) return undefined;
    met++;
    return chance() < 0.5 ? 'lost-before' : 'lost-after';
  };
  rig.killed = () => chance() < KILLED;
  return () => met;
}
