import { ANY, nearest, objectOf, type Shape } from '../expression/shape.ts';
import type { Backend, CommonBackend, ErrorRule, Setting } from './backend.ts';
import { checkTree, itemsOf, mapOf, textOf } from './check-tree.ts';
import { durationMs, type Names, type ValueCompiler } from './compile-values.ts';
import { backendRule, KINDS, type Kind } from './kind/grammars.ts';
import { ANY_ANSWER, kindNamed } from './kind/kinds.ts';
import type { Problems } from './problem.ts';
import type { Tree } from './yaml.ts';

/** What a call may take where the connector does not say. */
const CONNECT_MS = 2_000;
const TOTAL_MS = 8_000;
const IN_FLIGHT = 32;

/** The settings of a connector, by name. */
export function compileSettings(root: Tree | undefined): readonly Setting[] {
  return [...(mapOf(root, 'settings')?.entries.values() ?? [])].map(({ key, value }) => ({
    name: key,
    type: textOf(value, 'type')?.text ?? 'text',
    required: textOf(value, 'required')?.text === 'true',
    defaultValue: textOf(value, 'default')?.text,
  }));
}

/** Look-up tables: texts by name. */
export function compileTables(root: Tree | undefined): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const tables: Record<string, Record<string, string>> = Object.create(null);
  for (const { key, value } of mapOf(root, 'tables')?.entries.values() ?? []) {
    const table: Record<string, string> = Object.create(null);
    if (value.kind === 'map')
      for (const entry of value.entries.values()) if (entry.value.kind === 'text') table[entry.key] = entry.value.text;
    tables[key] = table;
  }
  return tables;
}

/** The back ends of a connector; `cfg` is what is known of its settings. */
export function compileBackends(
  root: Tree | undefined,
  cfg: Shape,
  values: ValueCompiler,
  problems: Problems,
): ReadonlyMap<string, Backend> {
  const backends = new Map<string, Backend>();
  for (const { key, value } of mapOf(root, 'backends')?.entries.values() ?? []) {
    const timeouts = mapOf(value, 'timeouts');
    const limits = mapOf(value, 'limits');
    const perSecond = textOf(limits, 'perSecond')?.text;
    const common: CommonBackend = {
      name: key,
      timeouts: {
        connectMs: durationMs(textOf(timeouts, 'connect')?.text) ?? CONNECT_MS,
        totalMs: durationMs(textOf(timeouts, 'total')?.text) ?? TOTAL_MS,
      },
      limits: {
        inFlight: Math.max(1, Number(textOf(limits, 'inFlight')?.text ?? IN_FLIGHT)),
        perSecond: perSecond === undefined ? undefined : Math.max(1, Number(perSecond)),
      },
    };
    backends.set(key, kindNamed(kindOfBackend(value)).compileBackend(common, value, { cfg }, { values, problems }));
  }
  return backends;
}

/** Checks a back end against the grammar of its kind. */
export function checkBackend(tree: Tree, problems: Problems): void {
  const kind = textOf(tree, 'kind');
  if (kind !== undefined && !KINDS.includes(kind.text as Kind))
    problems.add('VALUE_WRONG', kind.place, `${JSON.stringify(kind.text)} is no kind of back end: ${KINDS.join(', ')}`);
  else checkTree(tree, backendRule(kindOfBackend(tree)), problems, { '#/$defs/template': () => {} });
}

function kindOfBackend(tree: Tree): Kind {
  const said = textOf(tree, 'kind')?.text;
  // of a misspelt one the nearest, so that one fault is told once
  return KINDS.find((kind) => kind === nearest(said ?? 'http', KINDS)) ?? 'http';
}

/** The error table, in order: the first that holds counts. */
export function compileErrors(root: Tree | undefined, cfg: Shape, values: ValueCompiler, problems: Problems): readonly ErrorRule[] {
  const answer: Names = { cfg, ...ANY_ANSWER };
  return itemsOf(root, 'errors').flatMap((item) => {
    const when = values.expressionAt(item, 'when', answer);
    const code = textOf(item, 'code');
    if (code !== undefined && !/^[1-5][0-9]{3}$/.test(code.text))
      problems.add('VALUE_WRONG', code.place, `${JSON.stringify(code.text)} is no FSPIOP error code: four digits, e.g. 3204`);
    const message = values.textAt(item, 'message', answer);
    return when === undefined || code === undefined
      ? []
      : [{ when, code: code.text, message, alert: textOf(item, 'alert')?.text === 'true' }];
  });
}

/** What is known of the tables: each is there, and any name may be looked up in it. */
export function tablesShape(tables: Readonly<Record<string, unknown>>): Shape {
  return objectOf(Object.fromEntries(Object.keys(tables).map((name) => [name, ANY])));
}
