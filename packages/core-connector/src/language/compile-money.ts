import { ANY, objectOf, type Shape } from '../expression/shape.ts';
import { childOf, mapOf, textOf, unknownKey } from './check-tree.ts';
import { compileCall } from './compile-call.ts';
import { durationMs, type Names } from './compile-values.ts';
import { answerOf } from './kind/kinds.ts';
import { moneyRules } from './money-rules.ts';
import type { MoneyStep, Step } from './operation.ts';
import type { EffectKind } from './operation-schema.ts';
import { effectRoot, renewRoot } from './shapes.ts';
import type { StepContext } from './step-context.ts';
import type { MapTree, Tree } from './yaml.ts';

/** Compiles a money step, and holds it to the money rules. */
export function compileMoney(tree: Tree, names: Names, context: StepContext): Step | undefined {
  const { values, problems, effects } = context;
  const name = textOf(tree, 'money')?.text ?? '';
  const kind = (textOf(tree, 'kind')?.text ?? 'debit') as EffectKind;
  const of = knownEffect(tree, context);
  const here = { ...names, ...effectRoot(kind, of) };
  const call = compileCall(childOf(tree, 'call') ?? tree, here, context.backends, context);
  const answer = { ...here, ...answerOf(call) };
  const facts = values.expressions(tree, 'facts', answer);
  if (effects.has(name))
    problems.add('NAME_TWICE', tree.place, `there is an effect ${name} already: each effect of a payment has a name of its own`);
  const factsShape = objectOf({ facts: objectOf(Object.fromEntries(facts.map(([fact, { shape }]) => [fact, shape])), true) });
  effects.set(name, { kind, facts: factsShape, operation: context.operation });
  const ok = values.expressionAt(tree, 'ok', answer);
  if (call === undefined || ok === undefined) return undefined;
  const money: MoneyStep = {
    name,
    kind,
    of: textOf(tree, 'of')?.text,
    as: textOf(tree, 'as')?.text,
    amount: values.expressionAt(tree, 'amount', names),
    key: values.expressionAt(tree, 'key', here),
    call,
    ok,
    refused: values.expressionAt(tree, 'refused', answer),
    pending: values.expressionAt(tree, 'pending', answer),
    settle: settle(mapOf(tree, 'settle'), here, context),
    ...awaitsOf(mapOf(tree, 'await')),
    facts,
    undo: textOf(tree, 'undo')?.text,
    instead: textOf(tree, 'instead')?.text,
    expiresMs: durationMs(textOf(tree, 'expires')?.text),
    ...renewOf(mapOf(tree, 'renew'), { ...here, ...renewRoot(factsShape) }, context),
    deadlineMs: durationMs(textOf(tree, 'deadline')?.text),
  };
  moneyRules(money, tree, context);
  return { kind: 'money', money };
}

/** How the hold is renewed: `here` has the hold itself under `of`. */
function renewOf(tree: MapTree | undefined, here: Names, context: StepContext): Pick<MoneyStep, 'renew'> {
  if (tree === undefined) return {};
  const { values, backends } = context;
  const call = compileCall(childOf(tree, 'call') ?? tree, here, backends, context);
  const ok = values.expressionAt(tree, 'ok', { ...here, ...answerOf(call) });
  if (call === undefined || ok === undefined) return {};
  return { renew: { call, ok, forMs: durationMs(textOf(tree, 'for')?.text) ?? 0 } };
}

function awaitsOf(tree: MapTree | undefined): Pick<MoneyStep, 'awaits'> {
  const callback = textOf(tree, 'callback')?.text;
  return callback === undefined ? {} : { awaits: { callback, patienceMs: durationMs(textOf(tree, 'patience')?.text) ?? 0 } };
}

/** The effect that this one belongs to; it was compiled before, or comes in another operation. */
function knownEffect(tree: Tree, { effects, problems }: StepContext): Shape | undefined {
  const of = textOf(tree, 'of');
  if (of === undefined) return undefined;
  const known = effects.get(of.text);
  if (known !== undefined) return known.facts;
  unknownKey(of.text, of.place, [...effects.keys()], problems, 'NAME_UNKNOWN');
  return ANY;
}

function settle(tree: MapTree | undefined, here: Names, context: StepContext): MoneyStep['settle'] {
  const { values, backends } = context;
  const key = mapOf(tree, 'key');
  const ask = mapOf(tree, 'ask');
  const reverse = mapOf(tree, 'reverse');
  const askCall = ask && compileCall(childOf(ask, 'call') ?? ask, here, backends, context);
  const answer = { ...here, ...answerOf(askCall) };
  const found = values.expressionAt(ask, 'found', answer);
  const withFound = { ...answer, found: found?.shape ?? ANY };
  const reverseCall = reverse && compileCall(childOf(reverse, 'call') ?? reverse, here, backends, context);
  const reversed = values.expressionAt(reverse, 'ok', { ...here, ...answerOf(reverseCall) });
  return {
    ...(key !== undefined && {
      key: { keepsRefusals: textOf(key, 'keepsRefusals')?.text === 'true', keptForMs: durationMs(textOf(key, 'keptFor')?.text) ?? 0 },
    }),
    ...(askCall !== undefined &&
      found !== undefined && {
        ask: {
          call: askCall,
          found,
          account: values.expressionAt(ask, 'account', withFound),
          kind: values.expressionAt(ask, 'kind', withFound),
          amount: values.expressionAt(ask, 'amount', withFound),
          refused: values.expressionAt(ask, 'refused', answer),
          pending: values.expressionAt(ask, 'pending', answer),
          absent: values.expressionAt(ask, 'absent', answer),
          facts: values.expressions(ask, 'facts', withFound),
          quietMs: durationMs(textOf(ask, 'quiet')?.text) ?? 0,
        },
      }),
    ...(reverseCall !== undefined &&
      reversed !== undefined && {
        reverse: {
          call: reverseCall,
          ok: reversed,
          quietMs: durationMs(textOf(reverse, 'quiet')?.text) ?? 0,
          everyMs: durationMs(textOf(reverse, 'every')?.text) ?? 0,
          forMs: durationMs(textOf(reverse, 'for')?.text) ?? 0,
        },
      }),
  };
}
