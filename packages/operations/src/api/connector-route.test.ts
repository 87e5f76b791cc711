import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectorRoute, type ReloadAnswer, type RunningCoreConnector } from './connector-route.ts';
import { serveRoutes } from './serve-routes.ts';

async function post(connector: RunningCoreConnector) {
  const response = await serveRoutes(
    [connectorRoute(connector)],
    true,
  )({
    method: 'POST',
    target: '/connector/reload',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from('{}'),
    clientAuthenticated: false,
  });
  return { status: response.status, json: JSON.parse(String(response.body)) };
}

test('operations API: a connector is loaded anew, or the former goes on and every reason is told; without one there is nothing to load', async () => {
  const answering = (one: ReloadAnswer): RunningCoreConnector => ({ reload: async () => one });
  assert.deepEqual(await post(answering({ kind: 'loaded', version: 'b', former: 'a', smoke: 3 })), {
    status: 200,
    json: { result: 'loaded', version: 'b', former: 'a', smoke: 3 },
  });
  const refused = await post(answering({ kind: 'refused', version: 'a', problems: ['x.yaml:1:2 wrong'] }));
  assert.deepEqual([refused.status, refused.json.code, refused.json.problems], [409, 'CONNECTOR_INVALID', ['x.yaml:1:2 wrong']]);
  assert.deepEqual([(await post(undefined)).status, (await post(undefined)).json.code], [404, 'NO_CONNECTOR']);
});
