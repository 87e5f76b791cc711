import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordedLog, virtualTime } from '@payment-manager/runtime';
import { Opened } from './opened.ts';

const never = (): Promise<void> => new Promise(() => {});

function opening() {
  const time = virtualTime();
  const log = recordedLog();
  const opened = new Opened();
  const closed: string[] = [];
  const push = (what: string, takesMs = 0, inGrace = false): void => {
    const close = async (): Promise<void> => {
      await new Promise<void>((resolve) => void time.after(takesMs, resolve));
      closed.push(what);
    };
    if (inGrace) opened.pushInGrace(what, close);
    else opened.push(what, close);
  };
  const world = { clock: time, timers: time, log };
  const start = time.monotonic();
  /** How long it took. */
  const close = async (graceMs?: number): Promise<number> => {
    let tookMs: number | undefined;
    const done = opened.close(world, graceMs).then(() => {
      tookMs = time.monotonic() - start;
    });
    await time.advance(60_000);
    assert.notEqual(tookMs, undefined, 'it never ends');
    await done;
    return tookMs ?? Number.NaN;
  };
  return { opened, closed, push, close, log };
}

test('what was opened is closed from the end, once', async () => {
  const { closed, push, close, log } = opening();
  for (const what of ['journal', 'keys', 'inbound API']) push(what, 100);
  assert.equal(await close(), 300);
  assert.deepEqual(closed, ['inbound API', 'keys', 'journal']);
  assert.deepEqual(log.lines, []);
  await close();
  assert.equal(closed.length, 3);
});

test('what never closes is left open and told; the others are closed all the same', async () => {
  const { opened, closed, push, close, log } = opening();
  push('journal');
  opened.push('alerts', never);
  push('inbound API');
  assert.equal(await close(), 2_000);
  assert.deepEqual(closed, ['inbound API', 'journal']);
  assert.deepEqual(
    log.lines.map(({ level, fields }) => [level, fields['open']]),
    [['warn', 'alerts']],
  );
});

test('however much hangs, it ends; what lets something finish has the grace besides', async () => {
  const many = opening();
  for (let n = 0; n < 10; n++) many.opened.push(`database ${n}`, never);
  assert.equal(await many.close(), 6_000);
  assert.match(String(many.log.lines.at(-1)?.fields['open']), /^database 9, .*database 0$/);
  const graceful = opening();
  graceful.push('journal', 1_000);
  graceful.push('payments', 7_000, true);
  graceful.opened.push('alerts', never);
  assert.equal(await graceful.close(10_000), 10_000);
  assert.deepEqual(graceful.closed, ['payments', 'journal'], 'what hangs has taken two seconds of the grace and no more');
});

test('what fails to close is told, and keeps nothing else open', async () => {
  const { opened, closed, push, close, log } = opening();
  push('journal');
  opened.push('alerts', () => Promise.reject(new Error('refused')));
  opened.push('keys', () => {
    throw new Error('broken');
  });
  await close();
  assert.deepEqual(closed, ['journal']);
  assert.deepEqual(
    log.lines.map(({ level, fields }) => [level, fields['what'], fields['reason']]),
    [
      ['error', 'keys', 'broken'],
      ['error', 'alerts', 'refused'],
    ],
  );
});
