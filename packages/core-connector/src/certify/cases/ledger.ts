import { Decimal } from '../../expression/decimal.ts';
import { faultsOf, unequalRepeats } from '../judge-payment.ts';
import { notify, pay, price, transfer } from '../payment.ts';
import type { Candidate } from '../rig.ts';
import { type Cases, meet, ready, rest, stepsOf, terms } from './case.ts';

const MINUTE_MS = 60_000;
const TIMES = 6;
const AT_ONCE = 20;

/** LT and DT: what the ledger of the core says, and that what is said twice is done once. */
export const ledgerCases: Cases = (candidate) => [
  { id: 'LT-01', name: 'a payment that is committed: the whole amount, once, to its customer', run: () => plain(candidate, 'COMMITTED') },
  { id: 'LT-02', name: 'a payment that is aborted: nothing is booked and nothing held', run: () => plain(candidate, 'ABORTED') },
  {
    id: 'LT-03',
    name: 'a prepare that the core refuses: nothing is booked and nothing held',
    ...refusable(candidate),
    run: () => refused(candidate),
  },
  { id: 'DT-01', name: `the same prepare ${TIMES} times: one effect, one answer`, run: () => again(candidate, false) },
  { id: 'DT-02', name: `the same prepare ${AT_ONCE} times at once: one effect, one answer`, run: () => again(candidate, true) },
  {
    id: 'DT-03',
    name: 'another content under the same transferId: refused with 3106',
    ...refusable(candidate),
    run: () => otherContent(candidate),
  },
  { id: 'DT-04', name: `COMMITTED ${TIMES} times: one effect`, run: () => toldAgain(candidate, 'COMMITTED') },
  {
    id: 'DT-05',
    name: `ABORTED ${TIMES} times, and then COMMITTED: one effect, and no contrary`,
    run: () => toldAgain(candidate, 'ABORTED'),
  },
  {
    id: 'DT-06',
    name: 'an outcome without a prepare moves no money by an abort, and is never silence after a commit',
    run: () => untold(candidate),
  },
  { id: 'DT-08', name: 'two transfers whose ids begin alike are two', run: () => alike(candidate) },
];

function refusable({ connector }: Candidate): { readonly skipped?: string } {
  const moves = [...connector.effects.values()].some(({ operation }) => operation === 'transfer.prepare');
  return moves ? {} : { skipped: 'the prepare of this connector moves no money' };
}

async function plain(candidate: Candidate, wanted: 'COMMITTED' | 'ABORTED'): Promise<readonly string[]> {
  const rig = await ready(candidate);
  const faults: string[] = [];
  for (const [nth] of candidate.plan.amounts.entries()) {
    const what = terms(candidate, wanted, nth);
    const paid = await rig.drive(pay(rig, what));
    if (!paid.taken) faults.push(`${what.amount} was not taken: ${paid.code ?? 'no reason'}`);
    faults.push(...(await faultsOf(rig, paid)));
    const postings = rig.core.ledger.postings.filter(({ payment, state }) => payment === paid.transferId && state === 'DONE');
    if (wanted === 'COMMITTED' && postings.length === 0)
      faults.push('no posting says for which payment it is: it could not be found again');
  }
  return [...faults, ...unequalRepeats(rig), ...rig.core.strays.map((stray) => `the core has no ${stray}`)];
}

async function refused(candidate: Candidate): Promise<readonly string[]> {
  const rig = await ready(candidate);
  const transferId = rig.transferId();
  const kind = stepsOf(rig, 'COMMITTED')[0]?.kind ?? 'hold';
  meet(rig, transferId, { [kind]: ['refuse'] });
  const paid = await rig.drive(pay(rig, terms(candidate), { transferId }));
  return paid.taken ? ['the core refused, and the payment was taken'] : faultsOf(rig, paid);
}

async function again(candidate: Candidate, atOnce: boolean): Promise<readonly string[]> {
  const rig = await ready(candidate);
  const priced = await rig.drive(price(rig, terms(candidate)));
  if ('code' in priced) return [`there is no quote: ${priced.code}`];
  const id = rig.transferId();
  const one = () => transfer(rig, priced, id, rig.time.now() + MINUTE_MS);
  const said: string[] = [];
  if (atOnce) said.push(...(await rig.drive(Promise.all(Array.from({ length: AT_ONCE }, one)))).map((told) => JSON.stringify(told)));
  else for (let nth = 0; nth < TIMES; nth++) said.push(JSON.stringify(await rig.drive(one())));
  const faults = new Set(said).size === 1 ? [] : ['its answers differ'];
  await rig.drive(notify(rig, priced, id, 'COMMITTED'));
  return [
    ...faults,
    ...(await faultsOf(rig, {
      transferId: id,
      receives: priced.receives,
      taken: true,
      outcome: 'COMMITTED',
      ended: true,
      code: undefined,
    })),
  ];
}

async function otherContent(candidate: Candidate): Promise<readonly string[]> {
  const rig = await ready(candidate);
  const [first, second] = [await rig.drive(price(rig, terms(candidate))), await rig.drive(price(rig, terms(candidate, 'COMMITTED', 1)))];
  if ('code' in first || 'code' in second) return ['there is no quote'];
  const id = rig.transferId();
  await rig.drive(transfer(rig, first, id, rig.time.now() + MINUTE_MS));
  const before = rig.core.ledger.postings.length;
  const told = await rig.drive(transfer(rig, second, id, rig.time.now() + MINUTE_MS));
  const faults = told !== 'died' && told.kind === 'rejected' && told.refusal.code === '3106' ? [] : ['it is not refused with 3106'];
  return rig.core.ledger.postings.length === before ? faults : [...faults, 'it had an effect'];
}

async function toldAgain(candidate: Candidate, outcome: 'COMMITTED' | 'ABORTED'): Promise<readonly string[]> {
  const rig = await ready(candidate);
  const priced = await rig.drive(price(rig, terms(candidate)));
  if ('code' in priced) return [`there is no quote: ${priced.code}`];
  const id = rig.transferId();
  await rig.drive(transfer(rig, priced, id, rig.time.now() + MINUTE_MS));
  const faults: string[] = [];
  for (let nth = 0; nth < TIMES; nth++) {
    const told = await rig.drive(notify(rig, priced, id, outcome));
    if (told === 'died' || told.kind !== 'ok') faults.push(`${outcome} for the ${nth + 1}th time is ${told === 'died' ? told : told.kind}`);
  }
  const contrary = await rig.drive(notify(rig, priced, id, outcome === 'COMMITTED' ? 'ABORTED' : 'COMMITTED'));
  if (contrary === 'died' || contrary.kind === 'ok') faults.push(`after ${outcome} the contrary is carried out`);
  return [
    ...faults,
    ...(await faultsOf(rig, { transferId: id, receives: priced.receives, taken: true, outcome, ended: true, code: undefined })),
  ];
}

async function untold(candidate: Candidate): Promise<readonly string[]> {
  const rig = await ready(candidate);
  const faults: string[] = [];
  const priced = await rig.drive(price(rig, terms(candidate)));
  if ('code' in priced) return [`there is no quote: ${priced.code}`];
  const before = rig.core.ledger.postings.length;
  await rig.drive(notify(rig, priced, rig.transferId(), 'ABORTED'));
  if (rig.core.ledger.postings.length !== before) faults.push('an abort without a prepare moved money');
  const id = rig.transferId();
  await rig.drive(notify(rig, priced, id, 'COMMITTED'));
  await rig.drive(rest(rig));
  const { booked, suspense } = rig.core.ledger.totals(id);
  const state = await rig.life.records.state('payee', id);
  const done = booked.add(suspense).compare(Decimal.parse(priced.receives)) === 0;
  if (!done && state?.stuck === undefined && state?.exception === undefined)
    faults.push('a commit without a prepare is neither carried out nor told to a person');
  return faults;
}

async function alike(candidate: Candidate): Promise<readonly string[]> {
  const rig = await ready(candidate);
  const id = rig.transferId();
  const ids = [id, `${id.slice(0, 8)}-1111-4111-8111-${id.slice(24)}`];
  for (const each of ids) rig.core.payments.add(each);
  const paid = [];
  for (const transferId of ids) paid.push(await rig.drive(pay(rig, terms(candidate), { transferId })));
  return (await Promise.all(paid.map((each) => faultsOf(rig, each)))).flat();
}
