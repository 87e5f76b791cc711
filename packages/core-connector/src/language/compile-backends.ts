import { ANY, NUMBER, objectOf, type Shape } from '../expression/shape.ts';
import type { Authentication, Backend, ErrorRule, Setting } from './backend.ts';
import { itemsOf, mapOf, textOf } from './check-tree.ts';
import { durationMs, type Names, type ValueCompiler } from './compile-values.ts';
import type { Problems } from './problem.ts';
import type { MapTree, Tree } from './yaml.ts';

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
  const names: Names = { cfg };
  const backends = new Map<string, Backend>();
  for (const { key, value } of mapOf(root, 'backends')?.entries.values() ?? []) {
    const timeouts = mapOf(value, 'timeouts');
    const limits = mapOf(value, 'limits');
    const health = mapOf(value, 'health');
    const ok = values.expressionAt(health, 'ok', { status: NUMBER, body: ANY });
    const path = textOf(health, 'get')?.text;
    const perSecond = textOf(limits, 'perSecond')?.text;
    backends.set(key, {
      name: key,
      base: values.textAt(value, 'base', names) ?? { kind: 'text', text: '' },
      auth: authentication(mapOf(value, 'auth'), names, values, problems),
      headers: values.texts(value, 'headers', names),
      timeouts: {
        connectMs: durationMs(textOf(timeouts, 'connect')?.text) ?? CONNECT_MS,
        totalMs: durationMs(textOf(timeouts, 'total')?.text) ?? TOTAL_MS,
      },
      limits: {
        inFlight: Math.max(1, Number(textOf(limits, 'inFlight')?.text ?? IN_FLIGHT)),
        perSecond: perSecond === undefined ? undefined : Math.max(1, Number(perSecond)),
      },
      health: ok === undefined || path === undefined ? undefined : { path, ok },
      mtls: textOf(value, 'mtls')?.text === 'true',
    });
  }
  return backends;
}

type HmacPart = 'method' | 'path' | 'timestamp' | 'body';

function authentication(tree: MapTree | undefined, names: Names, values: ValueCompiler, problems: Problems): Authentication | undefined {
  const [way, second] = tree?.entries.values() ?? [];
  if (second !== undefined) problems.add('VALUE_WRONG', second.keyPlace, 'a back end has one way of authentication');
  if (way === undefined) return undefined;
  const { key, value } = way;
  const of = (name: string) => values.textAt(value, name, names);
  const plain = (name: string): string | undefined => textOf(value, name)?.text;
  const nothing = { kind: 'text', text: '' } as const;
  switch (key) {
    case 'basic':
      return { kind: 'basic', user: of('user') ?? nothing, password: of('password') ?? nothing };
    case 'apiKey': {
      const [header, query] = [plain('header'), plain('query')];
      if ((header === undefined) === (query === undefined))
        problems.add('KEY_MISSING', value.place, 'an API key says either `header` or `query`: where it goes');
      return {
        kind: 'apiKey',
        ...(header !== undefined && { header }),
        ...(query !== undefined && { query }),
        value: of('value') ?? nothing,
      };
    }
    case 'oauth2': {
      const grant = plain('grant') === 'password' ? 'password' : 'client_credentials';
      const wanted = grant === 'password' ? ['user', 'password'] : ['clientSecret'];
      for (const name of wanted)
        if (textOf(value, name) === undefined) problems.add('KEY_MISSING', value.place, `${name} is missing: the grant ${grant} needs it`);
      const optional = { clientSecret: of('clientSecret'), user: of('user'), password: of('password'), scope: of('scope') };
      const given = Object.fromEntries(Object.entries(optional).filter(([, text]) => text !== undefined));
      return {
        kind: 'oauth2',
        tokenUrl: of('tokenUrl') ?? nothing,
        grant,
        clientId: of('clientId') ?? nothing,
        ...given,
        secretIn: plain('secretIn') === 'body' ? 'body' : 'header',
      };
    }
    case 'login': {
      const token = values.expressionAt(value, 'token', { body: ANY, headers: ANY });
      const body = values.templateAt(value, 'body', names);
      const expires = values.expressionAt(value, 'expires', { body: ANY, headers: ANY });
      if (token === undefined || body === undefined) return undefined;
      const header = plain('header') ?? 'Authorization';
      return { kind: 'login', path: plain('post') ?? '/', body, token, ...(expires && { expires }), header, prefix: plain('prefix') ?? '' };
    }
    case 'hmac': {
      const over = itemsOf(value, 'over').flatMap((item) => (item.kind === 'text' ? [item.text as HmacPart] : []));
      const timestampHeader = plain('timestampHeader');
      if (over.includes('timestamp') !== (timestampHeader !== undefined))
        problems.add('KEY_MISSING', value.place, '`timestampHeader` and `timestamp` in `over` belong together: what is signed is sent');
      const secret = of('secret') ?? nothing;
      return { kind: 'hmac', header: plain('header') ?? '', ...(timestampHeader !== undefined && { timestampHeader }), secret, over };
    }
    default:
      return undefined;
  }
}

/** The error table, in order: the first that holds counts. */
export function compileErrors(root: Tree | undefined, cfg: Shape, values: ValueCompiler, problems: Problems): readonly ErrorRule[] {
  const answer: Names = { cfg, status: NUMBER, headers: ANY, body: ANY };
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
