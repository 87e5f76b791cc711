import type { Compiled, Frame, Surroundings } from './compiled.ts';
import { Decimal } from './decimal.ts';
import { ExpressionInvalid } from './expression-invalid.ts';
import { ANY, itemOf, listOf, nearest, type Shape } from './shape.ts';
import { admit, columnOf, type Node } from './syntax.ts';
import { isList, isObject, memberOf, truthy, type Value } from './value.ts';

/** What a path needs of the compiler, handed in so that the two files do not import each other. */
export interface PathParts {
  readonly compileNode: (node: Node, around: Surroundings) => Compiled;
}

type Filter = (value: Value, frame: Frame) => Value;

interface Step {
  readonly evaluate: Compiled['evaluate'];
  readonly filters: readonly Filter[];
  /** A list that is written with brackets stays one item. */
  readonly whole: boolean;
}

/**
 * A path: each step is taken for each item that the step before it gave, and lists become one list, as in JSONata. A path that gives one item
 * gives that item, not a list of one; where the last step finds one list in the data, it stays as it is.
 */
export function compilePath(node: Node, around: Surroundings, { compileNode }: PathParts): Compiled {
  let shape = around.context;
  noteRead(node.steps ?? [], around);
  const steps: Step[] = [];
  let many = false;
  for (const [index, step] of (node.steps ?? []).entries()) {
    admit(step);
    const inside: Surroundings = index === 0 ? around : { ...around, context: itemOf(shape) };
    const compiled =
      step.type === 'name' ? member(step, inside.context, index === 0 && inside.context === around.root) : compileNode(bare(step), inside);
    many ||= compiled.shape.kind === 'list';
    const filters = filterNodes(step).map((filter) => filtered(filter, itemOf(compiled.shape), inside, compileNode));
    shape = filters.length > 0 ? itemOf(compiled.shape) : compiled.shape;
    steps.push({ evaluate: compiled.evaluate, filters, whole: step.type === 'unary' && step.value === '[' });
  }
  const keepList = node.keepSingletonArray === true;
  const evaluate = (context: Value, frame: Frame): Value => walk(steps, context, frame, keepList);
  const names = keepList ? undefined : namesOf(node.steps ?? []);
  if (names !== undefined)
    return {
      shape: many && shape.kind !== 'list' ? listOf(shape) : shape,
      evaluate: (context, frame) => {
        const found = plainMember(context, names);
        return found === MANY ? walk(steps, context, frame, false) : found;
      },
    };
  const [only] = steps;
  // the commonest path of all, a member of what is there, needs no list
  if (steps.length === 1 && only !== undefined && only.filters.length === 0 && !only.whole && !keepList)
    return { shape, evaluate: (context, frame) => (isList(context) ? walk(steps, context, frame, false) : only.evaluate(context, frame)) };
  return { shape: (many || keepList) && shape.kind !== 'list' ? listOf(shape) : shape, evaluate };
}

/** The names of a path that has nothing else; undefined: it has. */
function namesOf(steps: readonly Node[]): readonly string[] | undefined {
  return steps.every((step) => step.type === 'name' && filterNodes(step).length === 0)
    ? steps.map(({ value }) => String(value))
    : undefined;
}

/** A list stands on the way. */
const MANY = Symbol('many');

/** The member of a member, as nearly all paths are, without making a list at each step. */
function plainMember(context: Value, names: readonly string[]): Value | typeof MANY {
  let value = context;
  for (const name of names) {
    if (isList(value)) return MANY;
    if (!isObject(value)) return undefined;
    value = memberOf(value, name);
  }
  return value;
}

/** `quote.amount` where the names are the root's, `$$.quote.amount` too. */
function noteRead([first, second, third]: readonly Node[], around: Surroundings): void {
  const isRoot = first?.type === 'variable' && (first.value === '$' || (first.value === '' && around.context === around.root));
  const [root, member] = isRoot ? [second, third] : [first, second];
  if (root?.type !== 'name' || (root === first && around.context !== around.root)) return;
  around.reads.add(member?.type === 'name' ? `${String(root.value)}.${String(member.value)}` : String(root.value));
}

function bare(step: Node): Node {
  const { predicate: _filters, ...rest } = step;
  return rest as Node;
}

function filterNodes(step: Node): readonly Node[] {
  return [...(step.stages ?? []), ...(step.predicate ?? [])].map(({ type, expr, position }) => {
    if (type !== 'filter') throw new ExpressionInvalid(`${type === 'index' ? '#' : type} is not in the language`, position);
    return expr;
  });
}

function walk(steps: readonly Step[], context: Value, frame: Frame, keepList: boolean): Value {
  let items: readonly Value[] = isList(context) ? context : [context];
  const last = steps.length - 1;
  for (let index = 0; index <= last; index++) {
    const { evaluate, filters, whole } = steps[index] as Step;
    const found: Value[] = [];
    for (const item of items) {
      let value = evaluate(item, frame);
      for (const filter of filters) if (value !== undefined) value = filter(value, frame);
      if (value !== undefined) found.push(value);
    }
    if (found.length === 0) return undefined;
    const [first] = found;
    if (index === last && found.length === 1 && isList(first) && filters.length === 0) return keepList || !whole ? first : first;
    items = whole ? found : found.flatMap((value) => (isList(value) ? value : [value]));
    if (items.length === 0) return undefined;
  }
  return keepList ? items : single(items);
}

/** A list of one is its item, and an empty one is nothing: what a path or a filter gives. */
export function single(items: Value): Value {
  if (!isList(items)) return items;
  return items.length > 1 ? items : items[0];
}

/** `[…]` behind a path: a position (from 0; negative ones from the end), or a condition for each item. */
export function filtered(
  node: Node,
  item: Shape,
  around: Surroundings,
  compileNode: (node: Node, around: Surroundings) => Compiled,
): Filter {
  const { evaluate } = compileNode(node, { ...around, context: item });
  const at = node.type === 'number' ? Number(node.value) : undefined;
  if (at !== undefined && !Number.isSafeInteger(at)) throw new ExpressionInvalid('a position is a whole number', columnOf(node));
  return (value, frame) => {
    const items = isList(value) ? value : [value];
    if (at !== undefined) {
      const found = items[at < 0 ? items.length + at : at];
      return found === undefined ? undefined : isList(found) ? found : [found];
    }
    const kept = items.filter((each, index) => holds(evaluate(each, frame), index, items.length));
    return kept.length === 0 ? undefined : kept;
  };
}

function holds(answer: Value, index: number, length: number): boolean {
  const positions = isList(answer) && answer.length > 0 && answer.every((each) => each instanceof Decimal) ? answer : [answer];
  if (!positions.every((each) => each instanceof Decimal)) return truthy(answer);
  return positions.some((each) => {
    const at = (each as Decimal).round(0, 'down').toInteger() ?? length;
    return (at < 0 ? length + at : at) === index;
  });
}

function member(node: Node, context: Shape, isRoot: boolean): Compiled {
  const name = String(node.value);
  return { shape: memberShape(node, name, context, isRoot), evaluate: (value) => lookUp(value, name) };
}

function memberShape(node: Node, name: string, context: Shape, isRoot: boolean): Shape {
  if (context.kind === 'any') return ANY;
  if (context.kind === 'list') return memberShape(node, name, itemOf(context), isRoot);
  if (context.kind !== 'object')
    throw new ExpressionInvalid(`${context.kind === 'nothing' ? 'nothing' : `a ${context.kind}`} has no member ${name}`, columnOf(node));
  const shape = Object.hasOwn(context.members, name) ? context.members[name] : undefined;
  if (shape !== undefined) return shape;
  if (context.open === true) return ANY;
  const known = Object.keys(context.members);
  const like = nearest(name, known);
  const hint = like === undefined ? `; known: ${known.join(', ')}` : `; did you mean ${like}?`;
  throw new ExpressionInvalid(isRoot ? `${name} is not known here${hint}` : `there is no member ${name}${hint}`, columnOf(node));
}

function lookUp(value: Value, name: string): Value {
  if (isObject(value)) return memberOf(value, name);
  if (!isList(value)) return undefined;
  const found = value.flatMap((item) => {
    const member = lookUp(item, name);
    return member === undefined ? [] : isList(member) ? member : [member];
  });
  return single(found);
}
