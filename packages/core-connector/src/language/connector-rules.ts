import type { Callback } from './callback.ts';
import type { MoneyStep, Operation, Step } from './operation.ts';
import type { Place, Problems } from './problem.ts';
import type { KnownEffect } from './step-context.ts';

/** The money rules that a connector breaks as a whole: what one operation begins another must be able to end. */
export function connectorRules(
  operations: readonly Operation[],
  effects: ReadonlyMap<string, KnownEffect>,
  place: Place,
  problems: Problems,
): void {
  const money = operations.flatMap((operation) => moneySteps(operation.steps).map((step) => ({ step, operation })));
  const refuse = (message: string): void => problems.add('MONEY_RULE', place, message);
  for (const { step } of money) {
    for (const named of [step.undo, step.instead])
      if (named !== undefined && !effects.has(named))
        problems.add('NAME_UNKNOWN', place, `${step.name} names the effect ${named}, which is not there`);
    if (step.instead !== undefined && effects.get(step.instead)?.kind !== 'suspense')
      refuse(`${step.name}: \`instead\` names ${step.instead}, which is not a suspense posting`);
  }
  for (const { step } of money) {
    const undo = step.undo === undefined ? undefined : money.find((other) => other.step.name === step.undo)?.step;
    if (undo !== undefined && (undo.of !== step.name || !['release', 'reverse'].includes(undo.kind)))
      refuse(`${step.name}: \`undo\` names ${undo.name}, which does not take it back`);
    if (step.kind === 'suspense' && !money.some((other) => other.step.instead === step.name))
      refuse(`nothing leads to the suspense posting ${step.name}: a credit or capture names it with \`instead\``);
  }
  const endsOf = (kind: string, of: string): boolean => money.some(({ step }) => step.kind === kind && step.of === of);
  for (const { step, operation } of money) {
    if (step.kind === 'hold' && !endsOf('release', step.name))
      refuse(`the hold ${step.name} has no release: an abort would leave the customer's money held`);
    if (step.kind === 'hold' && !endsOf('capture', step.name)) refuse(`the hold ${step.name} has no capture`);
    if (step.kind === 'credit' && operation.name === 'transfer.prepare' && !endsOf('reverse', step.name))
      refuse(`${step.name} credits at the prepare and has no reverse: an abort would leave the customer credited`);
    if (step.kind === 'debit' && !endsOf('reverse', step.name)) refuse(`the debit ${step.name} has no reverse`);
  }
  both(operations, place, problems);
  booked(operations, place, problems);
}

/** A payee's side that prices a transfer, takes it and never hears its outcome leaves the customer without the money. */
function booked(operations: readonly Operation[], place: Place, problems: Problems): void {
  const has = (wanted: string): boolean => operations.some(({ name }) => name === wanted);
  const refuse = (message: string): void => problems.add('MONEY_RULE', place, message);
  if (!has('transfer.prepare')) {
    for (const name of ['quote.create', 'transfer.finalise'] as const)
      if (has(name)) refuse(`there is ${name} and no transfer.prepare: no payment of this price would ever be taken`);
    return;
  }
  if (!has('transfer.finalise'))
    refuse('there is transfer.prepare and no transfer.finalise: the core would never hear what became of what it has taken');
  const books = operations.some(({ name, on, steps }) => {
    const at = on === undefined ? name : `${name} ${on}`;
    return BOOKS[at] !== undefined && moneySteps(steps).some(({ kind }) => BOOKS[at]?.includes(kind));
  });
  if (!books)
    refuse('nothing is booked for the payee: transfer.finalise on COMMITTED has no credit or capture, and transfer.prepare no credit');
}

/** Where the payee gets the money. */
const BOOKS: Readonly<Record<string, readonly string[]>> = {
  'transfer.prepare': ['credit'],
  'transfer.finalise COMMITTED': ['credit', 'capture'],
};

/** What is awaited is there, and a callback decides nothing: whoever awaits one can ask. */
export function awaitsRules(
  operations: readonly Operation[],
  callbacks: ReadonlyMap<string, Callback>,
  place: Place,
  problems: Problems,
): void {
  const awaited = new Set<string>();
  for (const { name, awaits, pending, settle } of operations.flatMap(({ steps }) => moneySteps(steps))) {
    if (awaits === undefined) continue;
    awaited.add(awaits.callback);
    if (!callbacks.has(awaits.callback))
      problems.add('NAME_UNKNOWN', place, `${name} awaits the callback ${awaits.callback}, which is not there`);
    if (pending === undefined || settle.ask === undefined)
      problems.add(
        'MONEY_RULE',
        place,
        `${name}: \`await\` needs \`pending\` and \`ask\`: a callback is a hint, and the core is then asked`,
      );
  }
  for (const name of callbacks.keys()) if (!awaited.has(name)) problems.add('NAME_UNKNOWN', place, `no effect awaits the callback ${name}`);
}

/** A core that is told of commits alone keeps what aborts should give back. */
function both(operations: readonly Operation[], place: Place, problems: Problems): void {
  const outcomes = operations.filter(({ name }) => name === 'transfer.finalise').map(({ on }) => on);
  for (const outcome of ['COMMITTED', 'ABORTED'] as const)
    if (outcomes.length > 0 && !outcomes.includes(outcome))
      problems.add('MONEY_RULE', place, `transfer.finalise has no steps on ${outcome}`);
  const sends = operations.filter(({ name }) => name.startsWith('send.')).map(({ name }) => name);
  for (const name of ['send.check', 'send.hold', 'send.capture', 'send.release'] as const)
    if (sends.length > 0 && !sends.includes(name)) problems.add('MONEY_RULE', place, `${name} is missing beside ${sends.join(', ')}`);
}

function moneySteps(steps: readonly Step[]): readonly MoneyStep[] {
  return steps.flatMap((step) => (step.kind === 'money' ? [step.money] : []));
}
