import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask } from '../src/api/ask.ts';
import { watchInput } from '../src/browser/last-input.ts';

test('a page that nobody has touched for two minutes says that it asks by itself, until somebody touches it', async (t) => {
  t.mock.timers.enable({ apis: ['Date'] });
  const sent: (string | null)[] = [];
  t.mock.method(globalThis, 'fetch', async (_path: string, { headers }: RequestInit) => {
    sent.push(new Headers(headers).get('x-pm-by-itself'));
    return new Response('{}');
  });
  const page = new EventTarget();
  watchInput(page);
  const after = async (ms: number): Promise<string | null | undefined> => {
    t.mock.timers.tick(ms);
    await ask('GET /overview');
    return sent.at(-1);
  };
  assert.deepEqual([await after(110_000), await after(20_000)], [null, '1']);
  for (const input of ['keydown', 'pointermove']) {
    page.dispatchEvent(new Event(input));
    assert.deepEqual([await after(1_000), await after(120_000)], [null, '1'], input);
  }
});
