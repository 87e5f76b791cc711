import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { renderTop, type TopScreen } from './render-top.ts';
import { type Standing, type TopState, troublesOf } from './top-state.ts';

const AT = Date.UTC(2026, 10, 24, 9, 30);
const MINUTE = 60_000;
const SCREEN: TopScreen = { columns: 80, rows: 24, everySeconds: 3 };

const HEALTHY: TopState = {
  ...{ at: AT, fspId: 'greenbank', environment: 'production', ready: true, wrong: [] },
  parts: [
    { part: 'journal', ok: true, detail: 'answers; 40960 MiB free' },
    { part: 'engine', ok: true, detail: 'open payments are loaded' },
    { part: 'credentials', ok: true, detail: 'all certificates are valid' },
  ],
  hour: { begun: 1_240, completed: 1_200, failed: 40, moved: [{ direction: 'out', currency: 'USD', sum: '12300.5' }] },
  services: ['lookup', 'quote', 'transfer', 'notification'].flatMap((service) =>
    ['to-hub', 'from-hub'].map((direction) => ({ direction, service, perSecond: 2.5, failedPercent: 0, p50: 40, p95: 120.4, p99: 300 })),
  ),
  replicas: [
    { replica: 'bank-1-4711', state: 'ok' },
    { replica: 'bank-2-4712', state: 'down' },
  ],
};

const alarm = (code: string, minutes: number, more: Partial<Standing> = {}): Standing => ({
  ...{ id: code, level: 'alarm', code, reason: `why ${code} stands, in many words so that the line is cut`, since: AT - minutes * MINUTE },
  ...more,
});

const BROKEN: TopState = {
  ...HEALTHY,
  ready: false,
  parts: [{ part: 'shutdown', ok: false, detail: 'this Payment Manager is leaving' }, ...HEALTHY.parts],
  wrong: troublesOf(
    [
      alarm('READ_MODEL_BEHIND', 200),
      alarm('HUB_NOT_ANSWERING', 12, { acknowledged: { by: 'user:otieno' } }),
      alarm('CORE_OUTCOME_UNKNOWN', 40, { level: 'exception', id: 'p1' }),
      alarm('CORE_OUTCOME_UNKNOWN', 30, { level: 'exception', id: 'p2' }),
      alarm('CERTIFICATE_EXPIRED', 3_000, { muted: {} }),
      alarm('FLOW_FAILED', 1, { momentary: true }),
      ...Array.from({ length: 12 }, (_, n) => alarm(`ARTEFACT_FAILING_${n}`, n)),
    ],
    [],
  ),
};

const shown = (state: TopState, screen: Partial<TopScreen> = {}): readonly string[] =>
  renderTop(state, { ...SCREEN, ...screen }).map((line) => stripVTControlCharacters(line));

describe('./pm top', () => {
  test('fits 80 columns and 24 rows, and any other size, whatever is wrong', () => {
    for (const state of [HEALTHY, BROKEN])
      for (const [columns, rows] of [
        [80, 24],
        [40, 10],
        [120, 50],
        [80, 5],
        [200, 24],
      ] as const) {
        const lines = shown(state, { columns, rows });
        assert.ok(lines.length <= rows, `${lines.length} lines of ${rows}`);
        for (const line of lines) assert.ok([...line].length <= columns, `${[...line].length} of ${columns}: ${line}`);
      }
  });

  test('says what is broken first: critical before warnings, what nobody looks after before what somebody does, muted last', () => {
    const lines = shown(BROKEN, { rows: 60 });
    assert.match(lines[0] ?? '', /^greenbank, production {2}TAKES NO PAYMENTS +2026-11-24 09:30:00 UTC$/);
    const codes = lines.flatMap((line) => /^(?:CRIT|warn) +\S+ \S+ +([A-Z0-9_]+)/.exec(line)?.[1] ?? []);
    assert.deepEqual(
      [codes[0], codes[1], codes.at(-1), codes.length],
      ['CORE_OUTCOME_UNKNOWN', 'HUB_NOT_ANSWERING', 'CERTIFICATE_EXPIRED', 16],
    );
    assert.match(lines.join('\n'), /CRIT +40 min CORE_OUTCOME_UNKNOWN +x2 +nobody/);
    assert.match(lines.join('\n'), /CRIT +12 min HUB_NOT_ANSWERING +otieno/);
    assert.doesNotMatch(lines.join('\n'), /FLOW_FAILED/, 'what happened once is in the log');
    assert.ok(lines.findIndex((line) => /^BROKEN shutdown/.test(line)) < lines.findIndex((line) => /^ok /.test(line)));
  });

  test('tells how much does not fit, and keeps a line for each part of the screen', () => {
    const text = shown(BROKEN).join('\n');
    assert.match(text, /… and \d+ more/);
    for (const words of [
      /BROKEN shutdown/,
      /1240 begun, 1200 completed \(96 % of what ended\), 40 failed/,
      /SERVICES, LAST MINUTES/,
      /q leaves/,
    ])
      assert.match(text, words);
  });

  test('when nothing is broken it says so, with figures, in one screen', () => {
    const lines = shown(HEALTHY);
    assert.equal(lines[1], 'Nothing is broken.');
    assert.match(lines.join('\n'), /to-hub quote +2\.5 +40 +120 +300 +0\.0 %/);
    assert.match(lines.join('\n'), /down +bank-2-4712/);
    assert.match(lines.join('\n'), /sent 12300\.5 USD/);
  });

  test('what a hub or a core wrote steers no terminal', () => {
    const nasty = { ...HEALTHY, wrong: troublesOf([alarm('HUB_NOT_ANSWERING', 1, { reason: 'x\u001b[2J\u0007\r\nfake' })], []) };
    assert.ok(renderTop(nasty, SCREEN).every((line) => !line.includes('\u001b[2J') && !line.includes('\u0007') && !line.includes('\n')));
  });

  test('when nothing answers any more, the last look stays, and says since when', () => {
    const lines = shown(HEALTHY, { silent: { since: AT - 45_000, reason: 'connection refused' } });
    assert.match(lines[1] ?? '', /^NO ANSWER for 45 s: connection refused\./);
    assert.ok(lines.length <= 24);
  });
});
