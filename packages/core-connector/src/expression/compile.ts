import type { Compiled, Functions, Surroundings } from './compiled.ts';
import { Decimal } from './decimal.ts';
import { ExpressionInvalid } from './expression-invalid.ts';
import { FUNCTIONS } from './functions/index.ts';
import { OPERATORS } from './operators.ts';
import { compilePath, filtered, type PathParts, single } from './path.ts';
import { ANY, BOOLEAN, either, itemOf, listOf, NUMBER, nearest, objectOf, type Shape, TEXT } from './shape.ts';
import { admit, columnOf, type Node, parse } from './syntax.ts';
import { EvaluationFailed, emptyObject, truthy, type Value, type ValueObject } from './value.ts';

/** An expression that was compiled. Evaluating it has no effect, reads no clock, and costs what its data cost. */
export interface Expression {
  readonly text: string;
  readonly shape: Shape;
  /** What it reads of the root: first names and, where there is one, the member of each, like `quote.amount`. */
  readonly reads: ReadonlySet<string>;
  /** @throws EvaluationFailed with the reason, and never with a value. */
  evaluate(root: ValueObject): Value;
}

/**
 * Compiles an expression with JSONata's syntax into closures. Only what the language has is admitted; `root` tells which names there are, `functions`
 * which functions (default: those of the language).
 *
 * @throws ExpressionInvalid with the column of what is not in the language, or is misspelt.
 */
export function compileExpression(text: string, root: Shape, functions: Functions = FUNCTIONS): Expression {
  const slots = { count: 0 };
  const reads = new Set<string>();
  const { evaluate, shape } = compileNode(parse(text), { context: root, root, variables: new Map(), slots, reads, functions });
  return {
    text,
    shape,
    reads,
    evaluate(values) {
      try {
        return evaluate(values, { root: values, variables: new Array(slots.count).fill(undefined) });
      } catch (error) {
        if (error instanceof EvaluationFailed) throw error;
        // what a decimal says of itself names no value, and whatever else comes is told by its kind alone
        throw new EvaluationFailed(error instanceof Error && error.name === 'DecimalInvalid' ? error.message : 'the evaluation failed');
      }
    },
  };
}

/** Compiles one node, and the filters behind it. */
export function compileNode(node: Node, around: Surroundings): Compiled {
  admit(node);
  const bare = compileBare(node, around);
  if (node.predicate === undefined) return bare;
  const filters = node.predicate.map(({ expr }) => filtered(expr, itemOf(bare.shape), around, compileNode));
  return {
    shape: bare.shape.kind === 'list' ? bare.shape.of : bare.shape,
    evaluate: (context, frame) => {
      const value = bare.evaluate(context, frame);
      return value === undefined ? undefined : single(filters.reduce<Value>((items, filter) => filter(items, frame), value));
    },
  };
}

function compileBare(node: Node, around: Surroundings): Compiled {
  switch (node.type) {
    case 'string':
      return constant(String(node.value), TEXT);
    case 'number':
      return constant(integer(node), NUMBER);
    case 'value':
      return constant(node.value as boolean | null, typeof node.value === 'boolean' ? BOOLEAN : ANY);
    case 'name':
    case 'path':
      return compilePath(node.type === 'path' ? node : ({ type: 'path', steps: [node] } as Node), around, pathParts);
    case 'variable':
      return variable(node, around);
    case 'binary':
      return binary(node, around);
    case 'unary':
      return unary(node, around);
    case 'condition':
      return condition(node, around);
    case 'block':
      return block(node, around);
    case 'function':
      return call(node, around);
    default:
      throw new ExpressionInvalid(`${NOT_ADMITTED[node.type] ?? `a ${node.type}`} is not in the language`, columnOf(node));
  }
}

const NOT_ADMITTED: Readonly<Record<string, string>> = {
  wildcard: '*',
  descendant: '**',
  parent: '%',
  regex: 'a regular expression',
  sort: 'sorting with ^',
  apply: '~>',
  transform: 'a transformation | |',
  lambda: 'a function of your own (but as an argument of $map, $filter, $reduce)',
  partial: 'a partial call',
  range: 'a range ..',
  bind: ':= outside of a block ( )',
  index: '#',
  focus: '@',
};

const pathParts: PathParts = { compileNode };

function constant(value: Value, shape: Shape): Compiled {
  return { shape, evaluate: () => value };
}

/** Literals are doubles in jsonata's tree, and their text is lost: whole numbers that a double holds exactly are admitted, and no others. */
function integer(node: Node): Decimal {
  if (!Number.isSafeInteger(node.value)) throw new ExpressionInvalid('a number with decimals is written $number("1.5")', columnOf(node));
  return Decimal.of(BigInt(node.value as number));
}

function variable(node: Node, around: Surroundings): Compiled {
  const name = String(node.value);
  if (name === '') return { shape: around.context, evaluate: (context) => context };
  if (name === '$') return { shape: around.root, evaluate: (_context, { root }) => root };
  const known = around.variables.get(name);
  if (known === undefined) {
    const like = nearest(name, [...around.variables.keys()]);
    throw new ExpressionInvalid(`$${name} is not known here${like === undefined ? '' : `; did you mean $${like}?`}`, columnOf(node));
  }
  const { slot, shape } = known;
  return { shape, evaluate: (_context, { variables }) => variables[slot] };
}

function binary(node: Node, around: Surroundings): Compiled {
  const sign = String(node.value);
  const left = compileNode(node.lhs as Node, around).evaluate;
  const right = compileNode(node.rhs as Node, around).evaluate;
  if (sign === 'and')
    return { shape: BOOLEAN, evaluate: (context, frame) => truthy(left(context, frame)) && truthy(right(context, frame)) };
  if (sign === 'or') return { shape: BOOLEAN, evaluate: (context, frame) => truthy(left(context, frame)) || truthy(right(context, frame)) };
  const operator = OPERATORS[sign];
  const column = node.position ?? 1;
  if (operator === undefined) throw new ExpressionInvalid(`${sign} is not in the language`, column);
  const shape = sign === '&' ? TEXT : '+-*/%'.includes(sign) ? NUMBER : BOOLEAN;
  return { shape, evaluate: (context, frame) => operator(left(context, frame), right(context, frame), column) };
}

function unary(node: Node, around: Surroundings): Compiled {
  if (node.value === '-') {
    const { evaluate } = compileNode(node.expression as Node, around);
    const column = columnOf(node);
    return {
      shape: NUMBER,
      evaluate: (context, frame) => {
        const value = evaluate(context, frame);
        if (value === undefined || value instanceof Decimal) return value?.negate();
        throw new EvaluationFailed('- needs a number: $number(…) makes one of a text', column);
      },
    };
  }
  return node.value === '[' ? list(node, around) : object(node, around);
}

/** A list; the items of a list within it are its own items, unless that one is written with brackets itself. */
function list(node: Node, around: Surroundings): Compiled {
  const parts = (node.expressions ?? []).map((part) => ({
    ...compileNode(part, around),
    whole: part.type === 'unary' && part.value === '[',
  }));
  const shape = listOf(parts.length === 0 ? ANY : parts.map((part) => itemOf(part.shape)).reduce(either));
  return {
    shape,
    evaluate: (context, frame) => {
      const items: Value[] = [];
      for (const { evaluate, whole } of parts) {
        const value = evaluate(context, frame);
        if (value === undefined) continue;
        if (Array.isArray(value) && !whole) items.push(...value);
        else items.push(value);
      }
      return items;
    },
  };
}

function object(node: Node, around: Surroundings): Compiled {
  const members: { readonly name: Compiled['evaluate']; readonly value: Compiled['evaluate']; readonly column: number }[] = [];
  const shapes: Record<string, Shape> = Object.create(null);
  let open = false;
  for (const [name, value] of node.lhs as readonly (readonly [Node, Node])[]) {
    const compiled = compileNode(value, around);
    const column = columnOf(name);
    if (name.type !== 'string') open = true;
    else if (Object.hasOwn(shapes, String(name.value)))
      throw new ExpressionInvalid(`the member ${String(name.value)} is written twice`, column);
    else shapes[String(name.value)] = compiled.shape;
    members.push({ name: compileNode(name, around).evaluate, value: compiled.evaluate, column });
  }
  return {
    shape: objectOf(shapes, open),
    evaluate: (context, frame) => {
      const made = emptyObject();
      for (const { name, value, column } of members) {
        const key = name(context, frame);
        if (typeof key !== 'string') throw new EvaluationFailed('the name of a member must be a text', column);
        const content = value(context, frame);
        if (content !== undefined) made[key] = content;
      }
      return made;
    },
  };
}

function condition(node: Node, around: Surroundings): Compiled {
  const test = compileNode(node.condition as Node, around).evaluate;
  const then = compileNode(node.then as Node, around);
  const otherwise = node.else === undefined ? constant(undefined, { kind: 'nothing' }) : compileNode(node.else, around);
  const shape = node.else === undefined ? then.shape : either(then.shape, otherwise.shape);
  return {
    shape,
    evaluate: (context, frame) => (truthy(test(context, frame)) ? then.evaluate(context, frame) : otherwise.evaluate(context, frame)),
  };
}

/** `( $x := …; …; value )`: names for parts; the value of the last is that of the block. */
function block(node: Node, around: Surroundings): Compiled {
  let inside = around;
  const parts: Compiled['evaluate'][] = [];
  let shape: Shape = { kind: 'nothing' };
  for (const part of node.expressions ?? []) {
    if (part.type !== 'bind') {
      const compiled = compileNode(part, inside);
      parts.push(compiled.evaluate);
      shape = compiled.shape;
      continue;
    }
    const name = String((part.lhs as Node).value);
    const value = compileNode(part.rhs as Node, inside);
    const slot = inside.slots.count++;
    inside = { ...inside, variables: new Map([...inside.variables, [name, { slot, shape: value.shape }]]) };
    parts.push((context, frame) => (frame.variables[slot] = value.evaluate(context, frame)));
    shape = value.shape;
  }
  return {
    shape,
    evaluate: (context, frame) => {
      let last: Value;
      for (const part of parts) last = part(context, frame);
      return last;
    },
  };
}

function call(node: Node, around: Surroundings): Compiled {
  const procedure = node.procedure as Node;
  const name = String(procedure.value);
  const column = columnOf({ ...procedure, position: procedure.position ?? node.position ?? 1 });
  const known = procedure.type === 'variable' ? around.functions.get(name) : undefined;
  if (known === undefined) {
    const like = nearest(name, [...around.functions.keys()]);
    throw new ExpressionInvalid(
      `$${name} is not a function of the language${like === undefined ? '' : `; did you mean $${like}?`}`,
      column,
    );
  }
  return known.compile(node.arguments ?? [], around, column, compileNode);
}
