import type { Compiled, Frame, Surroundings } from '../compiled.ts';
import { Decimal } from '../decimal.ts';
import { ExpressionInvalid } from '../expression-invalid.ts';
import { ANY, BOOLEAN, either, itemOf, listOf, NUMBER, type Shape, TEXT } from '../shape.ts';
import { columnOf, type Node } from '../syntax.ts';
import { equal, isList, isObject, memberOf, truthy, type Value, type ValueObject } from '../value.ts';
import { type CompileNode, checkCount, itemOfFirst, type Parameter, plain, type RegisteredFunction } from './registered.ts';

const ITEMS_PARAMETER: Parameter = { name: 'list', takes: 'list' };
const ANY_PARAMETER: Parameter = { name: 'value', takes: 'any' };

/** Functions of lists and objects, and of whether something is there. */
export const listFunctions: readonly RegisteredFunction[] = [
  plain('exists', {
    summary: 'Is there a value? null is one.',
    example: '$exists(body.resourceId)',
    parameters: [ANY_PARAMETER],
    gives: BOOLEAN,
    takesMissing: true,
    run: (value: Value) => value !== undefined,
  }),
  plain('boolean', {
    summary: 'Does a value count as true?',
    example: '$boolean(body.errors)',
    parameters: [ANY_PARAMETER],
    gives: BOOLEAN,
    run: (value: Value) => truthy(value),
  }),
  plain('not', {
    summary: 'The contrary of what a value counts as; nothing of nothing.',
    example: '$not(body.reversed)',
    parameters: [ANY_PARAMETER],
    gives: BOOLEAN,
    run: (value: Value) => !truthy(value),
  }),
  plain('count', {
    summary: 'How many items a list has; 0 of nothing.',
    example: '$count(body) = 2',
    parameters: [ANY_PARAMETER],
    gives: NUMBER,
    takesMissing: true,
    run: (value: Value) => Decimal.of(BigInt(value === undefined ? 0 : isList(value) ? value.length : 1)),
  }),
  plain('first', {
    summary: 'The first item of a list; nothing of an empty one.',
    example: '$first(body.transactions[reversed = false])',
    parameters: [ITEMS_PARAMETER],
    gives: itemOfFirst,
    run: (list: readonly Value[]) => list[0],
  }),
  plain('last', {
    summary: 'The last item of a list; nothing of an empty one.',
    example: '$last(body.transactions)',
    parameters: [ITEMS_PARAMETER],
    gives: itemOfFirst,
    run: (list: readonly Value[]) => list.at(-1),
  }),
  plain('append', {
    summary: 'One list with the items of both.',
    example: '$append(req.extensionList, body.extra)',
    parameters: [ITEMS_PARAMETER, { ...ANY_PARAMETER, optional: true }],
    gives: (shapes) => listOf(shapes.map(itemOf).reduce(either)),
    run: (list: readonly Value[], other: Value) => (other === undefined ? list : [...list, ...(isList(other) ? other : [other])]),
  }),
  plain('distinct', {
    summary: 'A list without the items that are equal to an earlier one.',
    example: '$distinct(body.accounts.currency)',
    parameters: [ANY_PARAMETER],
    gives: ([shape]) => shape ?? ANY,
    run: (value: Value) =>
      isList(value) ? value.filter((item, index) => value.findIndex((other) => equal(other, item)) === index) : value,
  }),
  plain('keys', {
    summary: 'The names of the members of an object.',
    example: '$keys(body.limits)',
    parameters: [{ name: 'object', takes: 'object' }],
    gives: listOf(TEXT),
    sequence: true,
    run: (object: ValueObject) => Object.keys(object),
  }),
  plain('lookup', {
    summary: 'The member of an object with a name that is only known then, e.g. of a table of the connector.',
    example: '$lookup(tables.products, body.productId)',
    parameters: [
      { name: 'object', takes: 'object' },
      { name: 'name', takes: 'text' },
    ],
    gives: ANY,
    run: (object: ValueObject, name: string) => memberOf(object, name),
  }),
  plain('merge', {
    summary: 'One object with the members of several; of two with one name the later.',
    example: '$merge([cfg.headers, {"X-Branch": body.branch}])',
    parameters: [ITEMS_PARAMETER],
    gives: ANY,
    run: (list: readonly Value[]) => Object.assign(Object.create(null), ...list.filter(isObject)) as ValueObject,
  }),
  overItems('map', {
    summary: 'What an expression gives for each item of a list; its function has the item, and if wanted its position.',
    example: '$map(body.clients, function($c) { $c.id })',
    parameters: 2,
    gives: (_item, body) => listOf(body),
    run: (list, body) => list.flatMap((item, index) => defined(body(item, index))),
  }),
  overItems('filter', {
    summary: 'The items of a list for which a condition holds.',
    example: '$filter(body.accounts, function($a) { $a.status = "ACTIVE" })',
    parameters: 2,
    gives: (item) => listOf(item),
    run: (list, body) => list.filter((item, index) => truthy(body(item, index))),
  }),
];

function defined(value: Value): readonly Value[] {
  return value === undefined ? [] : [value];
}

interface OverItems {
  readonly summary: string;
  readonly example: string;
  /** How many parameters its function may have. */
  readonly parameters: number;
  readonly gives: (item: Shape, body: Shape) => Shape;
  readonly run: (list: readonly Value[], body: (item: Value, index: number) => Value) => readonly Value[];
}

/**
 * A function whose second argument is a function, written where it is called: `function($x) { … }`. It has no name that anything could call
 * again, so there is no recursion, and the cost is that of the list.
 */
function overItems(name: string, { summary, example, parameters, gives, run }: OverItems): RegisteredFunction {
  const described: readonly Parameter[] = [ITEMS_PARAMETER, { name: 'function', takes: 'any' }];
  return {
    name,
    summary,
    example,
    parameters: described,
    compile(args, around, column, compileNode) {
      checkCount(name, described, args, column);
      const list = compileNode(args[0] as Node, around);
      const item = itemOf(list.shape);
      const { evaluate, shape } = compileFunction(args[1] as Node, parameters, item, around, compileNode, name);
      return {
        shape: gives(item, shape),
        evaluate: (context, frame) => {
          const found = list.evaluate(context, frame);
          if (found === undefined) return undefined;
          const result = run(isList(found) ? found : [found], (each, index) => evaluate(each, index, context, frame));
          return result.length > 1 ? result : result[0];
        },
      };
    },
  };
}

interface CompiledFunction {
  readonly shape: Shape;
  readonly evaluate: (item: Value, index: number, context: Value, frame: Frame) => Value;
}

function compileFunction(
  node: Node,
  most: number,
  item: Shape,
  around: Surroundings,
  compileNode: CompileNode,
  caller: string,
): CompiledFunction {
  if (node.type !== 'lambda') throw new ExpressionInvalid(`$${caller}: argument 2 is written as function($x) { … }`, columnOf(node));
  const names = (node.arguments ?? []).map((parameter) => String(parameter.value));
  if (names.length === 0 || names.length > most)
    throw new ExpressionInvalid(`$${caller}: the function has 1 to ${most} parameters`, columnOf(node));
  const slots = names.map(() => around.slots.count++);
  const variables = new Map(around.variables);
  for (const [index, name] of names.entries()) variables.set(name, { slot: slots[index] as number, shape: index === 0 ? item : NUMBER });
  const body: Compiled = compileNode(unthunked(node.body as Node), { ...around, variables });
  const [itemSlot = 0, indexSlot] = slots;
  return {
    shape: body.shape,
    evaluate: (each, index, context, frame) => {
      frame.variables[itemSlot] = each;
      if (indexSlot !== undefined) frame.variables[indexSlot] = Decimal.of(BigInt(index));
      return body.evaluate(context, frame);
    },
  };
}

/** jsonata wraps a body that ends in a call into a function of its own, for tail calls. There are none here. */
function unthunked(node: Node): Node {
  return node.type === 'lambda' && node.thunk === true ? (node.body as Node) : node;
}
