import { compileExpression, type Expression } from '../expression/compile.ts';
import type { Functions } from '../expression/compiled.ts';
import { ExpressionInvalid } from '../expression/expression-invalid.ts';
import { FUNCTIONS } from '../expression/functions/index.ts';
import { objectOf, type Shape } from '../expression/shape.ts';
import { childOf, mapOf, textOf } from './check-tree.ts';
import type { NamedExpressions, Template, TextOrExpression } from './operation.ts';
import { fillIn, type Problems } from './problem.ts';
import type { TextTree, Tree } from './yaml.ts';

/** The names that expressions may begin with at some place, and what is known of them. */
export type Names = Readonly<Record<string, Shape>>;

/** Compiles the texts, expressions and templates of a file. What is wrong is told with its place; then the value is left out. */
export class ValueCompiler {
  readonly #problems: Problems;
  readonly #functions: Functions;

  /** `own`: functions of the connector, beside those of the language. */
  constructor(problems: Problems, own: Functions = new Map()) {
    this.#problems = problems;
    this.#functions = own.size === 0 ? FUNCTIONS : new Map([...FUNCTIONS, ...own]);
  }

  /** A text that must be an expression. */
  expression(tree: TextTree | undefined, names: Names): Expression | undefined {
    if (tree === undefined || !tree.text.startsWith('=')) return undefined;
    // it is told of by whoever reads the files
    if (fillIn(tree.text) !== undefined) return undefined;
    if (tree.cut !== undefined) {
      this.#problems.add('EXPRESSION_CUT', tree.place, `an expression cannot stand here: ${tree.cut}`);
      return undefined;
    }
    try {
      return compileExpression(tree.text.slice(1), objectOf(names), this.#functions);
    } catch (error) {
      if (!(error instanceof ExpressionInvalid)) throw error;
      this.#problems.add('EXPRESSION_INVALID', tree.placeAt(error.column), error.message);
      return undefined;
    }
  }

  /** The expression under a key, if there is one. */
  expressionAt(tree: Tree | undefined, key: string, names: Names): Expression | undefined {
    return this.expression(textOf(tree, key), names);
  }

  /** A text, or an expression where it begins with `=`; `==` at its beginning is a text with one. */
  text(tree: TextTree, names: Names): TextOrExpression | undefined {
    if (tree.text.startsWith('==')) return { kind: 'text', text: tree.text.slice(1) };
    if (!tree.text.startsWith('=')) return { kind: 'text', text: tree.text };
    const expression = this.expression(tree, names);
    return expression && { kind: 'expression', expression };
  }

  textAt(tree: Tree | undefined, key: string, names: Names): TextOrExpression | undefined {
    const value = textOf(tree, key);
    return value && this.text(value, names);
  }

  template(tree: Tree, names: Names): Template | undefined {
    if (tree.kind === 'text') return this.text(tree, names);
    if (tree.kind === 'list') return { kind: 'list', items: tree.items.flatMap((item) => this.template(item, names) ?? []) };
    const members = [...tree.entries.values()].flatMap(({ key, value }): (readonly [string, Template])[] => {
      const member = this.template(value, names);
      return member === undefined ? [] : [[key, member]];
    });
    return { kind: 'object', members };
  }

  templateAt(tree: Tree | undefined, key: string, names: Names): Template | undefined {
    const value = childOf(tree, key);
    return value && this.template(value, names);
  }

  /** Texts under names of their own, e.g. a query. */
  texts(tree: Tree | undefined, key: string, names: Names): readonly (readonly [string, TextOrExpression])[] {
    return [...(mapOf(tree, key)?.entries.values() ?? [])].flatMap((entry): (readonly [string, TextOrExpression])[] => {
      const value = entry.value.kind === 'text' ? this.text(entry.value, names) : undefined;
      return value === undefined ? [] : [[entry.key, value]];
    });
  }

  /** Expressions under names of their own, e.g. facts. */
  expressions(tree: Tree | undefined, key: string, names: Names): NamedExpressions {
    return [...(mapOf(tree, key)?.entries.values() ?? [])].flatMap((entry): (readonly [string, Expression])[] => {
      const value = entry.value.kind === 'text' ? this.expression(entry.value, names) : undefined;
      return value === undefined ? [] : [[entry.key, value]];
    });
  }
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a text like `8s`, `5m` or `7d`; undefined of anything else. */
export function durationMs(text: string | undefined): number | undefined {
  const read = /^([1-9][0-9]{0,5})(ms|s|m|h|d)$/.exec(text ?? '');
  return read === null ? undefined : Number(read[1]) * (UNITS[read[2] as string] as number);
}
