import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { ALERT_RULE_NAMES } from '@payment-manager/configuration';
import { ALARM_KINDS } from '@payment-manager/runtime';
import { LANGUAGES, type Language } from '@payment-manager/runtime/languages';
import { toldWordsIn } from '@payment-manager/runtime/words';
import { ALERT_RULES, causesOf, RULES } from './alert-rules.ts';

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
