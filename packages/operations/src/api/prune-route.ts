import Type from 'typebox';
import { answer } from '../access/answer.ts';
import { PRUNED_AT_ONCE, type Pruner } from '../retention/prune-records.ts';
import { type Route, withBody } from './route.ts';

const PRUNE_BODY = Type.Object({
  /** Each `[recordId, version]`. */
  records: Type.Array(Type.Tuple([Type.String(), Type.Integer()]), { maxItems: PRUNED_AT_ONCE }),
});

/**
 * `POST /journal/prune` `{"records": [[recordId, version], …]}`: for `./pm prune`, which has exported them; answers
 * `{"results": […]}`.
 */
export function pruneRoute(prune: Pruner): Route {
  return withBody({
    method: 'POST',
    path: '/journal/prune',
    acts: true,
    body: PRUNE_BODY,
    whenNotStored: 'repeat the same request',
    handle: async ({ body: { records } }) =>
      answer(200, { results: await prune(records.map(([recordId, version]) => ({ recordId, version }))) }),
  });
}
