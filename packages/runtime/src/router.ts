/** Where an operation of an API is. */
export interface Routed {
  readonly method: string;
  /** `/transfers/{transferId}`: a name in braces is one segment, everything else is as it stands. */
  readonly path: string;
}

/** What a path leads to. */
export type Match<R> =
  | { readonly kind: 'route'; readonly route: R; readonly params: Readonly<Record<string, string>> }
  | { readonly kind: 'no-path' }
  | { readonly kind: 'no-method'; readonly allowed: readonly string[] }
  /** A value in the path is not percent-encoded properly. */
  | { readonly kind: 'malformed' };

interface Node<R> {
  readonly literals: Map<string, Node<R>>;
  readonly routes: Map<string, R>;
  /** Names of the segments in braces on the way here. */
  readonly names: readonly string[];
  parameter?: Node<R>;
}

/**
 * Makes the function that finds an operation by method and target. A segment that is there as it stands goes before one in braces;
 * values are decoded; the query is not looked at. Throws a TypeError when two operations have one method and path.
 */
export function router<R extends Routed>(routes: readonly R[]): (method: string, target: string) => Match<R> {
  const root: Node<R> = { literals: new Map(), routes: new Map(), names: [] };
  for (const route of routes) {
    const node = nodeOf(root, route.path);
    if (node.routes.has(route.method)) throw new TypeError(`${route.method} ${route.path} is there twice`);
    node.routes.set(route.method, route);
  }
  return (method, target) => {
    const query = target.indexOf('?');
    const segments = (query === -1 ? target : target.slice(0, query)).split('/').slice(1);
    const values: string[] = [];
    let node: Node<R> | undefined = root;
    for (const segment of segments) {
      const literal: Node<R> | undefined = node.literals.get(segment);
      if (literal === undefined) values.push(segment);
      node = literal ?? node.parameter;
      if (node === undefined) return { kind: 'no-path' };
    }
    const route = node.routes.get(method);
    if (route === undefined) return node.routes.size === 0 ? { kind: 'no-path' } : { kind: 'no-method', allowed: [...node.routes.keys()] };
    const params = namedValues(node.names, values);
    return params === undefined ? { kind: 'malformed' } : { kind: 'route', route, params };
  };
}

function nodeOf<R>(root: Node<R>, path: string): Node<R> {
  let node = root;
  for (const segment of path.split('/').slice(1)) {
    const name = segment.startsWith('{') && segment.endsWith('}') ? segment.slice(1, -1) : undefined;
    let next = name === undefined ? node.literals.get(segment) : node.parameter;
    if (next === undefined) {
      next = { literals: new Map(), routes: new Map(), names: name === undefined ? node.names : [...node.names, name] };
      if (name === undefined) node.literals.set(segment, next);
      else node.parameter = next;
    } else if (name !== undefined && next.names.at(-1) !== name) {
      throw new TypeError(`${path}: this segment is called ${next.names.at(-1)} by another operation`);
    }
    node = next;
  }
  return node;
}

/** Undefined when a value is not proper percent-encoding. */
function namedValues(names: readonly string[], values: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  try {
    for (const [index, name] of names.entries()) params[name] = decodeURIComponent(values[index] ?? '');
  } catch {
    return undefined;
  }
  return params;
}
