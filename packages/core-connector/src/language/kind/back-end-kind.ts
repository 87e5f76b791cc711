import type { Expression } from '../../expression/compile.ts';
import type { Backend, CommonBackend } from '../backend.ts';
import type { Names, ValueCompiler } from '../compile-values.ts';
import type { Call, MoneyStep } from '../operation.ts';
import type { Place, Problems } from '../problem.ts';
import type { Tree } from '../yaml.ts';

/** With what parts of a file are compiled. */
export interface Compiler {
  readonly values: ValueCompiler;
  readonly problems: Problems;
}

/**
 * What the language knows of a kind of back end, beside its part of the grammar: how its back ends and calls are compiled, what predicates
 * see of its answers, and the money rules of its own. How it is called is in `back-end`.
 */
export interface BackEndKind<B extends Backend = Backend, C extends Call = Call> {
  /** What predicates look at: the members of an answer. */
  readonly answer: Names;
  /** `common`: what every kind has; `names`: the settings. */
  compileBackend(common: CommonBackend, tree: Tree, names: Names, compiler: Compiler): B;
  /** Undefined where it has a fault, which was told. */
  compileCall(to: B, tree: Tree, names: Names, compiler: Compiler): C | undefined;
  /** Is it certain that the call changes nothing at the core? */
  onlyReads(call: C): boolean;
  /** In words, e.g. `a POST`. */
  nameOf(call: C): string;
  /** Every expression of a call. */
  expressionsOf(call: C): readonly Expression[];
  /** Money rules that only this kind has; `at` is the place of a key of the step. */
  moneyRules(call: C, money: MoneyStep, at: (key: string) => Place, refuse: (place: Place, message: string) => void): void;
}
