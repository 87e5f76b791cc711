import { openBackEnds } from '../../back-end/back-ends.ts';
import { SettingMissing } from '../../back-end/setting.ts';
import { CANARY } from '../http-core.ts';
import { faultsOf, unequalRepeats } from '../judge-payment.ts';
import { pay } from '../payment.ts';
import { type Candidate, Rig } from '../rig.ts';
import { type Cases, meet, ready, stepsOf, terms } from './case.ts';

/** Names and notes as people write them, and as nobody should. */
const TEXTS = [
  `O'Brien, {Ann} "the" [1]`,
  'Müller & Söhne <b>',
  '👩‍👩‍👧 مرحبا',
  'x'.repeat(128),
  '=cfg.secret',
  '{{7*7}}; DROP TABLE x',
  'line\nbreak\ttab',
];

/** VT and ST: what is in a payment, and what must never come out of one. */
export const dataCases: Cases = (candidate) => [
  { id: 'VT-01', name: 'each amount of certify.yaml, sent and received: to the last digit', run: () => amounts(candidate) },
  {
    id: 'VT-03',
    name: 'paid before and after midnight, at the end of a month and on a leap day: a repeat says the same',
    run: () => midnight(candidate),
  },
  { id: 'VT-04', name: 'names and notes with quotes, braces, emoji, right-to-left text, control characters', run: () => texts(candidate) },
  {
    id: 'VT-07',
    name: 'what is booked is on the very account that the customer was found under, zeros at its beginning included',
    ...(candidate.plan.payee.account === undefined && { skipped: 'certify.yaml says no `account` of the payee' }),
    run: () => sameAccount(candidate),
  },
  { id: 'ST-01', name: 'no secret and no token in logs, journal and answers', run: () => secrets(candidate) },
  { id: 'ST-05', name: 'a host that is not allowed is not called', run: () => hosts(candidate) },
];

async function amounts(candidate: Candidate): Promise<readonly string[]> {
  const rig = await ready(candidate);
  const faults: string[] = [];
  for (const [nth, amount] of candidate.plan.amounts.entries())
    for (const amountType of ['SEND', 'RECEIVE'] as const) {
      const paid = await rig.drive(pay(rig, { ...terms(candidate, 'COMMITTED', nth), amountType }));
      if (paid.receives === undefined && amountType === 'SEND') continue;
      faults.push(...(await faultsOf(rig, paid)).map((fault) => `${amountType} ${amount}: ${fault}`));
      if (paid.outcome !== 'COMMITTED') faults.push(`${amountType} ${amount} was not paid: ${paid.code ?? 'no reason'}`);
    }
  return faults;
}

async function sameAccount(candidate: Candidate): Promise<readonly string[]> {
  const { payee } = candidate.plan;
  const rig = await ready(candidate);
  const { transferId } = await rig.drive(pay(rig, terms(candidate)));
  const booked = rig.core.ledger.postings.filter(
    ({ payment, kind }) => payment === transferId && (kind === 'capture' || kind === 'credit'),
  );
  if (booked.length === 0) return ['nothing is booked'];
  return booked
    .filter(({ account }) => account !== payee.account)
    .map(({ account }) => `booked on ${account}, and ${payee.account} is meant`);
}

async function midnight(candidate: Candidate): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const at of ['2028-02-28T23:59:59.990Z', '2026-12-31T23:59:59.990Z', '2026-03-29T00:59:59.990Z']) {
    const rig = await ready(candidate);
    rig.time.jumpWallClock(Date.parse(at) - rig.time.now());
    const transferId = rig.transferId();
    const kinds = stepsOf(rig, 'COMMITTED').map(({ kind }) => kind);
    meet(rig, transferId, Object.fromEntries(kinds.map((kind) => [kind, ['lost-before']])));
    const paid = await rig.drive(pay(rig, terms(candidate), { transferId }));
    faults.push(...[...(await faultsOf(rig, paid)), ...unequalRepeats(rig)].map((fault) => `${at}: ${fault}`));
  }
  return faults;
}

async function texts(candidate: Candidate): Promise<readonly string[]> {
  const rig = await ready(candidate);
  const faults: string[] = [];
  for (const text of TEXTS) {
    const paid = await rig.drive(pay(rig, { ...terms(candidate), note: text.slice(0, 128), payerName: text }));
    if (paid.outcome !== 'COMMITTED') faults.push(`${JSON.stringify(text.slice(0, 20))}: not paid (${paid.code ?? 'no reason'})`);
    faults.push(...(await faultsOf(rig, paid)));
  }
  return [...faults, ...rig.core.strays.map((stray) => `the core has no ${stray}`)];
}

async function secrets(candidate: Candidate): Promise<readonly string[]> {
  const rig = await ready(candidate);
  const transferId = rig.transferId();
  const kinds = stepsOf(rig, 'COMMITTED').map(({ kind }) => kind);
  meet(rig, transferId, Object.fromEntries(kinds.map((kind) => [kind, ['unauthorized', 'page', 'refuse']])));
  await rig.drive(pay(rig, terms(candidate), { transferId, tellings: 10 }));
  const record = await rig.journal.load(`core-payee-${transferId}`);
  const faults: string[] = [];
  if (JSON.stringify(rig.log.lines).includes(CANARY)) faults.push('a secret or token is in the log');
  if (JSON.stringify(record?.events ?? []).includes(CANARY)) faults.push('a secret or token is in the journal');
  return faults;
}

async function hosts(candidate: Candidate): Promise<readonly string[]> {
  const rig = new Rig(candidate);
  try {
    openBackEnds({
      running: rig.running,
      ...rig.reached,
      clock: rig.time,
      timers: rig.time,
      log: rig.log,
      allowedHosts: ['other.example.org'],
    });
    return ['it would be called'];
  } catch (error) {
    if (error instanceof SettingMissing) return [];
    throw error;
  }
}
