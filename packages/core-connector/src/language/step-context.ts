import type { Shape } from '../expression/shape.ts';
import type { Backend } from './backend.ts';
import type { ValueCompiler } from './compile-values.ts';
import type { OperationName } from './operation-schema.ts';
import type { Problems } from './problem.ts';

/** What the steps of an operation may refer to, and what is collected on the way. */
export interface StepContext {
  readonly operation: OperationName | 'route';
  readonly on: 'COMMITTED' | 'ABORTED' | undefined;
  readonly backends: ReadonlyMap<string, Backend>;
  readonly routes: ReadonlyMap<string, { readonly takes: readonly string[]; readonly replies: Shape }>;
  /** Effects of the connector by name, with what their facts look like; filled while operations are compiled. */
  readonly effects: Map<string, KnownEffect>;
  readonly values: ValueCompiler;
  readonly problems: Problems;
  /** The facts that a `reply` keeps for later operations, and what it answers. */
  readonly replied: { facts: Shape; reply: Shape | undefined };
}

export interface KnownEffect {
  readonly kind: string;
  readonly facts: Shape;
  readonly operation: string;
}
