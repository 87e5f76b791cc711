import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isStrongEnough, rolesFromClaims } from './roles-from-claims.ts';

const roles = { viewer: 'pm-viewers', administrator: 'pm-admins' };

test('roles come from the configured values alone; anything else gives nothing', () => {
  const of = (claims: object, rolesClaim = 'groups') => rolesFromClaims(claims as Record<string, unknown>, { rolesClaim, roles });
  assert.deepEqual(of({ groups: ['staff', 'pm-admins', 'pm-viewers'] }), ['viewer', 'administrator']);
  assert.deepEqual(of({ groups: 'pm-viewers' }), ['viewer']);
  assert.deepEqual(of({ realm_access: { roles: ['pm-admins'] } }, 'realm_access.roles'), ['administrator']);
  assert.deepEqual(of({ 'https://bank.example/groups': ['pm-viewers'] }, 'https://bank.example/groups'), ['viewer']);
  for (const claims of [
    {},
    { groups: [] },
    { groups: ['administrator', 'viewer'] },
    { groups: { 0: 'pm-admins' } },
    { groups: [['pm-admins']] },
    { groups: 'pm-admins2' },
  ])
    assert.deepEqual(of(claims), [], JSON.stringify(claims));
  assert.deepEqual(of({ groups: [''] }), []);
  assert.deepEqual(rolesFromClaims({ groups: [''] }, { rolesClaim: 'groups', roles: { viewer: '' } }), [], 'an empty value is none');
  assert.deepEqual(rolesFromClaims({}, { rolesClaim: '__proto__.constructor', roles: { viewer: 'Object' } }), []);
});

test('as many factors as are demanded', () => {
  const enough = (claims: Record<string, unknown>, acr: readonly string[], amr: readonly string[]) => isStrongEnough(claims, { acr, amr });
  assert.equal(enough({}, [], []), true);
  assert.equal(enough({ acr: '2', amr: ['pwd', 'otp'] }, ['2', '3'], ['otp']), true);
  assert.equal(enough({ acr: '1', amr: ['otp'] }, ['2'], ['otp']), false);
  assert.equal(enough({ acr: '2', amr: ['pwd'] }, ['2'], ['mfa']), false);
  assert.equal(enough({}, ['2'], []), false);
  assert.equal(enough({ amr: 'mfa' }, [], ['mfa']), true);
});
