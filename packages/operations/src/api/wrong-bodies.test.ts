import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ExceptionsDoor, RestoredDesk } from '@payment-manager/mojaloop-connector';
import type { Connection } from '../connection/connection.ts';
import { connectionRoutes } from './connection-route.ts';
import { paymentRoutes } from './payment-routes.ts';
import { pruneRoute } from './prune-route.ts';
import { restoredRoutes } from './restored-route.ts';
import { serveRoutes } from './serve-routes.ts';

const reached = () => assert.fail('no request with a wrong body may reach what acts');
const untouched = <T extends object>() => new Proxy({}, { get: () => reached }) as T;

const routes = [
  ...paymentRoutes(untouched<ExceptionsDoor>()),
  pruneRoute(reached),
  ...restoredRoutes(untouched<RestoredDesk>()),
  ...connectionRoutes(() => untouched<Connection>()),
];
const serve = serveRoutes(routes, true);

async function refusal(target: string, body: unknown): Promise<unknown> {
  const response = await serve({
    method: 'POST',
    target,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    clientAuthenticated: false,
  });
  const { code, message } = JSON.parse(String(response.body)) as { code: string; message: string };
  assert.deepEqual([response.status, code], [400, 'BAD_REQUEST'], message);
  return message;
}

const person = { by: 'Ada', reason: 'hub says so' };
const resolve = { action: 'resolve', as: 'ABORTED', ...person };
const row = ['T-1', 'in', '25', 'USD', 'COMMITTED'];
const take = (...rows: unknown[]) => ({ act: 'take', from: 'hub', rows });
const readIn = { act: 'read-in', from: 'core', transfers: 2, made: 1, digest: 'ab'.repeat(32), by: 'Ada' };

/** By path: a wrong body, and what its sender is told. */
const CASES: Readonly<Record<string, readonly (readonly [body: unknown, message: string])[]>> = {
  '/exceptions/T-1': [
    ['no JSON', 'The body is not JSON.'],
    ['[]', 'The body is not an object.'],
    [`{"action":"resolve","as":"ABORTED","as":"COMMITTED","by":"Ada","reason":"r"}`, 'A member occurs twice in the body.'],
    [{}, 'action is missing.'],
    [
      { ...resolve, action: 'pay' },
      'action is not one of ask-hub, ask-core, resend-outcome, core-executed, core-not-executed, core-done, resolve.',
    ],
    [{ ...resolve, as: 'MAYBE' }, 'as is not one of COMMITTED, ABORTED.'],
    [{ ...resolve, as: undefined }, 'as is missing.'],
    [{ ...resolve, by: 5 }, 'by is not text.'],
    [{ ...resolve, by: ' ' }, 'by has the wrong format: it must not be blank.'],
    [{ ...resolve, reason: '' }, 'reason is empty.'],
    [{ ...resolve, reason: 'x'.repeat(501) }, 'reason is longer than 500 characters.'],
    [{ ...resolve, flow: 'x' }, 'flow is not one of payer, payee.'],
    [{ ...person, action: 'resend-outcome', seen: 'ABORTED 1', confirmed: 'yes' }, 'confirmed is not true or false.'],
    [{ ...person, action: 'resend-outcome' }, 'seen is missing.'],
    [{ ...person, action: 'core-executed' }, 'seen is missing.'],
    [{ ...person, action: 'core-not-executed', seen: 'x'.repeat(101) }, 'seen is longer than 100 characters.'],
    [{ action: 'ask-hub', by: 'Ada' }, 'reason is missing.'],
  ],
  '/journal/prune': [
    ['{', 'The body is not JSON.'],
    [{}, 'records is missing.'],
    [{ records: 'all' }, 'records is not a list.'],
    [{ records: [['r', 1], 'r'] }, 'records[1] is not a list.'],
    [{ records: [['r']] }, 'records[0] has fewer than 2 elements.'],
    [{ records: [[1, 1]] }, 'records[0][0] is not text.'],
    [{ records: [['r', 1.5]] }, 'records[0][1] is not a whole number.'],
    [{ records: Array.from({ length: 51 }, () => ['r', 1]) }, 'records has more than 50 elements.'],
  ],
  '/journal/restored': [
    ['5', 'The body is not an object.'],
    [{ act: 'forget' }, 'act is not one of take, read-in, nothing-missing, lift.'],
    [{ ...take(row), from: 'me' }, 'from is not one of hub, core.'],
    [take(row.slice(0, 4)), 'rows[0] has fewer than 5 elements.'],
    [take([...row, 'home', 'more']), 'rows[0][6] is not a member that this request has.'],
    [take(row, ['T 1', ...row.slice(1)]), 'rows[1][0] has the wrong format: it is 1 to 64 letters, digits or dashes.'],
    [take(row.with(1, 'up')), 'rows[0][1] is not one of in, out.'],
    [take(row.with(2, '25.0')), 'rows[0][2] has the wrong format: it is decimal text like "25" or "1.5".'],
    [take(row.with(3, 'usd')), 'rows[0][3] has the wrong format: it is three capital letters, like USD.'],
    [take(row.with(4, 'LOST')), 'rows[0][4] is not one of RESERVED, COMMITTED, ABORTED.'],
    [take(...Array.from({ length: 11 }, () => row)), 'rows has more than 10 elements.'],
    [{ ...readIn, made: -1 }, 'made is less than 0.'],
    [{ ...readIn, transfers: '2' }, 'transfers is not a whole number.'],
    [{ ...readIn, digest: 'a'.repeat(65) }, 'digest is longer than 64 characters.'],
    [{ act: 'nothing-missing', by: 'Ada' }, 'reason is missing.'],
    [{ act: 'lift', ...person, by: 'x'.repeat(101) }, 'by is longer than 100 characters.'],
  ],
  '/connection/renew': [
    ['', 'The body is not JSON.'],
    [{ by: 'Ada' }, 'artefact is missing.'],
    [{ artefact: 'HUB_CA', by: 'Ada' }, 'artefact is not one of DFSP_CLIENT_CERT, DFSP_SERVER_CERT, DFSP_JWS, DFSP_CA, HUB_CLIENT_CERT.'],
    [{ artefact: 'DFSP_JWS', by: ' ' }, 'by has the wrong format: it must not be blank.'],
  ],
};

describe('operations API: a wrong body reaches nobody, and its sender is told which member is wrong and what was expected', () => {
  for (const [path, cases] of Object.entries(CASES))
    test(`POST ${path}`, async () => {
      for (const [body, message] of cases) assert.equal(await refusal(path, body), message);
    });

  test('each route that takes a body is looked at here', () => {
    const taking = routes.filter(({ body }) => body !== undefined).map(({ path }) => path.replace('{id}', 'T-1'));
    assert.deepEqual(taking.toSorted(), Object.keys(CASES).toSorted());
  });
});
