import type { Expression } from '../expression/compile.ts';
import { ANY, type Shape } from '../expression/shape.ts';
import { mapOf, textOf } from './check-tree.ts';
import type { Names, ValueCompiler } from './compile-values.ts';
import type { TextOrExpression } from './operation.ts';
import type { Problems } from './problem.ts';
import type { MapTree, Tree } from './yaml.ts';

/** How a core that calls back shows who it is. Secrets are settings. */
export type CallbackAuth =
  | {
      readonly kind: 'hmac';
      readonly header: string;
      readonly secret: TextOrExpression;
      readonly encoding: 'hex' | 'base64';
      readonly prefix: string;
    }
  | { readonly kind: 'bearer'; readonly token: TextOrExpression }
  | { readonly kind: 'apiKey'; readonly header: string; readonly value: TextOrExpression }
  | { readonly kind: 'mtls'; readonly name: TextOrExpression };

/** A callback of the core, compiled. */
export interface Callback {
  readonly name: string;
  readonly auth: CallbackAuth;
  /** The key of the effect that it is about. */
  readonly reference: Expression;
}

/** The callbacks of a connector, by name. */
export function compileCallbacks(
  root: Tree | undefined,
  cfg: Shape,
  values: ValueCompiler,
  problems: Problems,
): ReadonlyMap<string, Callback> {
  const found = new Map<string, Callback>();
  for (const { key, value } of mapOf(root, 'callbacks')?.entries.values() ?? []) {
    const reference = values.expressionAt(value, 'reference', { cfg, body: ANY, headers: ANY });
    const auth = authOf(mapOf(value, 'auth'), value, { cfg }, values, problems);
    if (reference !== undefined && auth !== undefined) found.set(key, { name: key, auth, reference });
  }
  return found;
}

function authOf(tree: MapTree | undefined, place: Tree, names: Names, values: ValueCompiler, problems: Problems): CallbackAuth | undefined {
  const [way, second] = tree?.entries.values() ?? [];
  if (way === undefined || second !== undefined) {
    problems.add('KEY_MISSING', second?.keyPlace ?? place.place, 'a callback has one way of authentication: hmac, bearer, apiKey or mtls');
    return undefined;
  }
  const { key, value } = way;
  const of = (name: string): TextOrExpression => values.textAt(value, name, names) ?? { kind: 'text', text: '' };
  const plain = (name: string): string | undefined => textOf(value, name)?.text;
  switch (key) {
    case 'hmac':
      return {
        kind: 'hmac',
        header: plain('header') ?? '',
        secret: of('secret'),
        encoding: plain('encoding') === 'base64' ? 'base64' : 'hex',
        prefix: plain('prefix') ?? '',
      };
    case 'bearer':
      return { kind: 'bearer', token: of('token') };
    case 'apiKey':
      return { kind: 'apiKey', header: plain('header') ?? '', value: of('value') };
    case 'mtls':
      return { kind: 'mtls', name: of('name') };
    default:
      return undefined;
  }
}
