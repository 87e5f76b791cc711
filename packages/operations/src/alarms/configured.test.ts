import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HttpResponse } from '@payment-manager/runtime';
import { answer } from '../access/answer.ts';
import { shownBy } from './configured.ts';

const row = { payment: 't1', level: 'alarm', code: 'SOME_CODE', reason: 'why', since: '2026-11-24T09:00:00.000Z' };

/** What is seen of an operations API that answers so. */
const seen = (exceptions: HttpResponse, alarms: HttpResponse | Error) =>
  shownBy(async ({ target }) => {
    if (target.startsWith('/exceptions')) return exceptions;
    if (alarms instanceof Error) throw alarms;
    return alarms;
  });

test('alarms: what the operations API shows of both kinds is seen; what it does not answer is not taken for nothing', async () => {
  const none = answer(200, { exceptions: [] });
  assert.deepEqual(await seen(answer(200, { exceptions: [row] }), answer(200, { alarms: [row] })), { alarms: [row, row], whole: true });
  assert.equal(await seen(none, answer(503, { code: 'NO_WORKER' })), undefined);
  assert.equal(await seen(none, new Error('the journal is away')), undefined);
  assert.equal((await seen(none, answer(200, { alarms: Array(1_000).fill(row) })))?.whole, false);
});
