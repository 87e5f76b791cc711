import type { TSchema } from 'typebox';

/** What a leaf of the schema may say about itself; the schema is JSON Schema plus `kind`, `unit` and `example`. */
export interface LeafSchema {
  readonly type?: 'string' | 'integer' | 'boolean' | 'array' | 'object';
  readonly enum?: readonly (string | number)[];
  readonly kind?: string;
  readonly unit?: string;
  readonly description: string;
  readonly default?: unknown;
  readonly example?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: LeafSchema;
  readonly patternProperties?: Readonly<Record<string, LeafSchema>>;
}

/** One key of the configuration. */
export interface ConfigKey {
  /** With dots: `hub.tls.keyFile`. */
  readonly path: string;
  readonly segments: readonly string[];
  /** The environment variable that overrides it: `PM_HUB_TLS_KEY_FILE`. */
  readonly environmentName: string;
  readonly schema: LeafSchema & TSchema;
  /** True when there is neither a default nor leave to omit it. */
  readonly required: boolean;
}

/** A group of keys, for the reference. */
export interface ConfigGroup {
  readonly path: string;
  readonly description: string;
}

interface GroupSchema {
  readonly description: string;
  readonly required?: readonly string[];
  readonly properties: Readonly<Record<string, TSchema & LeafSchema & Partial<GroupSchema>>>;
}

/** How environments may be called; the vault names them like that, too. */
export const ENVIRONMENT_FORM = /^[a-z][a-z0-9-]{0,31}$/;

/** `PM_` and the path in upper snake case: `core.maxAnswerBytes` is `PM_CORE_MAX_ANSWER_BYTES`. */
export function environmentName(segments: readonly string[]): string {
  return `PM_${segments.map((segment) => segment.replace(/([A-Z])/g, '_$1').toUpperCase()).join('_')}`;
}

/** All keys of a schema, in the order in which it lists them. */
export function listKeys(schema: TSchema): readonly ConfigKey[] {
  const found: ConfigKey[] = [];
  walk(schema as unknown as GroupSchema, [], (segments, leaf, required) => {
    const needed = required && leaf.default === undefined;
    found.push({ path: segments.join('.'), segments, environmentName: environmentName(segments), schema: leaf, required: needed });
  });
  return found;
}

/** All groups of a schema, outer ones first. */
export function listGroups(schema: TSchema): readonly ConfigGroup[] {
  const found: ConfigGroup[] = [];
  const visit = (group: GroupSchema, path: readonly string[]): void => {
    found.push({ path: path.join('.'), description: group.description });
    for (const [name, member] of Object.entries(group.properties)) {
      if (member.properties !== undefined) visit(member as unknown as GroupSchema, [...path, name]);
    }
  };
  visit(schema as unknown as GroupSchema, []);
  return found;
}

function walk(
  group: GroupSchema,
  path: readonly string[],
  visit: (segments: readonly string[], leaf: LeafSchema & TSchema, required: boolean) => void,
): void {
  for (const [name, member] of Object.entries(group.properties)) {
    const segments = [...path, name];
    if (member.properties !== undefined) walk(member as unknown as GroupSchema, segments, visit);
    else visit(segments, member, group.required?.includes(name) ?? false);
  }
}
