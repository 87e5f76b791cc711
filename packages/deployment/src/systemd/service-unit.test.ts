import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { hiddenBy, type ServiceUnit, serviceUnit } from './service-unit.ts';

const unit: ServiceUnit = {
  name: 'payment-manager',
  user: 'root',
  program: '/bin/true',
  configFile: '/etc/payment-manager/payment-manager.yaml',
  environment: undefined,
  role: undefined,
  variableFiles: ['/etc/payment-manager/secrets', '/etc/payment-manager/payment-manager.env'],
  writable: ['/var/lib/payment-manager', '/mnt/audit'],
  memoryMax: '1G',
  stopMs: 40_000,
  lowPorts: false,
};

test('the unit starts what it is told, and gives it no more than it needs', () => {
  const text = serviceUnit(unit);
  assert.match(text, /^ExecStart=\/bin\/true run --config \/etc\/payment-manager\/payment-manager\.yaml$/m);
  assert.match(text, /^TimeoutStopSec=50$/m);
  assert.match(
    text,
    /^ReadWritePaths=\/var\/lib\/payment-manager -\/mnt\/audit$/m,
    'a folder beside the data that is not mounted keeps nothing from starting',
  );
  assert.match(text, /^CapabilityBoundingSet=$/m);
  assert.match(text, /^EnvironmentFile=-\/etc\/payment-manager\/secrets\nEnvironmentFile=-\/etc\/payment-manager\/payment-manager\.env$/m);
  assert.match(text, /^MemoryMax=1G$/m);
  assert.match(text, /^ProtectSystem=strict$/m);
  assert.match(text, /^Environment=NODE_COMPILE_CACHE=\/var\/lib\/payment-manager\/compiled$/m);
  assert.match(serviceUnit({ ...unit, lowPorts: true }), /^AmbientCapabilities=CAP_NET_BIND_SERVICE$/m);
});

test('an environment and a role that were chosen are in the unit: the process would be another one without them', () => {
  const text = serviceUnit({ ...unit, name: 'pm-people', environment: 'live', role: 'management' });
  assert.match(text, /^ExecStart=\/bin\/true run --config \S+ --environment live$/m);
  assert.match(text, /^Environment=NODE_COMPILE_CACHE=\S+ PM_ROLE=management$/m);
  assert.match(text, /^Description=Payment Manager \(pm-people\)$/m);
});

test('folders that its sandbox hides are known, and only those', () => {
  for (const path of ['/root/pm/pm', '/home/ada/pm', '/tmp', '/tmp/pm.yaml', '/var/tmp/data', '/run/user/1000/x'])
    assert.ok(hiddenBy(path), path);
  for (const path of ['/opt/pm/pm', '/tmpfs/x', '/var/lib/payment-manager', '/homes/x', '/run/secrets'])
    assert.equal(hiddenBy(path), undefined, path);
  const text = serviceUnit(unit);
  assert.match(text, /^ProtectHome=yes$/m);
  assert.match(text, /^PrivateTmp=yes$/m);
});

test('what a unit would read otherwise is refused', () => {
  for (const bad of ['/etc/a b', '/etc/%h', 'relative', '/etc/a\nUser=root', '/etc/$HOME'])
    assert.throws(() => serviceUnit({ ...unit, configFile: bad }), /A path of a service/, bad);
  assert.throws(() => serviceUnit({ ...unit, user: 'a user' }), /name of a user/);
  for (const name of ['../x', 'a b', 'a@b', '']) assert.throws(() => serviceUnit({ ...unit, name }), /name of a service/, name);
  for (const environment of ['a b', '%h', 'x\ny'])
    assert.throws(() => serviceUnit({ ...unit, environment }), /A name in a unit/, environment);
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
    // as docs/operations/service.md says; 9.6 is a service without any of it
    assert.ok(level <= 2.0, `${level}\n${seen}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
