import assert from 'node:assert/strict';
import { test } from 'node:test';
import { warnSparingly } from './log-sparingly.ts';
import { recordedLog } from './simulated/recorded-log.ts';
import { virtualTime } from './simulated/virtual-time.ts';

function started() {
  const [time, log] = [virtualTime(), recordedLog()];
  const lines = warnSparingly(log, time, 'refused');
  return { time, lines, told: () => log.lines.map(({ fields }) => `${fields['who']} ${fields['times']}`) };
}

test('lines that others cause: the first at once, then one a minute with their number, and none when there are none', async () => {
  const { time, lines, told } = started();
  for (let n = 0; n < 500; n++) lines.warn('a', { who: 'a' });
  lines.warn('b', { who: 'b' });
  assert.deepEqual(told(), ['a 1', 'b 1']);
  await time.advance(60_000);
  assert.deepEqual(told(), ['a 1', 'b 1', 'a 499']);
  lines.warn('a', { who: 'a' });
  await time.advance(59_000);
  assert.equal(told().length, 3);
  await time.advance(1_000);
  assert.deepEqual(told().slice(3), ['a 1']);
  await time.advance(600_000);
  assert.equal(told().length, 4);
  lines.warn('a', { who: 'a' });
  assert.equal(told().length, 5);
});

test('lines that others cause: a caller who comes under ever new names is counted with all further ones', async () => {
  const { time, lines, told } = started();
  for (let n = 0; n < 5_000; n++) lines.warn(`name ${n}`, { who: n });
  assert.equal(told().length, 1_001);
  await time.advance(60_000);
  assert.equal(told().length, 1_002);
  assert.match(told().at(-1) ?? '', / 3999$/);
});
