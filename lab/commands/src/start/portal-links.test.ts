import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sandbox } from '@payment-manager/local-scheme';
import { portalLinks } from './portal-links.ts';

test('a sandbox whose portals have no socket has no links, and starts all the same', async () => {
  const managers = new Map([['greenbank', {}]]) as unknown as Sandbox['managers'];
  assert.deepEqual(await portalLinks({ managers }, '/nonexistent/sandbox'), []);
});
