import { dirname, resolve } from 'node:path';
import { checkApart, type Outline } from './apart.ts';
import { coreChecks } from './core-rules.ts';
import { checkChoice, checkOnly, divide, type Environments } from './environments.ts';
import { refuseNewerFormat } from './format.ts';
import { type ConfigKey, listKeys } from './keys.ts';
import { ConfigInvalid } from './problem.ts';
import { type Origin, readValues, type Variables } from './read-values.ts';
import { crossChecks } from './rules.ts';
import { type Config, configSchema } from './schema.ts';
import { unknownKeys, unknownVariables } from './unknown-keys.ts';
import { readTree, type Tree } from './yaml-tree.ts';

export type { Origin } from './read-values.ts';

/** A configuration that passed every check. Paths in it are absolute. */
export interface LoadedConfig {
  readonly config: Config;
  /** By path of the key. */
  readonly origins: ReadonlyMap<string, Origin>;
  /** The file that was read; undefined when everything came from the environment. */
  readonly file: string | undefined;
  /** Names of the file's environments; `config.environment` is one of them, unless there are none. */
  readonly environments: readonly string[];
}

/** Variables that begin with `PM_` and are not configuration. */
export const RESERVED_VARIABLES: readonly string[] = [
  'PM_API_KEY',
  'PM_FAILPOINT',
  'PM_CONFIG_FILE',
  'PM_OPERATOR',
  'PM_PASSPHRASE',
  'PM_TEST_POSTGRES_URL',
];

/**
 * Reads `payment-manager.yaml`, lays the chosen one of its `environments` over it, and the process's environment over both, fills in
 * the defaults and checks everything, the environments that are not chosen included.
 *
 * `variables` is `process.env` in the product. Without a file everything must come from it.
 * Relative paths are taken from the folder of the file (without a file: from `workingFolder`); `readIn` is that folder where the file is
 * judged for another place, such as a pod.
 *
 * @throws ConfigInvalid with every problem that was found, not only the first.
 */
export async function loadConfig(
  file: string | undefined,
  variables: Variables,
  workingFolder: string,
  readIn?: string,
): Promise<LoadedConfig> {
  const keys = listKeys(configSchema);
  const location = file === undefined ? undefined : resolve(workingFolder, file);
  const folder = readIn ?? (location === undefined ? workingFolder : dirname(location));
  const tree = location === undefined ? {} : await readTree(location);
  refuseNewerFormat(variables['PM_FORMAT'] ?? tree['format']);
  const { problems: wrongEnvironments, ...divided } = divide(tree, keys);
  const name = chosenName(divided.everywhere, variables);
  const overlay = divided.overlays?.get(name ?? '');
  const read = readValues(keys, { everywhere: divided.everywhere, overlay, variables, folder, name });
  const problems = [
    ...unknownKeys(divided.everywhere, keys),
    ...unknownVariables(variables, keys, RESERVED_VARIABLES),
    ...wrongEnvironments,
    ...checkChoice(divided, name),
    ...(location === undefined ? [] : checkOnly(divided, variables['PM_ENVIRONMENT'], ownName(divided.everywhere, keys))),
    ...read.problems,
    ...coreChecks(read.config as Config, read.origins),
  ];
  if (problems.length === 0) problems.push(...crossChecks(read.config as Config), ...checkApart(outlines(keys, divided, folder)));
  if (problems.length > 0) throw new ConfigInvalid(problems);
  return { config: read.config as Config, origins: read.origins, file: location, environments: [...(divided.overlays?.keys() ?? [])] };
}

/** The environment that the variable names, else the file. */
function chosenName(everywhere: Tree, variables: Variables): string | undefined {
  const chosen = variables['PM_ENVIRONMENT'] ?? everywhere['environment'];
  return typeof chosen === 'string' ? chosen : undefined;
}

/** The environment of a file that has no others. */
function ownName({ environment }: Tree, keys: readonly ConfigKey[]): string {
  return String(environment ?? keys.find(({ path }) => path === 'environment')?.schema.default);
}

/** The environments as they would be in force without variables: those belong to this process. */
function outlines(keys: readonly ConfigKey[], { everywhere, overlays }: Environments, folder: string): Outline[] {
  return [...(overlays ?? [])].map(([name, overlay]) => ({
    name,
    config: readValues(keys, { everywhere, overlay, variables: {}, folder, name }).config as Partial<Config>,
  }));
}
