import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sandboxPorts } from './sandbox-ports.ts';

test('ports follow one another, or are all free ones', () => {
  const ports = sandboxPorts('4000', ['a', 'b']);
  assert.deepEqual(
    [ports.hub, ports.hubAdmin, ports.cores, ports.manager('b')],
    [4000, 4001, { a: 4013, b: 4023 }, { inbound: 4020, outbound: 4021, operations: 4022, management: 4025 }],
  );
  assert.deepEqual(sandboxPorts('0', ['a']).manager('a'), { inbound: 0, outbound: 0, operations: 0, management: 0 });
  for (const wrong of ['x', '80', '65530', '-1', '']) assert.throws(() => sandboxPorts(wrong, ['a']), /base-port/, wrong);
});
