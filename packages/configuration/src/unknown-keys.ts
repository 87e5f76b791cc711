import type { ConfigKey } from './keys.ts';
import { shown } from './mask.ts';
import type { ConfigProblem } from './problem.ts';
import { suggestion } from './suggestion.ts';
import { isTree, type Tree } from './yaml-tree.ts';

/**
 * Keys of a tree that do not exist: a misspelt one must not be overlooked. `prefix` is where the tree stands in the file, with a dot
 * at its end.
 */
export function unknownKeys(tree: Tree, keys: readonly ConfigKey[], prefix = ''): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const visit = (node: Tree, path: readonly string[]): void => {
    for (const [name, value] of Object.entries(node)) {
      const here = [...path, name].join('.');
      if (keys.some((key) => key.path === here)) continue;
      const isGroup = keys.some((key) => key.path.startsWith(`${here}.`));
      if (isGroup && isTree(value)) visit(value, [...path, name]);
      else if (!isGroup) problems.push(unknown(here, value, keys, prefix));
      else if (value !== null) problems.push(noGroup(`${prefix}${here}`, value));
    }
  };
  visit(tree, []);
  return problems;
}

function noGroup(where: string, value: unknown): ConfigProblem {
  return { where, expected: 'a group of keys', found: shown(where, value), advice: `Indent the keys of \`${where}\` below it.` };
}

function unknown(path: string, value: unknown, keys: readonly ConfigKey[], prefix: string): ConfigProblem {
  const meant = suggestion(
    path,
    keys.map((key) => key.path),
  );
  return {
    where: `${prefix}${path}`,
    expected: 'a key that exists',
    found: `an unknown key with ${shown(path, value)}`,
    advice:
      meant === undefined
        ? 'Remove it; docs/configuration.md lists every key.'
        : `Did you mean \`${prefix}${meant}\`? docs/configuration.md lists every key.`,
  };
}

/** A misspelt override must not be ignored: the operator believes that it works. */
export function unknownVariables(
  variables: Readonly<Record<string, string | undefined>>,
  keys: readonly ConfigKey[],
  reserved: readonly string[],
): ConfigProblem[] {
  const known = keys.map((key) => key.environmentName);
  return Object.keys(variables)
    .filter((name) => name.startsWith('PM_') && !known.includes(name) && !reserved.includes(name))
    .map((name) => {
      const meant = suggestion(name, known);
      return {
        where: `environment variable ${name}`,
        expected: 'the name of a key: PM_ and its path in capitals, words divided by _',
        found: 'no such key',
        advice: meant === undefined ? 'Unset it; docs/configuration.md lists every variable.' : `Did you mean ${meant}?`,
      };
    });
}
