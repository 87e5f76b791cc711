import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { configSchema, listKeys, type Tree } from '@payment-manager/configuration';
import { parse } from 'yaml';
import { differencesOf, mayBeCopied, promoted } from './promotion.ts';

const keys = listKeys(configSchema);
const yaml = `# the bank's
fspId: greenbank
environments:
  sandbox: # for trying out
    sandbox: true
    jws: { verify: false }
    hub: { baseUrl: http://sandbox, maxConnections: 7, tls: { enabled: false } }
    inbound: { port: 4100, maxBodyBytes: 2048 }
    timeouts: { callbackMs: 8000 }
    limits: { inFlightPayments: 5 }
    journal: { postgresUrl: 'postgres://u:p@h/d' }
  production:
    # agreed with the hub
    limits: { inFlightPayments: 900 }
    hub: { baseUrl: https://live }
`;
const { environments } = parse(yaml) as { environments: { sandbox: Tree; production: Tree } };
const differences = differencesOf(keys, environments.sandbox, environments.production);

describe('promotion', () => {
  test('what was tried is copied, what the other says is kept, what belongs to an environment is made anew', () => {
    assert.deepEqual(Object.fromEntries(differences.map(({ key, verdict }) => [key.path, verdict])), {
      sandbox: 'anew',
      'journal.postgresUrl': 'anew',
      'inbound.port': 'anew',
      'inbound.maxBodyBytes': 'copied',
      'hub.baseUrl': 'kept',
      'hub.tls.enabled': 'anew',
      'hub.maxConnections': 'copied',
      'jws.verify': 'anew',
      'timeouts.callbackMs': 'copied',
      'limits.inFlightPayments': 'kept',
    });
  });

  test('no key, address, identity, secret, and no lifted check can be copied', () => {
    const copied = keys.filter(mayBeCopied).map(({ path }) => path);
    assert.deepEqual(
      copied.filter((path) =>
        /file$|folder|url|host|port$|secret|password|tls|jws|fspid|\.id$|sandbox|opento|journal|vault|connectionmanager/i.test(path),
      ),
      [],
    );
    assert.ok(copied.length > 30);
  });

  test('the file keeps its comments and its other environments; a new environment is made', async () => {
    const text = await promoted(yaml, 'production', differences);
    for (const comment of ['# the bank', '# for trying out', '# agreed with the hub']) assert.ok(text.includes(comment), comment);
    const after = parse(text) as { environments: Record<string, unknown> };
    assert.deepEqual(after.environments['sandbox'], environments.sandbox);
    assert.deepEqual(after.environments['production'], {
      limits: { inFlightPayments: 900 },
      hub: { baseUrl: 'https://live', maxConnections: 7 },
      inbound: { maxBodyBytes: 2048 },
      timeouts: { callbackMs: 8000 },
    });
    const fresh = parse(await promoted(yaml, 'pilot', differencesOf(keys, environments.sandbox, {}))) as typeof after;
    assert.deepEqual(Object.keys(fresh.environments['pilot'] as object).sort(), ['hub', 'inbound', 'limits', 'timeouts']);
  });
});
