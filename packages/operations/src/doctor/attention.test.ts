import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXCEPTION_CODES } from '@payment-manager/mojaloop-connector';
import { attentionFindings } from './attention.ts';

const row = (code: string, more: object = {}) => ({
  payment: 't1',
  level: 'alarm',
  code,
  reason: `about ${code}`,
  since: '2026-11-24T09:00:00.000Z',
  ...more,
});
const shown = (exceptions: object[], alarms: object[]) =>
  attentionFindings({ exceptions, alarms } as Parameters<typeof attentionFindings>[0]).map(
    ({ part, state, message }) => `${part} ${state}: ${message}`,
  );

test('doctor: each code of exceptions is a failed line with how many, and since when', () => {
  const exceptions = EXCEPTION_CODES.flatMap((code) => [
    row(code, { level: 'exception', since: '2026-11-24T10:00:00.000Z' }),
    row(code, { level: 'exception' }),
  ]);
  assert.deepEqual(shown(exceptions, exceptions), [
    ...EXCEPTION_CODES.map((code) => `payments failed: ${code}: 2 payments need a person, since 2026-11-24T09:00:00.000Z`),
    'alarms passed: none',
  ]);
});

test('doctor: an alarm that stands is to be looked at; what happened once is only told; of many, ten and how many more', () => {
  assert.deepEqual(
    shown([], [row('HUB_NOT_ANSWERING'), row('CALLBACK_UNEXPECTED', { momentary: true }), row('CALLBACK_UNEXPECTED', { momentary: true })]),
    [
      'payments passed: no payment needs a person',
      'alarms warning: HUB_NOT_ANSWERING (t1): about HUB_NOT_ANSWERING',
      'alarms passed: since the start: CALLBACK_UNEXPECTED (2)',
    ],
  );
  assert.equal(shown([], Array(12).fill(row('CORE_NOT_TOLD'))).at(-1), 'alarms warning: 2 more alarms are active');
});
