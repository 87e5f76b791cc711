import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { JournalUnavailable, memoryJournal } from '@payment-manager/journal';
import { virtualTime } from '@payment-manager/runtime';
import { addOldPayments, longAgo, oldPayment } from '../../test/old-payments.ts';
import { journalPruner, KEPT_DAYS, type Pruner } from '../retention/prune-records.ts';
import { pruneRoute } from './prune-route.ts';
import { serveRoutes } from './serve-routes.ts';

async function post(prune: Pruner, body: unknown, { mayAct = true, method = 'POST', target = '/journal/prune', headers = {} } = {}) {
  const response = await serveRoutes(
    [pruneRoute(prune)],
    mayAct,
  )({
    method,
    target,
    headers: { host: '127.0.0.1:4004', 'content-type': 'application/json', ...headers },
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    clientAuthenticated: false,
  });
  return { status: response.status, json: JSON.parse(String(response.body)) };
}

const idOf = (n: number): string => oldPayment(n)[0]?.recordId ?? '';

describe('operations API: pruning', () => {
  test('each record has its own result; what happened lately stays, whoever asks for it', async () => {
    const [journal, time] = [memoryJournal(), virtualTime()];
    await addOldPayments(journal, 1, 2);
    for (const one of oldPayment(3, time.now() - KEPT_DAYS * 86_400_000)) await journal.append(one);
    for (const one of oldPayment(4).slice(0, 1)) await journal.append(one);
    const prune = journalPruner(journal, time);
    const records = [
      [idOf(1), 2],
      [idOf(2), 1],
      [idOf(3), 2],
      [idOf(4), 1],
      ['none', 2],
    ];
    const answer = await post(prune, { records });
    assert.deepEqual([answer.status, answer.json.results], [200, ['pruned', 'changed', 'too-young', 'not-at-rest', 'missing']]);
    assert.equal((await post(prune, { records })).json.results[0], 'pruned-before');
    assert.ok(longAgo < time.now());
  });

  test('a version of a core connector goes when no open payment was priced by it, and nothing that needs a person needs it', async () => {
    const journal = memoryJournal();
    const prune = journalPruner(journal, virtualTime());
    const put = async (recordId: string, kind: string, event: object, open = false) => {
      const events = [{ type: 'connector-version', at: longAgo, ...event }];
      await journal.append({ recordId, kind, expectedVersion: 0, events, open, attention: [], label: recordId });
    };
    for (const version of ['needed', 'over']) await put(`core-version-${version}`, 'core-version', { version, content: '[]' });
    await put('payment', 'payee', { type: 'quote-answered', coreQuote: { connectorVersion: 'needed' } }, true);
    const wishes = ['needed', 'over'].map((version) => ({ recordId: `core-version-${version}`, version: 1 }));
    assert.deepEqual(await prune(wishes), ['not-at-rest', 'pruned']);
  });

  test('only from this machine, not from web pages, and only what is a short list of records', async () => {
    const untouched: Pruner = () => assert.fail('nothing may be pruned');
    const records = [[idOf(1), 2]];
    assert.equal((await post(untouched, { records }, { mayAct: false })).status, 403);
    assert.equal((await post(untouched, { records }, { headers: { origin: 'https://evil.test' } })).status, 403);
    assert.equal((await post(untouched, { records }, { headers: { 'content-type': 'text/plain' } })).status, 415);
    assert.equal((await post(untouched, {}, { method: 'GET' })).status, 405);
    const many = Array.from({ length: 51 }, () => ['r', 1]);
    for (const body of ['{', '[]', { records: 'all' }, { records: [['r']] }, { records: [[1, 1]] }, { records: many }])
      assert.equal((await post(untouched, body)).status, 400, JSON.stringify(body));
  });

  test('a journal that is away is 503: nothing is known to be done, and it may be asked again', async () => {
    const away: Pruner = async () => {
      throw new JournalUnavailable('away');
    };
    assert.equal((await post(away, { records: [[idOf(1), 2]] })).status, 503);
  });
});
