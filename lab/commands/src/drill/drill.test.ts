import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drill } from './drill.ts';

const said: string[] = [];
const terminal = { out: (line: string) => void said.push(line), err: () => {}, workingFolder: '/', environment: {}, interactive: false };

/** The product refuses variables that begin like its own and that it does not know. */
const OTHERS = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PM_')));

test('a drill that there is not, and a number that is none, are told', async () => {
  await assert.rejects(drill(['flood'], {}, terminal), /There are two drills: \.\/pm drill restore, \.\/pm drill failures/);
  for (const payments of ['0', '1001', 'x']) await assert.rejects(drill(['restore'], { payments }, terminal), /from 1 to 1000/);
});

test('restore: every payment that the copy did not know is known afterwards as the hub knows it', async (t) => {
  // tests/e2e/restored-sandbox.test.ts walks the same way, each time
  if (process.env['PM_TEST_LONG'] === undefined) return t.skip('takes half a minute: PM_TEST_LONG=1, or ./pm drill restore');
  assert.equal(await drill(['restore'], { payments: '3', json: true }, { ...terminal, environment: OTHERS }), 0, said.join('\n'));
  const report = JSON.parse(said.join('\n'));
  assert.ok(report.tail >= 1 && report.tail <= 7, `${report.tail}`);
  assert.deepEqual([report.before + report.tail, report.agreed, report.mark.newPayment], [13, report.tail, 503]);
});
