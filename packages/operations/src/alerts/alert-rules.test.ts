import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { ALERT_RULE_NAMES } from '@payment-manager/configuration';
import { ALARM_KINDS } from '@payment-manager/runtime';
import { LANGUAGES, type Language } from '@payment-manager/runtime/languages';
import { toldWordsIn } from '@payment-manager/runtime/words';
import { ALERT_RULES, causesOf, isTold, RULES } from './alert-rules.ts';

test('the rules of the configuration, of the page and of the product are the same', async () => {
  assert.deepEqual([...ALERT_RULE_NAMES], [...ALERT_RULES]);
  const page = await readFile(new URL('../../../../docs/operations/alert-delivery.md', import.meta.url), 'utf8');
  const told = [...page.matchAll(/^\| `([\w-]+)` \| .+ \| (critical|warning) \| (.+) \|$/gm)].map(([, rule, severity, how]) => ({
    ...{ rule, severity },
    flaps: how === 'may come and go',
    grows: how?.includes('told again') === true,
  }));
  const known = ALERT_RULES.map((rule) => {
    const { severity, flaps = false, grows = false } = RULES[rule];
    return { rule, severity, flaps, grows };
  });
  assert.deepEqual(told, known);
});

test('each alarm that stands is of one rule, with words in each language, and so is its code', async () => {
  const standing = Object.entries(ALARM_KINDS).flatMap(([code, kind]) => (kind === 'stands' ? [code] : []));
  const causes = causesOf(standing.map((code) => ({ id: code, level: 'alarm', code, reason: 'r', since: 1 })));
  assert.equal(causes.size, standing.length);
  for (const language of Object.keys(LANGUAGES) as Language[]) {
    const { alerts, alarms } = await toldWordsIn(language);
    assert.deepEqual(Object.keys(alerts.rules), [...ALERT_RULES], language);
    for (const { rule, code } of causes.values())
      for (const words of [alerts.rules[rule].name, alerts.rules[rule].means, alarms.codes[code] ?? ''])
        assert.ok(words.length > 5, `${language}: ${code}`);
  }
});

test('where no payment moves, or one stands still, nobody waits for the end of quiet hours', () => {
  const severityOf = (code: string) => [...causesOf([{ id: 'x', level: 'alarm', code, reason: 'r', since: 1 }]).values()][0]?.severity;
  for (const code of ['PAYMENTS_NOT_RUNNING', 'FLOW_FAILED', 'ACTION_FAILED', 'CERTIFICATE_EXPIRED'])
    assert.equal(severityOf(code), 'critical', code);
  assert.deepEqual([severityOf('CERTIFICATE_EXPIRING'), severityOf('STATEMENT_NOT_PULLED')], ['warning', 'warning']);
});

test('of what happened once people are told where it is a defect of the product, for a day', () => {
  const day = 86_400_000;
  const told = (code: string, momentary: boolean, ago: number) =>
    isTold({ code, since: 10 * day - ago, ...(momentary && { momentary }) }, 10 * day);
  assert.deepEqual(
    [told('FLOW_FAILED', true, 0), told('ACTION_FAILED', true, day - 1), told('FLOW_FAILED', true, day)],
    [true, true, false],
  );
  assert.deepEqual([told('PATCH_ERROR', true, 0), told('HUB_NOT_ANSWERING', false, 3 * day)], [false, true]);
});
