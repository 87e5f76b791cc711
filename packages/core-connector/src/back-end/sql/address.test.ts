import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SettingMissing } from '../setting.ts';
import { addressOf } from './address.ts';

const of = (url: string, more: Partial<Parameters<typeof addressOf>[0]> = {}) =>
  addressOf({ url, user: undefined, password: undefined, ca: undefined, allowedHosts: undefined, ...more });

test('a database is what its URL says; user and password may stand apart from it', () => {
  const { dialect, host, port, path, user, password, tls } = of('postgres://ann:p%40ss@127.0.0.1/core');
  assert.deepEqual([dialect, host, port, path, user, password, tls], ['postgresql', '127.0.0.1', 5432, 'core', 'ann', 'p@ss', false]);
  assert.equal(of('mariadb://localhost:3307/core').port, 3307);
  assert.equal(of('postgres://[::1]/core').host, '::1');
  assert.deepEqual(
    [of('mysql://localhost/core', { user: 'ben', password: 'x' })].map((each) => [each.user, each.password]),
    [['ben', 'x']],
  );
  assert.equal(of('sqlite:///data/core%20one.db').path, '/data/core one.db');
});

test('a database on another machine is reached by TLS alone, with a CA that is named', () => {
  for (const host of ['db.example.org', '10.0.0.7', '127.0.0.1.example.org', 'localhost.example.org'])
    assert.throws(() => of(`postgres://${host}/core`), SettingMissing, host);
  assert.deepEqual(of('postgres://db.example.org/core', { ca: 'PEM' }).tls, { ca: 'PEM' });
  assert.deepEqual(of('mysql://db.example.org/core', { ca: 'public' }).tls, { ca: undefined });
});

test('what would change how it is reached is refused, and so are hosts that may not be called; no fault quotes the URL', () => {
  for (const url of [
    'postgres://localhost/core?sslmode=disable',
    'mysql://localhost/core?ssl=false',
    'postgres://localhost/',
    'postgres://localhost/core/more',
    'sqlite://host/file',
    'sqlite:///',
    'http://localhost/core',
    'canary',
  ])
    assert.throws(
      () => of(url),
      (error: unknown) => error instanceof SettingMissing && !error.message.includes('canary'),
      url,
    );
  assert.throws(() => of('postgres://localhost/core', { allowedHosts: ['db.example.org'] }), SettingMissing);
  assert.equal(of('postgres://db.example.org:5433/core', { ca: 'PEM', allowedHosts: ['db.example.org:5433'] }).port, 5433);
});
