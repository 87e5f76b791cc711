import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { userInfo } from 'node:os';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { operatorName } from './person.ts';

const terminal = { out() {}, err() {}, workingFolder: '.', interactive: false };

test('who does it: --by, PM_OPERATOR, USER, LOGNAME, and where a service has none of them the user of this machine', () => {
  const name = (by: string | undefined, environment: Record<string, string>) =>
    operatorName(by === undefined ? {} : { by }, { ...terminal, environment });
  const all = { PM_OPERATOR: 'olive', USER: 'ursula', LOGNAME: 'leo' };
  assert.deepEqual(
    [name('ada', all), name(undefined, all), name(undefined, { USER: ' ', LOGNAME: 'leo' }), name(' ', {}), name(undefined, {})],
    ['ada', 'olive', 'leo', userInfo().username, userInfo().username],
  );
});

test('who does it: a user without a name is told what to say', {
  skip: process.getuid?.() !== 0 && 'only root can be another user',
}, () => {
  const file = pathToFileURL(new URL('./person.ts', import.meta.url).pathname).href;
  const script = `import { operatorName } from ${JSON.stringify(file)};
    try { operatorName({}, { environment: {} }); } catch (error) { console.log(error.message); }`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { uid: 54_321, encoding: 'utf8', env: {} });
  assert.match(stdout, /--by NAME or in PM_OPERATOR.*number 54321\) has none/);
});
