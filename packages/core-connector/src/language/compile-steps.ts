import { ANY, eitherOf, objectOf, type Shape, TEXT } from '../expression/shape.ts';
import { checkTree, childOf, itemsOf, mapOf, type Rule, textOf, unknownKey } from './check-tree.ts';
import { compileCall } from './compile-call.ts';
import { compileMoney } from './compile-money.ts';
import { durationMs, type Names, type ValueCompiler } from './compile-values.ts';
import { answerOf, kindNamed } from './kind/kinds.ts';
import type { Call, Failure, Step, Template } from './operation.ts';
import type { Problems } from './problem.ts';
import { REPLIES } from './shapes.ts';
import type { StepContext } from './step-context.ts';
import { STEP_RULES, type StepKind } from './step-rules.ts';
import type { Tree } from './yaml.ts';

interface Compiled {
  readonly steps: readonly Step[];
  /** Does every path through the steps end with an answer or an error? */
  readonly ends: boolean;
}

/** Compiles steps in order; each may use the names of those before it. */
export function compileSteps(trees: readonly Tree[], names: Names, context: StepContext, insideBranch: boolean): Compiled {
  const steps: Step[] = [];
  let known = names;
  let ends = false;
  for (const tree of trees) {
    if (ends) {
      context.problems.add('UNREACHABLE', tree.place, 'nothing leads here: every path before it ends with a reply or an error');
      break;
    }
    const kind = kindOf(tree, context.problems);
    if (kind === undefined) continue;
    checkTree(tree, STEP_RULES[kind] as Rule, context.problems, {
      '#/$defs/steps': () => {},
      '#/$defs/template': () => {},
    });
    const compiled = compileStep(kind, tree, known, context, insideBranch);
    if (compiled.step !== undefined) steps.push(compiled.step);
    known = { ...known, ...compiled.adds };
    ends = compiled.ends;
  }
  return { steps, ends };
}

/** The kind of a step is the key of its that names a kind. */
function kindOf(tree: Tree, problems: Problems): StepKind | undefined {
  const kinds = Object.keys(STEP_RULES) as StepKind[];
  if (tree.kind !== 'map') {
    problems.add('VALUE_WRONG', tree.place, `a step is expected here: one of ${kinds.join(', ')}`);
    return undefined;
  }
  // a money step has a key `call` as well, and each kind's own key outranks it
  const found = kinds.filter((kind) => tree.entries.has(kind));
  const kind = found.includes('money') ? 'money' : found[0];
  if (kind !== undefined) return kind;
  const [first] = tree.entries.values();
  if (first === undefined) problems.add('VALUE_WRONG', tree.place, `a step is expected here: one of ${kinds.join(', ')}`);
  else unknownKey(first.key, first.keyPlace, kinds, problems);
  return undefined;
}

interface CompiledStep {
  readonly step?: Step | undefined;
  readonly adds?: Names;
  readonly ends: boolean;
}

function compileStep(kind: StepKind, tree: Tree, names: Names, context: StepContext, insideBranch: boolean): CompiledStep {
  const { values } = context;
  switch (kind) {
    case 'check':
      final(tree, context);
      return { step: check(tree, names, values), ends: false };
    case 'let': {
      const compiled = values.expressions(tree, 'let', names);
      addNames(tree, 'let', names, context);
      return {
        step: { kind, values: compiled },
        // a name whose value has a fault is a name still: one fault is told once
        adds: {
          ...Object.fromEntries([...(mapOf(tree, 'let')?.entries.keys() ?? [])].map((name) => [name, ANY])),
          ...Object.fromEntries(compiled.map(([name, { shape }]) => [name, shape])),
        },
        ends: false,
      };
    }
    case 'call':
      return call(tree, names, context);
    case 'money':
      if (insideBranch)
        context.problems.add('MONEY_RULE', tree.place, 'a branch of `choose` moves no money: which money moves must not hang on a read');
      return money(tree, names, context);
    case 'choose':
      return choose(tree, names, context);
    case 'use':
      return use(tree, names, context);
    case 'fail': {
      final(tree, context);
      const fail = failure(tree, 'fail', names, values);
      return { ...(fail !== undefined && { step: { kind, fail } }), ends: true };
    }
    case 'reply':
      return reply(tree, names, context);
  }
}

/** Whose outcome is the hub's nobody can refuse any more: what the core may not do is decided before, or by `refused` of its money step. */
function final(tree: Tree, { operation, problems }: StepContext): void {
  if (['transfer.finalise', 'send.capture', 'send.release'].includes(operation))
    problems.add('MONEY_RULE', tree.place, `${operation} cannot refuse: the hub has decided`);
}

function check(tree: Tree, names: Names, values: ValueCompiler): Step {
  const conditions = itemsOf(tree, 'check').flatMap((item) => {
    const unless = values.expressionAt(item, 'unless', names);
    const fail = failure(item, 'fail', names, values);
    return unless === undefined || fail === undefined ? [] : [{ unless, fail }];
  });
  return { kind: 'check', conditions };
}

function failure(tree: Tree, key: string, names: Names, values: ValueCompiler): Failure | undefined {
  const code = values.textAt(tree, key, names);
  return code && { code, message: values.textAt(tree, 'message', names) };
}

function call(tree: Tree, names: Names, context: StepContext): CompiledStep {
  const { values, problems } = context;
  const name = textOf(tree, 'call')?.text ?? '';
  const compiled = compileCall(tree, names, context.backends, context);
  if (compiled !== undefined) reads(compiled, tree, problems);
  addName(name, tree, names, context);
  const seen = answerOf(compiled);
  const answer = { ...names, ...seen };
  const step: Step | undefined = compiled && {
    kind: 'call',
    name,
    call: compiled,
    ok: values.expressionAt(tree, 'ok', answer),
    notFound: values.expressionAt(tree, 'notFound', answer),
    deadlineMs: durationMs(textOf(tree, 'deadline')?.text),
  };
  return { step, adds: { [name]: objectOf(seen) }, ends: false };
}

function reads(call: Call, tree: Tree, problems: Problems): void {
  const kind = kindNamed(call.kind);
  if (!kind.onlyReads(call) && textOf(tree, 'effect') === undefined)
    problems.add('MONEY_RULE', tree.place, `${kind.nameOf(call)} may move money: it stands in a money step, or says \`effect: none\``);
}

/** Later steps know its facts under the name that it gives; it has none where it was not needed, e.g. a release of what was never held. */
function money(tree: Tree, names: Names, context: StepContext): CompiledStep {
  const step = compileMoney(tree, names, context);
  const as = textOf(tree, 'as')?.text;
  if (as !== undefined) addName(as, tree, names, context);
  return {
    step,
    ...(as !== undefined && { adds: { [as]: context.effects.get(textOf(tree, 'money')?.text ?? '')?.facts ?? ANY } }),
    ends: false,
  };
}

function choose(tree: Tree, names: Names, context: StepContext): CompiledStep {
  const branches = itemsOf(tree, 'choose').map((branch) => ({
    place: branch.place,
    when: context.values.expressionAt(branch, 'when', names),
    otherwise: childOf(branch, 'when') === undefined,
    compiled: compileSteps(itemsOf(branch, 'steps'), names, context, true),
  }));
  const last = branches.findIndex(({ otherwise }) => otherwise);
  for (const { place } of last < 0 ? [] : branches.slice(last + 1))
    context.problems.add('UNREACHABLE', place, 'nothing leads to this branch: one without `when` stands before it');
  return {
    step: { kind: 'choose', branches: branches.map(({ when, compiled }) => ({ when, steps: compiled.steps })) },
    ends: last >= 0 && branches.every(({ compiled }) => compiled.ends),
  };
}

function use(tree: Tree, names: Names, context: StepContext): CompiledStep {
  const { values, problems, routes } = context;
  const route = textOf(tree, 'use');
  const known = route && routes.get(route.text);
  if (route !== undefined && known === undefined) unknownKey(route.text, route.place, [...routes.keys()], problems, 'NAME_UNKNOWN');
  const given = values.texts(tree, 'with', names);
  for (const missing of (known?.takes ?? []).filter((argument) => !given.some(([name]) => name === argument)))
    problems.add('KEY_MISSING', tree.place, `the route ${route?.text} takes ${missing}: write it under \`with\``);
  for (const [name] of given.filter(([each]) => known !== undefined && !known.takes.includes(each)))
    problems.add('KEY_UNKNOWN', tree.place, `the route ${route?.text} takes no ${name}; it takes ${known?.takes.join(', ')}`);
  const as = textOf(tree, 'as')?.text;
  if (as !== undefined) addName(as, tree, names, context);
  return {
    step: route && { kind: 'use', route: route.text, arguments: given, as },
    ...(as !== undefined && { adds: { [as]: known?.replies ?? ANY } }),
    ends: false,
  };
}

function reply(tree: Tree, names: Names, context: StepContext): CompiledStep {
  const { values, problems, operation, replied } = context;
  const facts = values.expressions(tree, 'facts', names);
  // of several replies any may be the one: what is known is what all of them keep and answer
  replied.facts = eitherOf(replied.facts, objectOf(Object.fromEntries(facts.map(([name, { shape }]) => [name, shape]))));
  const answer = childOf(tree, 'reply');
  const allowed = operation === 'route' ? undefined : REPLIES[operation];
  if (answer?.kind === 'map' && allowed !== undefined)
    for (const { key, keyPlace } of answer.entries.values()) if (!allowed.includes(key)) unknownKey(key, keyPlace, allowed, problems);
  const template = values.templateAt(tree, 'reply', names);
  const answered = shapeOf(template);
  replied.reply = replied.reply === undefined ? answered : eitherOf(replied.reply, answered);
  return { step: template && { kind: 'reply', reply: template, facts }, ends: true };
}

function addNames(tree: Tree, key: string, names: Names, context: StepContext): void {
  const entries = childOf(tree, key);
  for (const { key: name, keyPlace } of entries?.kind === 'map' ? entries.entries.values() : [])
    addName(name, { place: keyPlace } as Tree, names, context);
}

/** A name that is given a second time would change what is meant by it further down. */
function addName(name: string, { place }: Pick<Tree, 'place'>, names: Names, { problems }: StepContext): void {
  if (Object.hasOwn(names, name)) problems.add('NAME_TWICE', place, `${name} is the name of something already: choose another`);
}

/** What is known of a filled template. */
function shapeOf(template: Template | undefined): Shape {
  if (template?.kind === 'text') return TEXT;
  if (template?.kind === 'expression') return template.expression.shape;
  return template?.kind === 'object' ? objectOf(Object.fromEntries(template.members.map(([name, one]) => [name, shapeOf(one)]))) : ANY;
}
