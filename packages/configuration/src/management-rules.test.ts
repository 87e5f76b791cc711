import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { managementChecks } from './management-rules.ts';
import type { Config } from './schema.ts';

const wrong = (management: Partial<Config['management']>, sandbox = false): readonly string[] =>
  managementChecks({
    sandbox,
    management: { enabled: true, host: '127.0.0.1', port: 4005, tls: { enabled: false }, approvals: [], ...management },
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

  test('is looked at only where it is switched on; a sandbox needs neither', () => {
    assert.deepEqual(wrong({ enabled: false }), []);
    assert.deepEqual(wrong({}, true), []);
  });
});
