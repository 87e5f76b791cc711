import assert from 'node:assert/strict';
import { test } from 'node:test';
import { effective } from './effective.ts';
import { urlOfDay } from './leaf.ts';
import type { LoadedConfig } from './load.ts';
import { secretParts, shown, withoutSecretPath } from './mask.ts';
import { reconciliationChecks } from './reconciliation-rules.ts';
import type { Config } from './schema.ts';

const wrong = (core: object, allowedHosts: readonly string[] = []): readonly string[] => {
  const none = { sentAs: 'bearer', header: 'x-api-key' };
  const config = { core: { allowedHosts }, reconciliation: { statements: { core: { ...none, ...core }, hub: none } } };
  return reconciliationChecks(config as unknown as Config).map(({ where }) => where.replace('reconciliation.statements.', ''));
};

test('a statement has one secret, in a form that can be sent, and a host that the core’s list has', () => {
  const url = 'https://core.example.org:8443/{date}';
  assert.deepEqual(wrong({ url }), []);
  assert.deepEqual(wrong({ url, secret: 'a', secretFile: 'b' }), ['core.secret']);
  assert.deepEqual(wrong({ url, secret: 'alone', sentAs: 'basic' }), ['core.secret']);
  assert.deepEqual(wrong({ url, secret: 'us:er', sentAs: 'basic' }), []);
  assert.deepEqual(wrong({ url, sentAs: 'api-key', header: 'x-key\r\nx-other: 1' }), ['core.header']);
  assert.deepEqual(wrong({ url }, ['other.example.org', 'core.example.org:1']), ['core.url']);
  assert.deepEqual([wrong({ url }, ['core.example.org']), wrong({ url }, ['core.example.org:8443'])], [[], []]);
  assert.deepEqual(wrong({ url: 'https://[/{date}' }, ['core.example.org']), ['core.url']);
});

test('the day stands in path or query of the address, and nowhere in what says whom it leads to', () => {
  const form = new RegExp((urlOfDay({ description: '' }) as unknown as { readonly pattern: string }).pattern);
  for (const good of ['https://a.example/{date}', 'http://a:1/x?day={date}&to={date}', 'https://a/{date}.csv']) assert.match(good, form);
  for (const bad of [
    ...['https://{date}.example/{date}', 'https://a.example/days', 'https://user:word@a.example/{date}', 'https://a.example/{day}/{date}'],
    ...['ftp://a.example/{date}', 'https://a.example/{date}#x', 'https://a.example/{date} x', 'file:///{date}'],
  ])
    assert.doesNotMatch(bad, form);
});

test('of the address of a statement the host is shown, and where the day stands: path and query may hold a token', () => {
  const key = 'reconciliation.statements.hub.url';
  const signed = 'https://a.example:8443/files/TOKEN-1/{date}.csv?day={date}&sig=SECRET&TOKEN-2';
  assert.equal(withoutSecretPath(key, signed), 'https://a.example:8443/…{date}…{date}…');
  for (const wrong of [signed, signed.replace('{date}', '{day}'), signed.replace('https://', 'https://user:SECRET@'), 'TOKEN-1'])
    assert.doesNotMatch(shown(`environments.production.${key}`, wrong), /SECRET|TOKEN|user/);
  const config = { reconciliation: { statements: { core: {}, hub: { url: signed } } } } as unknown as Config;
  const inForce = effective({ config, origins: new Map() } as unknown as LoadedConfig).find(({ path }) => path === key);
  assert.equal(inForce?.value, 'https://a.example:8443/…{date}…{date}…', 'in ./pm config and in the portal');
  assert.equal(withoutSecretPath(key, 'https://a.example/{date}'), 'https://a.example/{date}');
  assert.equal(withoutSecretPath(key, 'https://a.example/TOKEN?{date}'), 'https://a.example/…{date}');
  assert.deepEqual(secretParts('hub.baseUrl', 'https://a.example/x'), []);
});

test('and none of its tokens is given to somebody who helps, not even alone; its plain words stay words', () => {
  const signed = 'https://a.example/statements/TOKEN-1/{date}.csv?day={date}&sig=a-secret&TOKEN-2';
  assert.deepEqual(secretParts('reconciliation.statements.core.url', signed), [
    ...['statements/TOKEN-1/', '.csv?day=', '&sig=a-secret&TOKEN-2', 'TOKEN-1', 'a-secret', 'TOKEN-2'],
  ]);
});
