import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { knownOf, LANGUAGES, type Language } from '@payment-manager/runtime/languages';
import { toldWordsIn } from '@payment-manager/runtime/words';
import { mailOf } from './alert-mail.ts';
import { noticeOf, testNotice } from './alert-notice.ts';
import { ALERT_RULES } from './alert-rules.ts';
import type { Incident, IncidentEvent } from './incident.ts';

const IDENTITY = { fspId: 'greenbank', environment: 'production', portalUrl: 'https://portal.example.org' };
const HUB = {
  ...{ id: 'i-1', key: 'k', rule: 'hub', severity: 'critical', code: 'HUB_NOT_ANSWERING', reason: 'of https://hub.internal' },
  ...{ count: 1, state: 'open', since: Date.UTC(2026, 10, 24, 9), newest: 0, seenAt: 0, presentMs: 0, gaps: 0, deliveries: [] },
} as const satisfies Incident;
const STUCK: Incident = { ...HUB, rule: 'exceptions', code: 'OUTCOME_UNKNOWN', count: 3 };
const ENDED: Incident = { ...HUB, state: 'ended', endedAt: Date.UTC(2026, 10, 24, 10) };

async function mailIn(language: Language, incident: Incident, event: IncidentEvent) {
  const words = await toldWordsIn(language);
  return mailOf(noticeOf(incident, { event, at: 1 }, IDENTITY, words), words);
}

/** Without what only says how it is read. */
const plain = (text: string): string => text.replace(/[\u200f\u2066-\u2069]/g, '');

describe('mails of alerts', () => {
  test('say what happened, what it means, where and since when, and the page about it', async () => {
    assert.deepEqual(await mailIn('en', STUCK, 'began').then(({ subject, text }) => [subject, text]), [
      '[greenbank production] Critical: Payments need a person: 3 payments',
      `Payments need a person: 3 payments

Nobody but a person can say how they ended. Until then the money of a customer may be on hold, or missing. Resolve them one by one.

The hub has not said how it ended (OUTCOME_UNKNOWN)
The money may or may not have moved. The hub was asked as often as is planned, and is asked on, ever more rarely.
Ask the hub, or its operator. Release, book and refund nothing by hand before the hub has said.

greenbank, production
Since: 2026-11-24T09:00:00.000Z
Where to look: https://portal.example.org/alerts?incident=i-1
`,
    ]);
    assert.equal(
      (await mailIn('en', STUCK, 'again')).subject,
      '[greenbank production] Critical: Payments need a person: 3 payments (there is more of it)',
    );
  });

  test('of an end say nothing more of what it meant, and nobody is called any more', async () => {
    const { subject, text } = await mailIn('en', ENDED, 'ended');
    assert.equal(subject, '[greenbank production] The hub cannot be reached (it has ended)');
    assert.doesNotMatch(text, /Call the hub/);
    assert.match(text, /^Since: 2026-11-24T09:00:00.000Z\nUntil: 2026-11-24T10:00:00.000Z\n/m);
  });

  for (const language of Object.keys(LANGUAGES) as Language[])
    test(`are complete in ${language}: every rule and event, in the words of the page of alerts, with the same values`, async () => {
      const words = await toldWordsIn(language);
      const subjects = new Set<string>();
      for (const rule of ALERT_RULES)
        for (const event of ['began', 'again', 'ended'] as const) {
          const incident: Incident = rule === 'exceptions' ? STUCK : { ...(event === 'ended' ? ENDED : HUB), rule };
          const { subject, text, html } = await mailIn(language, incident, event);
          subjects.add(subject);
          const { name, means } = words.alerts.rules[rule];
          assert.ok(subject.includes(name) && text.includes(name) && html.includes(name), `${rule} ${event}`);
          assert.equal(text.includes(means), event !== 'ended', `${rule} ${event}`);
          for (const value of [
            'greenbank, production',
            '2026-11-24T09:00:00.000Z',
            incident.code,
            'https://portal.example.org/alerts?incident=i-1',
          ])
            assert.ok(plain(text).includes(value) && plain(html).includes(value), `${rule} ${event}: ${value}`);
          assert.doesNotMatch(subject + text + html, /undefined|hub\.internal/);
        }
      assert.equal(subjects.size, 3 * ALERT_RULES.length);
      const tried = mailOf(testNotice(1, IDENTITY, words), words);
      assert.ok(tried.subject.includes(words.alerts.tested) && tried.text.includes(words.alerts.tested));
      assert.doesNotMatch(tried.text, /undefined|\btest\b.*\btest\b/);
    });

  test('say in their own words that nobody who speaks the language has read it, as the portal does', async () => {
    for (const language of Object.keys(LANGUAGES) as Language[]) {
      const { name, unreviewed } = knownOf(language);
      const { text, html } = await mailIn(language, HUB, 'began');
      for (const form of [text, html]) assert.equal(form.includes(`${name}: ${unreviewed ?? ''}`), unreviewed !== undefined, language);
    }
  });

  test('that are read from right to left say so: HTML by its elements, plain text and subject by marks, values from left to right', async () => {
    const { subject, text, html } = await mailIn('ar', HUB, 'began');
    assert.match(html, /<html lang="ar" dir="rtl">[\s\S]*<div lang="ar" dir="rtl">/);
    assert.match(subject, /^\u200f\[greenbank production\] /);
    for (const line of text.split('\n')) assert.ok(line === '' || line.startsWith('\u200f'), line);
    assert.match(text, /: \u20662026-11-24T09:00:00\.000Z\u2069$/m);
    assert.match(text, /: \u2066https:\S+i-1\u2069$/m);
    const english = await mailIn('en', HUB, 'began');
    assert.match(english.html, /<html lang="en" dir="ltr">/);
    assert.doesNotMatch(english.text + english.subject + english.html, /[\u200f\u2066-\u2069]/);
  });

  test('have no mark-up of anybody’s making, and one address: that of the portal', async () => {
    const words = await toldWordsIn('en');
    const identity = { fspId: '<img src=x>', environment: 'a&b', portalUrl: 'https://portal.example.org' };
    const { html } = mailOf(noticeOf({ ...HUB, id: 'a&b"<c>' }, { event: 'began', at: 1 }, identity, words), words);
    assert.doesNotMatch(html, /<img|<c>|<[a-z]+ [^>]*(?:src|style|http-equiv)=/);
    assert.match(html, /&lt;img src=x&gt;, a&amp;b/);
    assert.deepEqual(
      [...html.matchAll(/https?:[^"<]+/g)].map(([address]) => address),
      Array(2).fill('https://portal.example.org/alerts?incident=a%26b%22%3Cc%3E'),
    );
    const nowhere = mailOf(noticeOf(HUB, { event: 'began', at: 1 }, { ...IDENTITY, portalUrl: undefined }, words), words);
    assert.doesNotMatch(nowhere.html + nowhere.text, /http|Where to look/);
  });
});
