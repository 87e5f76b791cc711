import assert from 'node:assert/strict';
import { test } from 'node:test';
import { network } from './network.ts';

test('all addresses of one network of IPv6 are one caller, however they are written', () => {
  for (const one of ['2001:db8::1', '2001:db8::2', '2001:DB8:0:0:ffff::', '2001:0db8:0000:0000:1:2:3:4', '2001:db8::a:b:c:d'])
    assert.equal(network(one), '2001:db8:0:0', one);
  assert.equal(network('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2');
  assert.equal(network('::1'), '0:0:0:0');
  assert.notEqual(network('2001:db8:0:1::1'), network('2001:db8::1'));
  for (const other of ['10.0.0.7', '::ffff:10.0.0.7', 'local']) assert.equal(network(other), other);
});
