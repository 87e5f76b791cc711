import { join, resolve } from 'node:path';
import type { ConfigKey } from './keys.ts';
import type { ConfigProblem } from './problem.ts';
import { invalidValue, missingValue } from './problem-texts.ts';
import { fromEnvironment, isValid } from './value.ts';
import { type Tree, valueAt } from './yaml-tree.ts';

/**
 * Where the value of a key came from. `overlay`: from the chosen one of the file's `environments`; `derived`: a default or a value for
 * all environments, to which the name of this one was added.
 */
export type Origin = 'file' | 'overlay' | 'environment' | 'default' | 'derived' | 'unset';

/** The environment of a process. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** What values are looked for in: the variable outranks the overlay, the overlay the file. */
export interface Sources {
  readonly everywhere: Tree;
  readonly overlay: Tree | undefined;
  readonly variables: Variables;
  /** Relative paths are taken from here. */
  readonly folder: string;
  readonly name: string | undefined;
}

export interface ReadValues {
  /** Of keys that were given, or have a default; all groups are there. */
  readonly config: Record<string, unknown>;
  readonly origins: ReadonlyMap<string, Origin>;
  readonly problems: readonly ConfigProblem[];
}

/** Reads every key from where it stands, checks each by itself, and makes paths absolute. */
export function readValues(keys: readonly ConfigKey[], sources: Sources): ReadValues {
  const origins = new Map<string, Origin>();
  const config: Record<string, unknown> = {};
  const problems: ConfigProblem[] = [];
  for (const key of keys) {
    const { value, origin } = valueFor(key, sources);
    origins.set(key.path, origin);
    if (value === undefined) {
      if (key.required) problems.push(missingValue(key));
    } else if (isValid(key, value)) put(config, key, withPlaces(key, sources.folder, value));
    // of an overlay that is told already, with its place in the file
    else if (origin !== 'overlay') problems.push(invalidValue(key, value, { variable: origin === 'environment' }));
  }
  for (const key of keys) makeGroups(config, key.segments);
  return { config, origins, problems };
}

interface FoundValue {
  readonly value: unknown;
  readonly origin: Origin;
}

function valueFor(key: ConfigKey, sources: Sources): FoundValue {
  const found = firstFound(key, sources);
  const { overlay, name } = sources;
  const add = ownByName[key.path];
  if (overlay === undefined || name === undefined || add === undefined || found.origin === 'overlay') return found;
  return typeof found.value === 'string' ? { value: add(found.value, name), origin: 'derived' } : found;
}

/** What each environment has for itself, unless it says otherwise: never the same journal or key, by construction. */
const ownByName: Readonly<Record<string, (value: string, name: string) => string>> = {
  dataFolder: join,
  'journal.postgresSchema': (schema, name) => `${schema}_${name.replaceAll('-', '_')}`,
};

function firstFound(key: ConfigKey, { everywhere, overlay, variables }: Sources): FoundValue {
  const variable = variables[key.environmentName];
  if (variable !== undefined) return { value: fromEnvironment(key.schema, variable), origin: 'environment' };
  const own = overlay && valueAt(overlay, key.segments);
  if (own !== undefined) return { value: own, origin: 'overlay' };
  const common = valueAt(everywhere, key.segments);
  if (common !== undefined) return { value: common, origin: 'file' };
  if (key.schema.default !== undefined) return { value: structuredClone(key.schema.default), origin: 'default' };
  return { value: undefined, origin: 'unset' };
}

function put(config: Record<string, unknown>, key: ConfigKey, value: unknown): void {
  const group = makeGroups(config, key.segments);
  group[key.segments.at(-1) as string] = value;
}

function makeGroups(config: Record<string, unknown>, segments: readonly string[]): Record<string, unknown> {
  let group = config;
  for (const segment of segments.slice(0, -1)) {
    group[segment] ??= {};
    group = group[segment] as Record<string, unknown>;
  }
  return group;
}

/** Paths are made absolute. */
function withPlaces(key: ConfigKey, folder: string, value: unknown): unknown {
  if (key.schema.kind === 'path') return absolute(key, folder, value as string);
  if (key.schema.kind !== 'paths') return value;
  return Object.fromEntries(Object.entries(value as Record<string, string>).map(([name, path]) => [name, resolve(folder, path)]));
}

/** The journal file lies in the data folder, wherever that is. */
function absolute(key: ConfigKey, folder: string, value: string): string {
  return key.path === 'journalFile' ? value : resolve(folder, value);
}
