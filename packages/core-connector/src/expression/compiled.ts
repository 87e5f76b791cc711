import type { Shape } from './shape.ts';
import type { Node } from './syntax.ts';
import type { Value, ValueObject } from './value.ts';

/** What an evaluation works on: the root of the names, and the values of the variables, each in its place. */
export interface Frame {
  readonly root: ValueObject;
  readonly variables: Value[];
}

/** A compiled part: its value for a context, and what is known of it. */
export interface Compiled {
  readonly evaluate: (context: Value, frame: Frame) => Value;
  readonly shape: Shape;
}

/** A function as an expression calls it; `RegisteredFunction` is one. */
export interface Callable {
  compile(
    args: readonly Node[],
    around: Surroundings,
    column: number,
    compileNode: (node: Node, around: Surroundings) => Compiled,
  ): Compiled;
}

/** Functions by their names, without the dollar sign. */
export type Functions = ReadonlyMap<string, Callable>;

/** What is known where a part stands: the shape of the context, and the variables with their places. */
export interface Surroundings {
  readonly context: Shape;
  readonly root: Shape;
  readonly variables: ReadonlyMap<string, { readonly slot: number; readonly shape: Shape }>;
  /** Counts the places of variables in the whole expression. */
  readonly slots: { count: number };
  readonly functions: Functions;
  /** Collects what the whole expression reads of the root. */
  readonly reads: Set<string>;
}
