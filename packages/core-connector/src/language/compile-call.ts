import type { Backend } from './backend.ts';
import { textOf, unknownKey } from './check-tree.ts';
import type { Names } from './compile-values.ts';
import type { Compiler } from './kind/back-end-kind.ts';
import { CALL_KEYS, CALLS } from './kind/grammars.ts';
import { kindNamed } from './kind/kinds.ts';
import type { Call } from './operation.ts';
import type { Problems } from './problem.ts';
import type { Tree } from './yaml.ts';

/** Compiles a call as its back end's kind has it. Undefined where it has a fault, which was told. */
export function compileCall(tree: Tree, names: Names, backends: ReadonlyMap<string, Backend>, compiler: Compiler): Call | undefined {
  const to = backend(tree, backends, compiler.problems);
  if (to === undefined) return undefined;
  const own = Object.keys(CALLS[to.kind]);
  for (const { key, keyPlace } of tree.kind === 'map' ? tree.entries.values() : [])
    if (Object.hasOwn(CALL_KEYS, key) && !own.includes(key))
      compiler.problems.add('KEY_UNKNOWN', keyPlace, `a call of ${to.name}, which is of kind ${to.kind}, has no ${key}: ${own.join(', ')}`);
  return kindNamed(to.kind).compileCall(to, tree, names, compiler);
}

/** The back end that a call is for. */
function backend(tree: Tree, backends: ReadonlyMap<string, Backend>, problems: Problems): Backend | undefined {
  const to = textOf(tree, 'to');
  if (to === undefined) {
    const [only] = backends.values();
    if (backends.size === 1) return only;
    problems.add('KEY_MISSING', tree.place, `to is missing: which of the back ends ${[...backends.keys()].join(', ')} is called?`);
    return undefined;
  }
  if (!backends.has(to.text)) unknownKey(to.text, to.place, [...backends.keys()], problems, 'NAME_UNKNOWN');
  return backends.get(to.text);
}
