import { Decimal } from '../../expression/decimal.ts';
import { notify, price, quoteRequest, transfer } from '../payment.ts';
import { type Candidate, Rig } from '../rig.ts';
import { type Case, type Cases, ready, terms } from './case.ts';

const MINUTE_MS = 60_000;
/** Identifiers that would lead elsewhere, or break what is built of them. */
const STRANGE = [
  '../1',
  '1?x=2',
  '1&y=3',
  "1' OR '1'='1",
  '1"}',
  '%2e%2e%2f',
  '<a/>',
  '\u202e1',
  '1\u0000',
  '💶'.repeat(20),
  '0'.repeat(128),
  ' ',
];

const NOBODYS_SUB_ID = 'nobody-7';

const NOBODY_REFUSED: Case = {
  id: 'CT-03',
  name: 'a customer to whom nothing can be paid',
  run: async () => ['certify.yaml names no customer under `refused`: one who is not there is the least'],
};

/** CT: what the connector answers, and that nothing a stranger sends leads to another call. */
export const contractCases: Cases = (candidate) => [
  { id: 'CT-01', name: 'a customer is found, under the identifier that was asked for', run: () => partyFound(candidate) },
  {
    id: 'CT-02',
    name: 'a sub-identifier that nobody has is not ignored: the money would go to another account than the one that is meant',
    run: () => otherSubId(candidate),
  },
  ...candidate.plan.refused.map(({ payee, code }, nth) => ({
    id: `CT-0${nth === 0 ? 3 : 5} ${payee.idValue}`,
    name: `a customer to whom nothing can be paid is refused with ${code}, at the look-up or at the quote`,
    run: () => partyRefused(candidate, payee, code),
  })),
  ...(candidate.plan.refused.length > 0 ? [] : [NOBODY_REFUSED]),
  { id: 'CT-04', name: 'a strange identifier leads to no other call of the core', run: () => strange(candidate) },
  {
    id: 'CT-06',
    name: 'quotes for SEND and RECEIVE: what is transferred, less the fee, is what the customer gets',
    run: () => sums(candidate),
  },
  {
    id: 'CT-07',
    name: 'a quote in a currency that the customer does not have, or for an identifier of another type, is refused',
    run: () => wrongTerms(candidate),
  },
  { id: 'CT-09', name: 'the core’s own id of a payment is no constant', run: () => ownIds(candidate) },
  { id: 'CT-12', name: 'both outcomes are taken', run: () => outcomes(candidate) },
  { id: 'CT-13', name: 'asked about a transfer: unknown, reserved, committed', run: () => asked(candidate) },
];

async function partyFound(candidate: Candidate): Promise<readonly string[]> {
  const rig = new Rig(candidate);
  const { idType, idValue, idSubValue } = candidate.plan.payee;
  const told = await rig.drive(
    rig.life.door.findParty(
      { type: idType, id: idValue, ...(idSubValue !== undefined && { subId: idSubValue }) },
      rig.time.now() + MINUTE_MS,
    ),
  );
  if (told.kind !== 'ok') return [`the look-up is ${told.kind}: ${told.refusal.code}`];
  const { partyIdType, partyIdentifier } = told.value.partyIdInfo;
  return partyIdType === idType && partyIdentifier === idValue ? [] : [`it answers with ${partyIdType} ${partyIdentifier}`];
}

async function otherSubId(candidate: Candidate): Promise<readonly string[]> {
  const rig = new Rig(candidate);
  const { idType, idValue } = candidate.plan.payee;
  const payee = { ...candidate.plan.payee, idSubValue: NOBODYS_SUB_ID };
  const deadline = rig.time.now() + MINUTE_MS;
  const looked = await rig.drive(rig.life.door.findParty({ type: idType, id: idValue, subId: NOBODYS_SUB_ID }, deadline));
  const request = quoteRequest(rig, { ...terms(candidate), payee }, rig.transferId());
  const quoted = await rig.drive(rig.life.door.quote({ quote: request }, rig.time.now() + MINUTE_MS));
  return [...(looked.kind === 'ok' ? ['a customer is found under it'] : []), ...(quoted.kind === 'ok' ? ['a quote is given for it'] : [])];
}

async function partyRefused(candidate: Candidate, payee: Candidate['plan']['payee'], code: string): Promise<readonly string[]> {
  const rig = new Rig(candidate);
  const looked = await rig.drive(rig.life.door.findParty({ type: payee.idType, id: payee.idValue }, rig.time.now() + MINUTE_MS));
  const request = quoteRequest(rig, { ...terms(candidate), payee }, rig.transferId());
  const quoted = await rig.drive(rig.life.door.quote({ quote: request }, rig.time.now() + MINUTE_MS));
  const said = [looked, quoted].map((told) => (told.kind === 'ok' ? 'ok' : told.refusal.code));
  const wrong = said.filter((each) => each !== code && each !== 'ok');
  if (quoted.kind === 'ok') return [`a quote is given (the look-up says ${said[0]})`];
  return said[0] === code || said[1] === code ? wrong.map((each) => `it is told ${each}`) : [`it is told ${said.join(' and ')}`];
}

async function strange(candidate: Candidate): Promise<readonly string[]> {
  const rig = new Rig(candidate);
  const faults: string[] = [];
  for (const id of STRANGE) {
    const told = await rig.drive(rig.life.door.findParty({ type: candidate.plan.payee.idType, id }, rig.time.now() + MINUTE_MS));
    if (told.kind === 'ok') faults.push(`${JSON.stringify(id)} is found`);
  }
  return [...faults, ...rig.core.strays.map((stray) => `the core has no ${stray}`)];
}

async function sums(candidate: Candidate): Promise<readonly string[]> {
  const rig = new Rig(candidate);
  const faults: string[] = [];
  for (const amountType of ['SEND', 'RECEIVE'] as const)
    for (const [nth] of candidate.plan.amounts.entries()) {
      const what = { ...terms(candidate, 'COMMITTED', nth), amountType };
      const request = quoteRequest(rig, what, rig.transferId());
      const told = await rig.drive(rig.life.door.quote({ quote: request }, rig.time.now() + MINUTE_MS));
      const name = `${amountType} of ${what.amount}`;
      if (told.kind !== 'ok') {
        // a SEND that does not cover its fee may be refused
        if (amountType === 'RECEIVE' || told.kind === 'failed') faults.push(`${name}: ${told.kind} ${told.refusal.code}`);
        continue;
      }
      const { transferAmount, payeeReceiveAmount, payeeFspFee, payeeFspCommission } = told.value;
      const [moved, fee, commission] = [transferAmount, payeeFspFee, payeeFspCommission].map((money) =>
        Decimal.parse(money?.amount ?? '0'),
      );
      const gets = (moved as Decimal).subtract(fee as Decimal).add(commission as Decimal);
      if (payeeReceiveAmount !== undefined && gets.compare(Decimal.parse(payeeReceiveAmount.amount)) !== 0)
        faults.push(`${name}: ${moved} less ${fee} and with ${commission} is ${gets}, and the customer gets ${payeeReceiveAmount.amount}`);
      const asked = amountType === 'SEND' ? (moved as Decimal) : Decimal.parse(payeeReceiveAmount?.amount ?? gets.toString());
      if (asked.compare(Decimal.parse(what.amount)) !== 0) faults.push(`${name}: the quote is for ${asked}`);
    }
  return faults;
}

async function wrongTerms(candidate: Candidate): Promise<readonly string[]> {
  const rig = new Rig(candidate);
  const request = quoteRequest(rig, terms(candidate), rig.transferId());
  const other = { ...request, amount: { ...request.amount, currency: candidate.plan.currency === 'XTS' ? 'XXX' : 'XTS' } };
  const nobody = quoteRequest(rig, { ...terms(candidate), payee: { ...candidate.plan.payee, idType: 'ALIAS' } }, rig.transferId());
  const faults: string[] = [];
  for (const [what, quote] of [
    ['another currency', other],
    ['an identifier of another type', nobody],
  ] as const) {
    const told = await rig.drive(rig.life.door.quote({ quote: quote as typeof request }, rig.time.now() + MINUTE_MS));
    if (told.kind === 'ok') faults.push(`a quote is given for ${what}`);
  }
  return faults;
}

async function ownIds(candidate: Candidate): Promise<readonly string[]> {
  const rig = await ready(candidate);
  const ids: (string | undefined)[] = [];
  for (let nth = 0; nth < 3; nth++) {
    const priced = await rig.drive(price(rig, terms(candidate)));
    if ('code' in priced) return [`there is no quote: ${priced.code}`];
    const told = await rig.drive(transfer(rig, priced, rig.transferId(), rig.time.now() + MINUTE_MS));
    if (told === 'died' || told.kind !== 'ok') return [`the transfer is ${told === 'died' ? told : told.kind}`];
    ids.push(told.value.homeTransactionId);
  }
  const given = ids.filter((id) => id !== undefined);
  return new Set(given).size === given.length ? [] : [`three payments have the ids ${given.join(', ')}`];
}

async function outcomes(candidate: Candidate): Promise<readonly string[]> {
  const rig = new Rig(candidate);
  const faults: string[] = [];
  for (const outcome of ['COMMITTED', 'ABORTED'] as const) {
    const priced = await rig.drive(price(rig, terms(candidate)));
    if ('code' in priced) return [`there is no quote: ${priced.code}`];
    const id = rig.transferId();
    await rig.drive(transfer(rig, priced, id, rig.time.now() + MINUTE_MS));
    const told = await rig.drive(notify(rig, priced, id, outcome));
    if (told === 'died' || told.kind !== 'ok') faults.push(`${outcome} is ${told === 'died' ? told : told.kind}`);
  }
  return faults;
}

async function asked(candidate: Candidate): Promise<readonly string[]> {
  const rig = new Rig(candidate);
  const unknown = await rig.drive(rig.life.door.ask(rig.transferId(), rig.time.now() + MINUTE_MS));
  const faults = unknown.kind === 'rejected' && unknown.notFound ? [] : ['a transfer that was never there is not unknown'];
  const priced = await rig.drive(price(rig, terms(candidate)));
  if ('code' in priced) return [`there is no quote: ${priced.code}`];
  const id = rig.transferId();
  await rig.drive(transfer(rig, priced, id, rig.time.now() + MINUTE_MS));
  const says = async (): Promise<string> => {
    const told = await rig.drive(rig.life.door.ask(id, rig.time.now() + MINUTE_MS));
    return told.kind === 'ok' ? (told.value.transferState ?? 'nothing') : told.kind;
  };
  const before = await says();
  // an operation that moves no money has no record, and nothing to say
  const moves = rig.effects.some(({ operation }) => operation === 'transfer.prepare');
  if (moves && before !== 'RESERVED' && before !== 'COMMITTED') faults.push(`after the prepare it says ${before}`);
  await rig.drive(notify(rig, priced, id, 'COMMITTED'));
  const after = await says();
  if (after !== 'COMMITTED') faults.push(`after the commit it says ${after}`);
  return faults;
}
