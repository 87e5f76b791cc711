import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { PORTAL_COLOURS } from '@payment-manager/management-api/test-portal';
import { ROOM } from '../tools/sources.ts';

test('the colours against which a bank’s own are judged are those of the portal', () => {
  const css = readFileSync(join(ROOM, 'src/design/tokens.css'), 'utf8');
  const token = (name: string): readonly string[] =>
    new RegExp(`--pm-${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(css)?.slice(1) ?? [];
  const { light, dark } = PORTAL_COLOURS;
  for (const ground of ['page', 'surface', 'raised', 'hover'] as const)
    assert.deepEqual(token(ground), [light.grounds[ground], dark.grounds[ground]], ground);
  assert.deepEqual(token('quiet'), [light.quiet, dark.quiet]);
  for (const kind of ['sandbox', 'test', 'live'] as const)
    assert.deepEqual(token(`environment-${kind}`), [light.environments[kind], dark.environments[kind]], kind);
});
