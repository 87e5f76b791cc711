import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type ServiceUnit, serviceUnit } from './service-unit.ts';

const unit: ServiceUnit = {
  user: 'root',
  program: '/bin/true',
  configFile: '/etc/payment-manager/payment-manager.yaml',
  writable: ['/var/lib/payment-manager', '/mnt/audit'],
  memoryMax: '1G',
  stopMs: 40_000,
  lowPorts: false,
};

test('the unit starts what it is told, and gives it no more than it needs', () => {
  const text = serviceUnit(unit);
  assert.match(text, /^ExecStart=\/bin\/true run --config \/etc\/payment-manager\/payment-manager\.yaml$/m);
  assert.match(text, /^TimeoutStopSec=50$/m);
  assert.match(text, /^ReadWritePaths=\/var\/lib\/payment-manager \/mnt\/audit$/m);
  assert.match(text, /^CapabilityBoundingSet=$/m);
  assert.match(text, /^EnvironmentFile=-\/etc\/payment-manager\/secrets$/m);
  assert.match(serviceUnit({ ...unit, lowPorts: true }), /^AmbientCapabilities=CAP_NET_BIND_SERVICE$/m);
});

test('what a unit would read otherwise is refused', () => {
  for (const bad of ['/etc/a b', '/etc/%h', 'relative', '/etc/a\nUser=root', '/etc/$HOME'])
    assert.throws(() => serviceUnit({ ...unit, configFile: bad }), /A path of a service/, bad);
  assert.throws(() => serviceUnit({ ...unit, user: 'a user' }), /name of a user/);
  assert.throws(() => serviceUnit({ ...unit, memoryMax: 'much' }), /limit of memory/);
});

test('systemd understands it, and finds little left to take away', (t) => {
  if (spawnSync('systemd-analyze', ['--version']).status !== 0) return t.skip('systemd-analyze is not installed');
  const folder = mkdtempSync(join(tmpdir(), 'pm-unit-'));
  try {
    const file = join(folder, 'payment-manager.service');
    writeFileSync(file, serviceUnit(unit));
    const verified = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' });
    assert.doesNotMatch(verified.stderr, /payment-manager\.service:\d+/, 'a line that systemd does not know');
    const seen = execFileSync('systemd-analyze', ['security', '--offline=true', '--no-pager', file], { encoding: 'utf8' });
    const level = Number(/exposure level[^:]*: ([\d.]+)/.exec(seen)?.[1]);
    // 9.6 is a service without any of it
    assert.ok(level <= 2.5, `${level}\n${seen}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
