import type { flows } from '@payment-manager/mojaloop-connector';
import type { DurableRecord, DurableRecords } from './records.ts';
import type { Violations } from './violation.ts';

/** Stages in the order in which a record may go through them; equal numbers exclude each other, and the last is the end. */
const PAYER_ORDER: Readonly<Record<flows.PayerStage, number>> = {
  lookup: 0,
  'party-offered': 1,
  quoting: 2,
  'quote-offered': 3,
  open: 4,
  completed: 9,
  failed: 9,
  aborted: 9,
};
const PAYEE_ORDER: Readonly<Record<flows.PayeeStage, number>> = {
  quoting: 0,
  quoted: 1,
  'quote-refused': 1,
  'calling-core': 2,
  'core-unknown': 3,
  late: 4,
  'commit-first': 4,
  fulfilling: 5,
  acknowledged: 6,
  refused: 9,
  committed: 9,
  aborted: 9,
};
const END = 9;

/** States only move forward: no stage comes back, no word that was given is another one later, and an end is an end. */
export function checkForward(before: DurableRecord | undefined, after: DurableRecord, violations: Violations): void {
  if (before === undefined) return;
  const [was, is] = [orderOf(before), orderOf(after)];
  const moved = before.state.stage !== after.state.stage;
  if (is < was || (moved && was === is && !isLateAfterCommitFirst(before, after)) || (moved && was === END)) {
    violations.report('forward-only', `${after.kind} ${after.recordId} went from ${before.state.stage} to ${after.state.stage}`);
  }
  for (const [name, first, second] of lastingFacts(before, after)) {
    if (first !== undefined && JSON.stringify(first) !== JSON.stringify(second))
      violations.report('forward-only', `${after.kind} ${after.recordId}: ${name} changed after it was given`);
  }
}

const orderOf = (record: DurableRecord): number =>
  record.kind === 'payer' ? PAYER_ORDER[record.state.stage] : PAYEE_ORDER[record.state.stage];

/** Transfers 1.0: the core has booked, and then it turns out to be too late. */
const isLateAfterCommitFirst = (before: DurableRecord, after: DurableRecord): boolean =>
  before.state.stage === 'commit-first' && after.state.stage === 'late';

type Fact = readonly [name: string, before: unknown, after: unknown];

function lastingFacts(before: DurableRecord, after: DurableRecord): readonly Fact[] {
  if (before.kind === 'payer' && after.kind === 'payer') {
    const [a, b] = [before.state, after.state];
    return [
      ['the prepare', a.prepare, b.prepare],
      ['the fulfilment', a.fulfil, b.fulfil],
      ['the error', a.errorInformation, b.errorInformation],
    ];
  }
  if (before.kind === 'payee' && after.kind === 'payee') {
    const [a, b] = [before.state, after.state];
    return [
      ['the quote', a.response, b.response],
      ['the prepare', a.prepare, b.prepare],
      ['the fulfil', a.fulfil, b.fulfil],
      ['the refusal', a.refusal, b.refusal],
      ['the outcome', a.outcome?.state, b.outcome?.state],
    ];
  }
  return [['the kind', before.kind, after.kind]];
}

/** Every open record has a next action, each with a time that is a time; what is closed has none that only we would know of. */
export function checkNextAction(records: DurableRecords, record: DurableRecord, violations: Violations): void {
  const owed = records.owed(record);
  if (record.open && owed.length === 0) violations.report('next-action', `${record.kind} ${record.recordId} is open and owes nothing`);
  for (const action of owed) {
    const { notBefore, until } = action as { notBefore?: number; until?: number };
    const times = [notBefore, until].filter((time) => time !== undefined);
    if (times.some((time) => !Number.isFinite(time)))
      violations.report('next-action', `${record.kind} ${record.recordId}: ${action.key} has a time that is none`);
  }
  for (const { code, reason } of record.attention)
    if (code === '' || reason === '') violations.report('next-action', `${record.kind} ${record.recordId}: an exception without a reason`);
}
