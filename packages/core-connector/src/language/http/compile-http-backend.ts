import { ANY, NUMBER } from '../../expression/shape.ts';
import type { Authentication, CommonBackend, HttpBackend, JwsAlgorithm, OwnTls } from '../backend.ts';
import { itemsOf, mapOf, textOf } from '../check-tree.ts';
import type { Names, ValueCompiler } from '../compile-values.ts';
import type { Compiler } from '../kind/back-end-kind.ts';
import type { Problems } from '../problem.ts';
import type { MapTree, Tree } from '../yaml.ts';

/** A back end over HTTP: its address, what says who we are, and how it is seen that it is there. */
export function compileHttpBackend(common: CommonBackend, tree: Tree, names: Names, { values, problems }: Compiler): HttpBackend {
  const health = mapOf(tree, 'health');
  const ok = values.expressionAt(health, 'ok', { status: NUMBER, body: ANY });
  const path = textOf(health, 'get')?.text;
  return {
    kind: 'http',
    ...common,
    base: values.textAt(tree, 'base', names) ?? { kind: 'text', text: '' },
    auth: authentication(mapOf(tree, 'auth'), names, values, problems),
    headers: values.texts(tree, 'headers', names),
    namespaces: namespacesOf(mapOf(tree, 'namespaces'), problems),
    health: ok === undefined || path === undefined ? undefined : { path, ok },
    mtls: textOf(tree, 'mtls')?.text === 'true',
    tls: tlsOf(mapOf(tree, 'tls'), textOf(tree, 'mtls') !== undefined, names, values, problems),
  };
}

function tlsOf(tree: MapTree | undefined, mtls: boolean, names: Names, values: ValueCompiler, problems: Problems): OwnTls | undefined {
  if (tree === undefined) return undefined;
  const of = (name: string) => values.textAt(tree, name, names);
  if ((textOf(tree, 'certificate') === undefined) !== (textOf(tree, 'key') === undefined))
    problems.add('KEY_MISSING', tree.place, '`certificate` and `key` belong together');
  if (mtls)
    problems.add('VALUE_WRONG', tree.place, '`mtls` is for the certificate of core.tls, and `tls` for one of its own: say one of them');
  return { ca: of('ca'), certificate: of('certificate'), key: of('key'), serverName: of('serverName') };
}

/** One prefix for each URI: what is read has one name. */
function namespacesOf(tree: MapTree | undefined, problems: Problems): Readonly<Record<string, string>> {
  const byUri: Record<string, string> = Object.create(null);
  for (const { key, keyPlace, value } of tree?.entries.values() ?? []) {
    if (!/^[A-Za-z][A-Za-z0-9]*$/.test(key)) problems.add('VALUE_WRONG', keyPlace, 'a prefix has letters and digits');
    if (value.kind !== 'text') continue;
    if (Object.hasOwn(byUri, value.text))
      problems.add('NAME_TWICE', value.place, `the namespace has the prefix ${byUri[value.text]} already`);
    byUri[value.text] = key;
  }
  return byUri;
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
    case 'jws': {
      const over = itemsOf(value, 'over').flatMap((item) => (item.kind === 'text' ? [item.text as 'method' | 'path' | 'timestamp'] : []));
      const keyId = of('keyId');
      return {
        kind: 'jws',
        header: plain('header') ?? '',
        algorithm: (plain('algorithm') ?? 'PS256') as JwsAlgorithm,
        key: of('key') ?? nothing,
        ...(keyId && { keyId }),
        over,
      };
    }
    default:
      return undefined;
  }
}
