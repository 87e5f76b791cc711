import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { alertsChecks } from './alerts-rules.ts';
import type { Config } from './schema.ts';

const SECRET = 'x'.repeat(32);
const HOST = { host: 'smtp.example.org', security: 'starttls', from: 'pm@example.org', to: ['ops@example.org'] };

function wrong(
  alerts: { webhook?: object; email?: object; quietHours?: object; enabled?: boolean },
  sandbox = false,
  store = 'none',
): readonly string[] {
  const { webhook = {}, email = { to: [] }, quietHours = {}, enabled = true } = alerts;
  return alertsChecks({ sandbox, vault: { store }, alerts: { enabled, webhook, email, quietHours } } as unknown as Config).map(
    ({ where }) => where,
  );
}

describe('the configuration of alerts', () => {
  test('a webhook is signed with a key that nobody guesses, given once, and over https', () => {
    const url = 'https://alerts.example.org/x';
    assert.deepEqual(wrong({ webhook: { url } }), ['alerts.webhook.secret']);
    assert.deepEqual(wrong({ webhook: { url, secret: 'short' } }), ['alerts.webhook.secret']);
    assert.deepEqual(wrong({ webhook: { url, secret: SECRET, secretFile: '/x' } }), ['alerts.webhook.secret']);
    assert.deepEqual(wrong({ webhook: { url: 'http://alerts.example.org/x', secret: SECRET } }), ['alerts.webhook.url']);
    assert.deepEqual(wrong({ webhook: { url: 'http://alerts.example.org/x', secret: SECRET } }, true), []);
    assert.deepEqual(wrong({ webhook: { url, secretFile: '/x' } }), []);
    assert.deepEqual(wrong({ webhook: { url } }, false, 'file'), [], 'the vault may have it');
  });

  test('a mail has a sender and somebody who gets it, each an address alone, and leaves over TLS', () => {
    assert.deepEqual(wrong({ email: HOST }), []);
    assert.deepEqual(wrong({ email: { ...HOST, from: undefined, to: [] } }), ['alerts.email.from', 'alerts.email.to']);
    for (const address of ['ops', 'Ops <ops@example.org>', 'ops@example.org\r\nBcc: x@example.org', 'a@example.org,b@example.org'])
      assert.deepEqual(wrong({ email: { ...HOST, to: [address] } }), ['alerts.email.to'], address);
    assert.deepEqual(wrong({ email: { ...HOST, user: 'pm' } }), ['alerts.email.password']);
    assert.deepEqual(wrong({ email: { ...HOST, user: 'pm' } }, false, 'file'), [], 'the vault may have it');
    assert.deepEqual(wrong({ email: { ...HOST, security: 'none' } }), ['alerts.email.security']);
    assert.deepEqual(wrong({ email: { ...HOST, security: 'none' } }, true), []);
  });

  test('quiet hours have two ends, times of the day, and a zone that there is', () => {
    assert.deepEqual(wrong({ quietHours: { from: '22:00', to: '06:00', zone: 'Africa/Nairobi' } }), []);
    assert.deepEqual(wrong({ quietHours: { from: '22:00' } }), ['alerts.quietHours.to']);
    assert.deepEqual(wrong({ quietHours: { from: '24:00', to: '6', zone: 'Mars/Base' } }), [
      'alerts.quietHours.from',
      'alerts.quietHours.to',
      'alerts.quietHours.zone',
    ]);
  });

  test('nothing is looked at where alerts are switched off', () => {
    assert.deepEqual(wrong({ enabled: false, webhook: { url: 'http://x' } }), []);
  });
});
