import { answer } from '../access/answer.ts';
import type { Route } from './route.ts';

/** What came of loading the core connector anew. */
export type ReloadAnswer =
  | { readonly kind: 'loaded'; readonly version: string; readonly former: string; readonly smoke: number }
  | { readonly kind: 'unchanged'; readonly version: string }
  | { readonly kind: 'refused'; readonly version: string; readonly problems: readonly string[] };

/** A core connector that runs; undefined: the core is reached over HTTP. */
export type RunningCoreConnector = { reload(): Promise<ReloadAnswer> } | undefined;

/**
 * `POST /connector/reload` `{}`: loads the folder of `core.connector` anew; payments under way keep the version that they began with. 200
 * with `{result: "loaded"|"unchanged", version, former?, smoke?}`; 409 with `{code: "CONNECTOR_INVALID", version, problems}`: the former
 * version goes on.
 */
export function connectorRoute(connector: RunningCoreConnector): Route {
  return {
    method: 'POST',
    path: '/connector/reload',
    acts: true,
    whenNotStored: 'the former version goes on',
    async handle() {
      if (connector === undefined)
        return answer(404, {
          code: 'NO_CONNECTOR',
          message: 'The core of this Payment Manager is reached over HTTP: there is no connector.',
        });
      const { kind, ...told } = await connector.reload();
      if (kind !== 'refused') return answer(200, { result: kind, ...told });
      return answer(409, { code: 'CONNECTOR_INVALID', message: 'The connector was not loaded anew; the former version goes on.', ...told });
    },
  };
}
