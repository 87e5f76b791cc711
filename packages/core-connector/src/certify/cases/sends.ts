import { makesPayments } from '../../door/capabilities.ts';
import type { EffectKind } from '../../language/operation-schema.ts';
import { LOSSES, lossId } from '../fault.ts';
import { unequalRepeats } from '../judge-payment.ts';
import { type Candidate, Rig } from '../rig.ts';
import { faultsOfSend, type SendTerms, sendMoney, sendRequest, sendRest, sendRig } from '../send-payment.ts';
import { type Case, type Cases, type Faults, meet, terms } from './case.ts';

/** The payer's side: a payment of our own customer is held, accepted, and captured or released. */
export const sendCases: Cases = (candidate, { killEvery }) => {
  const name = 'a payment of our own customer';
  if (!makesPayments(candidate.connector))
    return [{ id: 'LT-04', name, run: async () => [], skipped: 'the connector makes no payments of its own customers (send.…)' }];
  const rig = new Rig(candidate);
  return [
    ...plainCases(candidate),
    ...moneyCases(candidate, rig),
    ...refusalCases(candidate, rig),
    ...timeCases(candidate),
    ...restartCases(candidate, killEvery),
  ];
};

const plain = (candidate: Candidate, more: Partial<SendTerms> = {}): SendTerms => ({
  amount: terms(candidate).amount,
  amountType: 'SEND',
  wanted: 'committed',
  ...more,
});

/** A payment whose calls have these faults; what is wrong at its end. */
async function sentWith(
  candidate: Candidate,
  what: SendTerms,
  faults: Faults,
  prepare: (rig: Rig) => void = () => {},
  mayNeed = false,
): Promise<readonly string[]> {
  const rig = await sendRig(candidate);
  const { transferId: next } = rig;
  let met = (): number => 1;
  // its transferId is known when it begins in the scheme
  rig.transferId = () => {
    const id = next.call(rig);
    if (Object.keys(faults).length > 0) met = meet(rig, id, faults);
    return id;
  };
  prepare(rig);
  const transferId = await rig.drive(sendMoney(rig, what));
  await rig.drive(sendRest(rig));
  const all = [...(await faultsOfSend(rig, transferId)), ...unequalRepeats(rig)];
  if (met() === 0) all.push('the fault never came: no call of this kind says for which payment it is, or there was none');
  return mayNeed ? all.filter((fault) => !fault.startsWith('a person is needed')) : all;
}

function plainCases(candidate: Candidate): readonly Case[] {
  const kinds = ['SEND', 'RECEIVE'] as const;
  return [
    ...kinds.flatMap((amountType) =>
      candidate.plan.amounts.map((amount) => ({
        id: `LT-04 ${amountType} ${amount}`,
        name: `a customer pays, ${amountType} ${amount}: taken once, in all, and nothing stays held`,
        run: () => sentWith(candidate, { amount, amountType, wanted: 'committed' }, {}),
      })),
    ),
    ...(['refuses', 'never'] as const).map((word) => ({
      id: `LT-05 ${word}`,
      name: `the customer ${word === 'refuses' ? 'refuses the price' : 'never answers'}: nothing is held, and the scheme is told`,
      run: () => sentWith(candidate, plain(candidate, { word }), {}),
    })),
    {
      id: 'LT-06',
      name: 'the hub aborts: what was held is released',
      run: () => sentWith(candidate, plain(candidate, { wanted: 'not-committed' }), {}),
    },
    { id: 'DT-07', name: 'the same payment begun and accepted five times at once: one', run: () => repeated(candidate) },
  ];
}

async function repeated(candidate: Candidate): Promise<readonly string[]> {
  const rig = await sendRig(candidate);
  const request = sendRequest(rig, plain(candidate), 'home-1');
  const five = [1, 2, 3, 4, 5];
  await rig.drive(Promise.all(five.map(() => rig.life.sends.send({ request, idempotencyKey: 'k' }))));
  const transferId = await rig.drive(sendMoney(rig, plain(candidate)));
  if (transferId === undefined) return ['there was no price'];
  await rig.drive(Promise.all(five.map(() => rig.life.sends.decide(transferId, true))));
  await rig.drive(sendRest(rig));
  const made = rig.scheme.made.size;
  return [...(await faultsOfSend(rig, transferId)), ...(made === 1 ? [] : [`${made} payments were begun`])];
}

/** The steps of a payment with this end. */
function stepsOf(rig: Rig, wanted: SendTerms['wanted']): Rig['effects'] {
  const last = wanted === 'committed' ? 'send.capture' : 'send.release';
  return rig.payerEffects.filter(({ operation, kind }) => kind !== 'suspense' && (operation === 'send.hold' || operation === last));
}

function moneyCases(candidate: Candidate, rig: Rig): readonly Case[] {
  return (['committed', 'not-committed'] as const).flatMap((wanted) =>
    stepsOf(rig, wanted)
      .filter(({ operation }) => wanted === 'committed' || operation !== 'send.hold')
      .flatMap(({ name, kind }) =>
        LOSSES.map((fault) => ({
          id: `${lossId(fault)} ${name} ${fault}`,
          name: `the call of a ${kind} of our customer's money is ${fault}: one effect, or none, and as the scheme says`,
          run: () => sentWith(candidate, plain(candidate, { wanted }), { [kind]: [fault] }),
        })),
      ),
  );
}

/** What is refused before the acceptance ends the payment; after the commit it goes to suspense, or to a person. */
function refusalCases(candidate: Candidate, rig: Rig): readonly Case[] {
  const first = stepsOf(rig, 'committed').find(({ operation }) => operation === 'send.hold');
  const last = rig.payerEffects.find(({ operation, kind }) => operation === 'send.capture' && kind !== 'suspense');
  const refused = (id: string, kind: EffectKind, mayNeed: boolean, name: string): Case => ({
    id,
    name,
    run: () => sentWith(candidate, plain(candidate), { [kind]: ['refuse'] }, undefined, mayNeed),
  });
  return [
    ...(first === undefined
      ? []
      : [refused(`LT-05 ${first.name} refused`, first.kind, false, 'the core does not take the money: nothing is accepted')]),
    ...(last?.instead === undefined
      ? []
      : [refused(`PT-04 ${last.name}`, last.kind, false, 'the capture is refused after the commit: it goes to suspense')]),
  ];
}

/** The scheme's side is away, or the time is over. */
function timeCases(candidate: Candidate): readonly Case[] {
  const lost = (call: string, fault: 'lost-before' | 'lost-after', times: number) => (rig: Rig) => {
    let count = 0;
    rig.scheme.fault = (name) => (name === call && count++ < times ? fault : undefined);
  };
  const wanted = ['committed', 'not-committed'] as const;
  return [
    ...wanted.flatMap((end) =>
      (['lost-before', 'lost-after'] as const).map((fault) => ({
        id: `TT-08 ${end} ${fault}`,
        name: `the acceptance is ${fault}, for long: nothing is released before it is known how it ended`,
        run: () => sentWith(candidate, plain(candidate, { wanted: end }), {}, lost('accept', fault, 12)),
      })),
    ),
    {
      id: 'TT-09 hold',
      name: 'the price expires while the core is asked to take the money: it is given back, and nothing accepted',
      run: () =>
        sentWith(
          candidate,
          plain(candidate),
          { hold: ['silent', 'lost-before', 'lost-before'], debit: ['silent', 'lost-before', 'lost-before'] },
          (rig) => {
            rig.scheme.priceMs = 8_000;
          },
        ),
    },
    {
      id: 'TT-09 outcome',
      name: 'nobody says for six hours how it ended: the money stays taken, and is booked then',
      run: () =>
        sentWith(candidate, plain(candidate), {}, (rig) => {
          rig.scheme.decidesMs = 6 * 3_600_000;
        }),
    },
  ];
}

function restartCases(candidate: Candidate, killEvery: number): readonly Case[] {
  return (['committed', 'not-committed'] as const).map((wanted) => ({
    id: `RT-01 send ${wanted}`,
    name: "killed at every step of a customer's payment",
    run: () => everyPoint(candidate, wanted, killEvery),
  }));
}

async function everyPoint(candidate: Candidate, wanted: SendTerms['wanted'], killEvery: number): Promise<readonly string[]> {
  const whole = await sendRig(candidate);
  const before = whole.points;
  await whole.drive(sendMoney(whole, plain(candidate, { wanted })));
  await whole.drive(sendRest(whole));
  const found: string[] = [];
  for (let point = before; point < whole.points; point += killEvery) {
    const rig = await sendRig(candidate);
    rig.killed = (at) => at === point;
    const transferId = await rig.drive(sendMoney(rig, plain(candidate, { wanted })));
    await rig.drive(sendRest(rig));
    const faults = [...(await faultsOfSend(rig, transferId)), ...unequalRepeats(rig)];
    if (rig.kills !== 1) faults.push(`it was killed ${rig.kills} times`);
    found.push(...faults.map((fault) => `killed at ${point - before} of ${whole.points - before}: ${fault}`));
  }
  return found;
}
