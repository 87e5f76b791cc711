/** `deploy/compose`: what the specification of Compose takes, what it mounts, and whether a Payment Manager would start with it. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { parse } from 'yaml';

const folder = fileURLToPath(new URL('../../../../deploy/compose/', import.meta.url));
const read = (file: string): string => readFileSync(join(folder, file), 'utf8');

interface Service {
  readonly profiles: readonly string[];
  readonly read_only?: boolean;
  readonly user?: string;
  readonly cap_drop?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly networks?: readonly string[];
  readonly deploy?: { readonly replicas: number };
  readonly stop_grace_period?: string;
  readonly restart?: string;
}

const compose: {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
} = parse(read('compose.yaml'), { merge: true });
const { services } = compose;
const ours = ['payment-manager', 'replica', 'management'].map((name) => [name, services[name] as Service] as const);

describe('compose.yaml', () => {
  test('is what the specification takes, and the check can fail', () => {
    const linter = findPackageJSON('dclint', import.meta.url);
    const { $schema: _, ...schema } = JSON.parse(readFileSync(join(linter ?? '', '../schemas/compose.schema.json'), 'utf8'));
    const isCompose = new Ajv({ strict: false, validateFormats: false }).compile(schema);
    assert.ok(isCompose(compose), JSON.stringify(isCompose.errors));
    assert.ok(!isCompose({ ...compose, services: { ...services, wrong: { imagee: 'x' } } }));
    assert.ok(!isCompose({ ...compose, services: { ...services, wrong: { image: 'x', read_only: { a: 1 } } } }));
  });

  test('one service and one volume; by the profile scale three replicas and what belongs to them, never both', () => {
    const of = (profile: string) => Object.keys(services).filter((name) => services[name]?.profiles.includes(profile));
    assert.deepEqual(of('single'), ['payment-manager']);
    assert.deepEqual(of('scale'), ['replica', 'management', 'load-balancer', 'postgres', 'prometheus', 'grafana']);
    assert.equal(services['replica']?.deploy?.replicas, 3);
    const roles = ours.map(([, { environment = {} }]) => environment['PM_ROLE']);
    assert.deepEqual(roles, [undefined, 'payments', 'management']);
    assert.ok(Object.values(services).every(({ profiles }) => profiles.length === 1));
    assert.match(read('example.env'), /^COMPOSE_PROFILES=single$/m);
    const named = ours[0]?.[1].volumes?.filter((volume) => !volume.startsWith('.'));
    assert.deepEqual(named, ['data:/var/lib/payment-manager']);
  });

  test('ours run without rights; nothing but the hub’s port is open to other machines; the database has no way out', () => {
    for (const [name, { read_only, user, cap_drop, stop_grace_period }] of ours)
      assert.deepEqual([read_only, user, cap_drop, stop_grace_period], [true, '1000:1000', ['ALL'], '60s'], name);
    const open = Object.entries(services).flatMap(([name, { ports = [] }]) =>
      ports.filter((port) => !port.startsWith('127.0.0.1:')).map((port) => `${name} ${port}`),
    );
    assert.deepEqual(open, ['payment-manager 4000:4000', 'load-balancer 4000:4000']);
    assert.deepEqual(services['postgres']?.networks, ['inside']);
    assert.equal(compose.networks['inside']?.internal, true);
  });

  test('all start with the machine, also under podman, whose podman-restart.service looks for restart-policy=always alone', () => {
    assert.deepEqual(
      Object.entries(services).flatMap(([name, { restart }]) => (restart === 'always' ? [] : [name])),
      [],
    );
  });

  test('each file that is mounted is there, or is said to be made by whoever runs it', () => {
    const mounted = Object.values(services).flatMap(({ volumes = [] }) => volumes.map((volume) => volume.split(':')[0] ?? ''));
    const files = mounted.filter((path) => path.startsWith('.') && !['./configuration', './copies'].includes(path));
    assert.ok(files.length >= 6);
    assert.deepEqual(
      files.filter((path) => !existsSync(join(folder, path))),
      [],
    );
  });

  test('every variable of ours is a key, and every variable that is filled in is in example.env', () => {
    const reference = readFileSync(join(folder, '../../docs/configuration.md'), 'utf8');
    const variables = ours.flatMap(([, { environment = {} }]) => Object.keys(environment));
    assert.deepEqual(
      variables.filter((name) => !reference.includes(name)),
      [],
    );
    const filled = [...read('compose.yaml').matchAll(/\$\{([A-Z_]+)(?::-([^}]*))?\}/g)].filter(
      ([, , value]) => value === '' || value === undefined,
    );
    for (const [, name] of filled) assert.match(read('example.env'), new RegExp(`^${name}=`, 'm'));
  });
});

describe('what stands beside it', () => {
  test('the load balancer’s configuration is read by HAProxy', (t) => {
    const { error, status, stderr } = spawnSync('haproxy', ['-c', '-f', join(folder, 'haproxy.cfg')], { encoding: 'utf8' });
    if (error !== undefined) return t.skip('haproxy is not installed (apt-get install haproxy)');
    assert.equal(status, 0, stderr);
  });

  test('Prometheus reads its configuration and the rules', (t) => {
    const here = mkdtempSync(join(tmpdir(), 'pm-compose-test-'));
    try {
      writeFileSync(join(here, 'prometheus.yml'), read('prometheus.yml'));
      writeFileSync(join(here, 'payment-manager.rules.yaml'), read('../prometheus/payment-manager.rules.yaml'));
      execFileSync('promtool', ['check', 'config', join(here, 'prometheus.yml')], { stdio: 'pipe' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      t.skip('promtool is not installed (apt-get install prometheus)');
    } finally {
      rmSync(here, { recursive: true });
    }
  });
});
