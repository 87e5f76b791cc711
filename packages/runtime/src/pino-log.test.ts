import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { createLog, type LogLevel } from './pino-log.ts';
import { Secret } from './secret.ts';

function logTo(level: LogLevel, pretty = false) {
  const lines: string[] = [];
  return { lines, log: createLog({ level, pretty, destination: { write: (line: string) => void lines.push(line) } }) };
}

test('a line is one JSON object with level, time, fields and message; children add theirs', () => {
  const { lines, log } = logTo('info');
  log.child({ payment: 'p1' }).info('quoted', { ms: 12, sent: true, nothing: undefined });
  const { time, ...rest } = JSON.parse(lines[0] ?? '');
  assert.deepEqual(rest, { level: 'info', payment: 'p1', ms: 12, sent: true, msg: 'quoted' });
  assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});

test('lines below the level are not written', () => {
  const { lines, log } = logTo('warn');
  log.debug('a');
  log.info('b');
  log.warn('c');
  log.error('d');
  assert.equal(lines.length, 2);
});

test('secrets are never printed, however they are turned into text', () => {
  const { lines, log } = logTo('info');
  const secret = new Secret('hunter2');
  log.child({ secret }).info('line', { secret });
  const texts = [...lines, `${secret}`, JSON.stringify({ secret }), inspect({ secret }, { depth: 9, showHidden: true })];
  for (const text of texts) {
    assert.doesNotMatch(text, /hunter2/);
    assert.match(text, /\[secret\]/);
  }
  assert.equal(secret.reveal(), 'hunter2');
});

test('a log line has a largest size', () => {
  const { lines, log } = logTo('info');
  log.info('m'.repeat(10_000), { long: 'x'.repeat(10_000), short: 'y' });
  assert.ok((lines[0] ?? '').length < 5_000);
  assert.match(lines[0] ?? '', /"short":"y"/);
});

test('a line for people has the time, the level, the message and the fields', () => {
  const { lines, log } = logTo('info', true);
  log.warn('hub is slow', { ms: 1200 });
  assert.match(lines[0] ?? '', /^\d\d:\d\d:\d\d\.\d{3} WARN {2}hub is slow {2}ms=1200\n$/);
});

test('what was gathered is written when the process ends, by itself or by process.exit', () => {
  const lines = 1_000;
  const program = `
    const { createLog } = await import('${new URL('./pino-log.ts', import.meta.url).href}');
    const log = createLog({ level: 'info' });
    for (let n = 0; n < ${lines}; n++) log.info('a line of some length, so that more is written than is gathered', { n });`;
  for (const end of ['', 'process.exit(0)']) {
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program + end], { encoding: 'utf8' });
    const written = stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { n: number }).n);
    // process.exit does not wait for a piece that is being written off the event loop: the rest may come before it.
    if (end !== '') written.sort((a, b) => a - b);
    assert.deepEqual(
      written,
      Array.from({ length: lines }, (_, n) => n),
    );
  }
});

test('a line has the time at which it was said, however late it is formatted', () => {
  const program = `
    const { createLog } = await import('${new URL('./pino-log.ts', import.meta.url).href}');
    const log = createLog({ level: 'info' });
    const child = log.child({ of: 'child' });
    const begun = Date.now();
    log.info('first', { begun });
    child.warn('second');
    while (Date.now() < begun + 60);
    log.error('third');`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { level: string; time: string; msg: string; of?: string; begun?: number });
  assert.deepEqual(
    lines.map(({ level, msg, of }) => [level, msg, of]),
    [
      ['info', 'first', undefined],
      ['warn', 'second', 'child'],
      ['error', 'third', undefined],
    ],
  );
  const [first, , third] = lines.map(({ time }) => Date.parse(time));
  assert.ok(Math.abs((first as number) - (lines[0]?.begun as number)) < 40, 'the first line bears a later time');
  assert.ok((third as number) >= (lines[0]?.begun as number) + 60);
});
