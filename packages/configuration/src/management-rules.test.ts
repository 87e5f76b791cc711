import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { managementChecks } from './management-rules.ts';
import type { Config } from './schema.ts';

const wrong = (management: Partial<Config['management']>, sandbox = false): readonly string[] =>
  managementChecks({
    sandbox,
    management: {
      enabled: true,
      host: '127.0.0.1',
      port: 4005,
      tls: { enabled: false },
      approvals: [],
      portals: [],
      singleSignOn: {},
      brand: { accent: {}, sandbox: {}, test: {}, production: {} },
      ...management,
    },
  } as unknown as Config).map(({ where }) => where);

const publicUrl = 'https://payments.greenbank.example.org';

describe('the management API outside a sandbox', () => {
  test('does not start without TLS or a named proxy before it, nor without its own name', () => {
    assert.deepEqual(wrong({}), ['management.tls.enabled', 'management.publicUrl']);
    assert.deepEqual(wrong({ publicUrl: 'http://payments.greenbank.example.org', tlsEndedBy: 'ingress' }), ['management.publicUrl']);
    assert.deepEqual(wrong({ publicUrl, tlsEndedBy: 'ingress' }), []);
    assert.deepEqual(wrong({ publicUrl, tls: { enabled: true, certificateFile: 'a', keyFile: 'b' } }), []);
  });

  test('says which file of its TLS is missing, and takes no path in its address', () => {
    assert.deepEqual(wrong({ publicUrl: `${publicUrl}/portal`, tls: { enabled: true } }), [
      'management.tls.certificateFile',
      'management.tls.keyFile',
      'management.publicUrl',
    ]);
  });

  test('takes portals of other environments by name and address, over https', () => {
    const said = { publicUrl, tlsEndedBy: 'ingress' };
    assert.deepEqual(wrong({ ...said, portals: ['pilot=https://pilot.greenbank.example.org', 'live 2=https://p.example.org:8443/'] }), []);
    for (const evil of [
      'pilot',
      'pilot=http://pilot.example.org',
      'pilot=javascript:alert(1)',
      'pilot=https://x.example.org/path',
      '<b>=https://x.example.org',
    ])
      assert.deepEqual(wrong({ ...said, portals: [evil] }), ['management.portals'], evil);
    assert.deepEqual(wrong({ ...said, portals: Array.from({ length: 11 }, (_, at) => `p${at}=https://p${at}.example.org`) }), [
      'management.portals',
    ]);
    assert.deepEqual(wrong({ portals: ['bluewallet=http://localhost:4025'] }, true), []);
  });

  test('is looked at only where it is switched on; a sandbox needs neither', () => {
    assert.deepEqual(wrong({ enabled: false }), []);
    assert.deepEqual(wrong({}, true), []);
  });

  test('single sign-on has a client, gives somebody a role, and asks for two factors or says who does', () => {
    const issuer = 'https://login.example.org';
    const tls = { publicUrl, tlsEndedBy: 'ingress' };
    const sso = (more: object) =>
      wrong({ ...tls, singleSignOn: { issuer, clientId: 'pm', roles: { viewer: 'v' }, acr: ['2'], amr: [], ...more } as never });
    assert.deepEqual(sso({}), []);
    const key = (name: string) => [`management.singleSignOn.${name}`];
    assert.deepEqual(sso({ clientId: undefined }), key('clientId'));
    assert.deepEqual(sso({ roles: {} }), key('roles'));
    assert.deepEqual(sso({ roles: { root: 'x' } }), key('roles'));
    assert.deepEqual(sso({ acr: [] }), key('acr'));
    assert.deepEqual(sso({ acr: [], amr: ['mfa'] }), []);
    assert.deepEqual(sso({ acr: [], secondFactorAtProvider: true }), []);
    assert.deepEqual(sso({ issuer: 'http://login.example.org' }), key('issuer'));
    assert.deepEqual(sso({ clientSecret: 'x', clientSecretFile: 'y' }), key('clientSecret'));
  });
});
