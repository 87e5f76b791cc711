import { type ConfigKey, ENVIRONMENT_FORM } from './keys.ts';
import { shown } from './mask.ts';
import type { ConfigProblem } from './problem.ts';
import { invalidValue } from './problem-texts.ts';
import { suggestion } from './suggestion.ts';
import { unknownKeys } from './unknown-keys.ts';
import { isValid } from './value.ts';
import { isTree, type Tree, valueAt } from './yaml-tree.ts';

/** A file divided into what holds everywhere and what each environment says otherwise. */
export interface Environments {
  /** Without the key `environments`. */
  readonly everywhere: Tree;
  /** By name, in the order of the file; undefined when the file has no environments. */
  readonly overlays: ReadonlyMap<string, Tree> | undefined;
}

/**
 * Takes `environments` out of a file, and checks every one of them with the schema of the whole, chosen or not: what is wrong in
 * production must show before the day of the move.
 */
export function divide(tree: Tree, keys: readonly ConfigKey[]): Environments & { readonly problems: readonly ConfigProblem[] } {
  const { environments, ...everywhere } = tree;
  if (environments === undefined) return { everywhere, overlays: undefined, problems: [] };
  if (!isTree(environments)) return { everywhere, overlays: undefined, problems: [noEnvironments(environments)] };
  const overlays = new Map<string, Tree>();
  const problems: ConfigProblem[] = [];
  const overlayKeys = keys.filter(({ path }) => path !== 'environment');
  for (const [name, overlay] of Object.entries(environments)) {
    overlays.set(name, isTree(overlay) ? overlay : {});
    problems.push(...checkOverlay(name, overlay, overlayKeys));
  }
  return { everywhere, overlays, problems };
}

function checkOverlay(name: string, overlay: unknown, keys: readonly ConfigKey[]): ConfigProblem[] {
  const where = `environments.${name}`;
  if (!ENVIRONMENT_FORM.test(name))
    return [
      {
        where,
        expected: 'a name of 1 to 32 small letters, digits and -, a letter first',
        found: `the name ${JSON.stringify(name.slice(0, 60))}`,
        advice: 'Call it for example sandbox, pre-production or production.',
      },
    ];
  if (overlay === null) return [];
  if (!isTree(overlay))
    return [{ where, expected: 'a group of keys', found: shown(where, overlay), advice: `Indent the keys of \`${where}\` below it.` }];
  const wrong = keys.flatMap((key) => {
    const value = valueAt(overlay, key.segments);
    return value === undefined || isValid(key, value) ? [] : [invalidValue(key, value, { where: `${where}.${key.path}` })];
  });
  return [...unknownKeys(overlay, keys, `${where}.`), ...wrong];
}

function noEnvironments(found: unknown): ConfigProblem {
  return {
    where: 'environments',
    expected: 'environments by their names, each a group of keys',
    found: shown('environments', found),
    advice: 'Write for example environments: { sandbox: { hub: { baseUrl: https://… } } }, or leave it out.',
  };
}

/**
 * A file without environments is of one only: another one, chosen outside of it, would have that one's journal with other keys. `own` is
 * the file's.
 */
export function checkOnly({ overlays }: Environments, variable: string | undefined, own: string): ConfigProblem[] {
  if (overlays !== undefined || variable === undefined || variable === own) return [];
  return [
    {
      where: 'environment',
      expected: `${own}, because this file has no \`environments\``,
      found: `the text '${variable}' in --environment or PM_ENVIRONMENT`,
      advice: 'Put each environment below `environments` (docs/onboarding.md), or change the key `environment`.',
    },
  ];
}

/** What is wrong with the choice of an environment. `chosen` is undefined when neither file, variable nor option says one. */
export function checkChoice({ overlays }: Environments, chosen: string | undefined): ConfigProblem[] {
  if (overlays === undefined || (chosen !== undefined && overlays.has(chosen))) return [];
  const names = [...overlays.keys()];
  const meant = chosen === undefined ? undefined : suggestion(chosen, names);
  return [
    {
      where: 'environment',
      expected: `the name of an environment of this file: ${names.join(', ')}`,
      found: chosen === undefined ? 'nothing: none is chosen' : `the text '${chosen}'`,
      advice: `${meant === undefined ? 'Choose' : `Did you mean '${meant}'? Choose`} with --environment NAME, PM_ENVIRONMENT, or \`environment: NAME\` in the file.`,
    },
  ];
}
