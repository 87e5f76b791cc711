import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pmIn } from '../../test/command-line.ts';

test('a colour that could not be read ends the look and the start with exit code 78, and says key, contrast, ground and what to do', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pm-brand-refused-'));
  const core = `core: { baseUrl: 'http://127.0.0.1:9' }\njws: { sign: false, verify: false }`;
  const brand = `management: { enabled: true, brand: { accent: { light: '#3fbf7f', dark: '#7fd6d9' } } }`;
  writeFileSync(
    join(folder, 'payment-manager.yaml'),
    `fspId: greenbank\nsandbox: true\ndataFolder: data\nhub: { baseUrl: 'http://127.0.0.1:9' }\n${core}\n${brand}\n`,
  );
  for (const command of ['config', 'run']) {
    const refused = await pmIn(folder, [command]);
    assert.equal(refused.exitCode, 78, refused.text);
    assert.match(refused.text, /management\.brand\.accent\.light/);
    assert.match(refused.text, /#3fbf7f: 2\.11 with #f0f4f5 \(hover\)/);
    assert.match(refused.text, /a contrast of 4\.5 at least[\s\S]*Take a darker shade of it\./);
    assert.doesNotMatch(refused.text, /accent\.dark/, 'the other one can be read');
  }
  rmSync(folder, { recursive: true });
});
