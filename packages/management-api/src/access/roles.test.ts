import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TSchema } from 'typebox';
import { openPortal } from '../../test/portal.ts';
import { documentedRoutes, openApiDocument } from '../openapi.ts';
import { PERMISSIONS, type Permission, ROLES } from './permissions.ts';

interface Operation {
  readonly 'x-permission': string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean; readonly schema: TSchema }[];
}
type Document = { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };

/** Something that each parameter takes. */
const SAMPLES: Readonly<Record<string, string>> = {
  id: 'f'.repeat(64),
  name: 'somebody',
  row: '7',
  date: '2026-03-11',
  format: 'csv',
  q: 'amara',
  currency: 'USD',
  from: '1773300000000',
  first: '2026-03-01',
  last: '2026-03-02',
};

/** Every operation of the document, with a path that fits. */
const operations = Object.entries((openApiDocument() as Document).paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => {
    const required = (operation.parameters ?? []).filter((one) => one.in === 'query' && one.required);
    const query = required.map(({ name }) => `${name}=${SAMPLES[name]}`).join('&');
    const address = path.replace(/^\/api/, '').replace(/\{(\w+)\}/g, (_all, name: string) => SAMPLES[name] ?? '');
    return { line: `${method.toUpperCase()} ${address}${query === '' ? '' : `?${query}`}`, method, permission: operation['x-permission'] };
  }),
);

describe('roles', () => {
  test('every route names a permission of the table, and only a sign-in is open to anybody', () => {
    const routes = documentedRoutes();
    assert.equal(operations.length, routes.length);
    for (const { path, permission } of routes) {
      assert.ok(permission === 'anybody' || permission === 'local' || Object.hasOwn(PERMISSIONS, permission), path);
      assert.equal(permission === 'anybody', path.startsWith('/sign-in'), path);
    }
    const used = new Set(routes.map(({ permission }) => permission));
    assert.deepEqual(
      Object.keys(PERMISSIONS).filter((one) => !used.has(one as Permission)),
      [],
      'permissions that no route asks for',
    );
  });

  test('each route of the document lets in exactly the roles that have its permission, and nobody who is not signed in', async () => {
    const { ask, as } = await openPortal();
    const cookies = new Map<string, Readonly<Record<string, string>>>();
    for (const role of ROLES) cookies.set(role, await as(role, role));
    for (const { line, method, permission } of operations) {
      if (permission === 'anybody') continue;
      const body = method === 'get' || method === 'delete' ? {} : { body: {} };
      assert.equal((await ask(line, body)).status, 401, `${line} for nobody`);
      for (const role of ROLES) {
        const { status } = await ask(line, {
          ...body,
          cookies: line.endsWith('sign-out') ? await as(role, role) : (cookies.get(role) ?? {}),
        });
        // what is for users of the machine is refused to every person
        const expected = permission !== 'local' && (PERMISSIONS[permission as Permission] as readonly string[]).includes(role);
        assert.equal(status !== 403 && status !== 401, expected, `${line} for ${role}: ${status}`);
      }
    }
  });

  test('a viewer and an auditor change nothing but what is their own', () => {
    for (const role of ['viewer', 'auditor'] as const)
      for (const { path, method, permission } of documentedRoutes())
        if (
          method !== 'GET' &&
          permission !== 'anybody' &&
          permission !== 'local' &&
          permission !== 'self:manage' &&
          !path.endsWith('/preview')
        )
          assert.ok(!(PERMISSIONS[permission] as readonly string[]).includes(role), `${role}: ${method} ${path}`);
  });

  test('roles that are taken away count from the next request on', async () => {
    const { ask, as } = await openPortal();
    const [admin, other] = [await as('root', 'administrator'), await as('amara', 'engineer')];
    assert.equal((await ask('GET /configuration', { cookies: other })).status, 200);
    assert.equal((await ask('PUT /users/amara', { cookies: admin, body: { roles: ['viewer'], reason: 'moved' } })).status, 204);
    assert.equal((await ask('GET /configuration', { cookies: other })).status, 403);
    const self = await ask('PUT /users/root', { cookies: admin, body: { roles: ['viewer'], reason: 'tired' } });
    assert.equal(self.body['code'], 'NOT_ALLOWED_NOW', 'nobody takes the administration from themselves');
  });
});
