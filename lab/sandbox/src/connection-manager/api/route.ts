import type { Call, Reply } from '../server-parts.ts';
import type { BodyRule } from './body-rule.ts';

/** Who may call: `pta` and `mta` are the hub's people, `dfsp` any DFSP, `everyone` any token. */
export type Scope = 'pta' | 'mta' | 'dfsp' | 'everyone';

/** One operation of the API. */
export interface Route {
  readonly method: string;
  /** `/dfsps/{dfspId}/ca` */
  readonly path: string;
  /** Empty: no sign-in. Below `/dfsps/{dfspId}` they are not looked at (the real server's W42): the DFSP's own group counts. */
  readonly scopes: readonly Scope[];
  readonly query?: readonly string[];
  readonly body?: BodyRule;
  readonly handle: (call: Call) => Reply | Promise<Reply>;
}

/** A route that a request's path leads to. */
export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/**
 * Finds the route of a request, whatever prefix a proxy has put before the path: the longest ending of the path that is a path of
 * the API. `other-method`: the path is known, the method is not.
 */
export function findRoute(routes: readonly Route[], method: string, pathname: string): Match | 'other-method' | undefined {
  const segments = pathname.split('/').filter((segment) => segment !== '');
  for (let from = 0; from < segments.length; from++) {
    const matches = matchesOf(routes, segments.slice(from));
    if (matches.length === 0) continue;
    // A fixed name is meant before a parameter: /dfsps/jwscerts is no DFSP.
    const best = Math.min(...matches.map(({ params }) => Object.keys(params).length));
    const [first] = matches.filter(({ params }) => Object.keys(params).length === best);
    const path = first?.route.path;
    return matches.find(({ route }) => route.path === path && route.method === method) ?? 'other-method';
  }
  return undefined;
}

function matchesOf(routes: readonly Route[], segments: readonly string[]): Match[] {
  return routes.flatMap((route) => {
    const wanted = route.path.split('/').slice(1);
    if (wanted.length !== segments.length) return [];
    const params: Record<string, string> = {};
    for (const [index, part] of wanted.entries()) {
      const given = segments[index] ?? '';
      if (part.startsWith('{')) params[part.slice(1, -1)] = decoded(given);
      else if (part !== given) return [];
    }
    return [{ route, params }];
  });
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
