import type { Expression } from '../expression/compile.ts';
import { childOf, textOf } from './check-tree.ts';
import { expressionsOf, kindNamed } from './kind/kinds.ts';
import type { MoneyStep } from './operation.ts';
import type { EffectKind, OperationName } from './operation-schema.ts';
import type { Place } from './problem.ts';
import type { StepContext } from './step-context.ts';
import type { Tree } from './yaml.ts';

/** Which effects an operation may have. Look-ups, quotes and checks have none. */
const ALLOWED: Readonly<Partial<Record<string, readonly EffectKind[]>>> = {
  'transfer.prepare': ['hold', 'credit'],
  'transfer.finalise COMMITTED': ['capture', 'credit', 'suspense'],
  'transfer.finalise ABORTED': ['release', 'reverse'],
  'send.hold': ['hold', 'debit'],
  'send.capture': ['capture', 'suspense'],
  'send.release': ['release', 'reverse'],
};

/** What an effect of some kind may belong to. */
const OF: Readonly<Partial<Record<EffectKind, readonly EffectKind[]>>> = {
  capture: ['hold'],
  release: ['hold'],
  reverse: ['credit', 'debit', 'capture'],
};

const WITH_AMOUNT: readonly EffectKind[] = ['hold', 'credit', 'debit', 'capture', 'suspense'];

/**
 * The rules of money that a single step can break (docs/money-rules.md, 1). What a connector breaks as a whole, e.g. a hold without a
 * release, `connectorRules` tells.
 */
export function moneyRules(money: MoneyStep, tree: Tree, context: StepContext): void {
  const refuse = (place: Place, message: string): void => context.problems.add('MONEY_RULE', place, message);
  const at = (key: string): Place => childOf(tree, key)?.place ?? tree.place;
  const kind = kindNamed(money.call.kind);
  if (kind.onlyReads(money.call)) refuse(at('call'), `${kind.nameOf(money.call)} moves no money`);
  allowed(money, tree.place, context, refuse);
  belongs(money, at('of'), context, refuse);
  amounts(money, at('amount'), context, refuse);
  settled(money, at('settle'), refuse);
  stable(money, at('call'), refuse);
  kind.moneyRules(money.call, money, at, refuse);
  if (money.kind === 'hold' && money.expiresMs === undefined)
    refuse(tree.place, '`expires` is missing: a hold that ends by itself while the outcome is unknown gives the money away');
  if (money.renew !== undefined) renewed(money, money.renew, at('renew'), refuse);
  if (money.instead !== undefined && money.kind !== 'credit' && money.kind !== 'capture')
    refuse(at('instead'), '`instead` is for a credit or capture after the hub’s commit');
  if (money.key !== undefined && !reads(money.key, ['key', 'op.transferId']))
    refuse(textOf(tree, 'key')?.place ?? tree.place, 'the key must be made of `key` or `op.transferId`: else two payments may share one');
}

/** A renewal may be sent again by its nature, and by nothing but the hold and its number. */
function renewed({ kind, expiresMs = 0 }: MoneyStep, { call, forMs }: NonNullable<MoneyStep['renew']>, place: Place, refuse: Refuse): void {
  if (kind !== 'hold') refuse(place, `a ${kind} is not renewed: \`renew\` is for a hold`);
  if (call.kind !== 'http') refuse(place, '`renew` is a call over HTTP');
  else if (kindNamed(call.kind).onlyReads(call)) refuse(place, `${kindNamed(call.kind).nameOf(call)} renews nothing`);
  if (forMs <= expiresMs) refuse(place, '`for` is not longer than `expires`: the hold would never be renewed');
  if (expressionsOf(call).some((expression) => reads(expression, ['op.now', 'op.deadline'])))
    refuse(place, 'a repeat would say another time: `until` says until when the hold is to be kept');
}

type Refuse = (place: Place, message: string) => void;

function allowed(money: MoneyStep, place: Place, { operation, on }: StepContext, refuse: Refuse): void {
  const where = on === undefined ? operation : `${operation} ${on}`;
  const kinds = ALLOWED[where] ?? [];
  if (kinds.includes(money.kind)) return;
  refuse(place, kinds.length === 0 ? `${where} moves no money` : `${where} has no ${money.kind}: it may have ${kinds.join(', ')}`);
}

function belongs(money: MoneyStep, place: Place, { effects }: StepContext, refuse: Refuse): void {
  const kinds = OF[money.kind];
  if (kinds === undefined) return;
  if (money.of === undefined) refuse(place, `a ${money.kind} says with \`of\` which effect it belongs to`);
  const kind = money.of === undefined ? undefined : effects.get(money.of)?.kind;
  if (kind !== undefined && !kinds.includes(kind as EffectKind))
    refuse(place, `a ${money.kind} belongs to a ${kinds.join(' or ')}, and ${money.of} is a ${kind}`);
}

/** Amounts are terms that are journalled: what the payee gets, and what the payment costs the payer. */
const TERM: Readonly<Partial<Record<OperationName, string>>> = {
  'transfer.prepare': 'quote.payeeReceiveAmount',
  'transfer.finalise': 'quote.payeeReceiveAmount',
  'send.hold': 'send.total',
  'send.capture': 'send.total',
};

function amounts(money: MoneyStep, place: Place, { operation }: StepContext, refuse: Refuse): void {
  if (!WITH_AMOUNT.includes(money.kind)) return;
  const term = operation === 'route' ? undefined : TERM[operation];
  if (money.amount === undefined) refuse(place, `a ${money.kind} says how much: amount: =$number(${term ?? 'amount'})`);
  else if (term !== undefined && !reads(money.amount, [term]))
    refuse(place, `the amount of a ${money.kind} here is made of ${term}, and of no other term`);
}

/** At least one way to settle an unknown outcome, and each of them sound. */
function settled({ settle, pending, kind }: MoneyStep, place: Place, refuse: Refuse): void {
  const { key, ask, reverse } = settle;
  if (key === undefined && ask === undefined && reverse === undefined)
    refuse(place, 'an unknown outcome could never be settled: say `key` (with kept refusals), `ask` or `reverse`');
  if (key !== undefined && !key.keepsRefusals && ask === undefined && reverse === undefined)
    refuse(place, 'where refusals are not kept under the key, a refused repeat proves nothing: say `ask` or `reverse` as well');
  if (pending !== undefined && ask === undefined) refuse(place, '`pending` needs `ask`: nobody else tells how it ended');
  if (ask === undefined) return;
  if (ask.account === undefined) refuse(place, '`ask` says with `account` that what was found is of this account');
  if (ask.kind === undefined) refuse(place, '`ask` says with `kind` that what was found is of this kind');
  if (ask.amount === undefined && WITH_AMOUNT.includes(kind))
    refuse(place, '`ask` says with `amount` how much was found: a key may have been used for another amount');
  if (ask.call.kind === 'http' && ask.call.method !== 'GET' && ask.call.body === undefined)
    refuse(place, `an enquiry by ${ask.call.method} without a body would change something`);
}

/** What differs at each evaluation is drawn and journalled with the start: a repeat says the same. */
function stable(money: MoneyStep, place: Place, refuse: Refuse): void {
  if (expressionsOf(money.call).some((expression) => reads(expression, ['op.now', 'op.deadline'])))
    refuse(place, 'a repeat would say another time: use effect.startedAt, which is drawn once and journalled');
}

function reads(expression: Expression, terms: readonly string[]): boolean {
  return terms.some((term) => expression.reads.has(term));
}
