/** What the images are made of; built and run where there is time and an engine for it (PM_TEST_LONG). */
import assert from 'node:assert/strict';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { billOfMaterials, isAllowed, type LockedPackages, licenceList, npmComponents } from '@payment-manager/deployment/supply-chain';
import { nodeOptions } from '@payment-manager/payment-manager';
import type { PackageDescription } from '../pack/packed-files.ts';
import { readPackages } from './base.ts';
import { findBuilder, findRunner, NO_ENGINE } from './engine.ts';
import { COMPRESSED_BYTES_MAX, image } from './image.ts';
import { platformOf } from './platform.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const containerfile = readFileSync(join(root, 'Containerfile'), 'utf8');
const lock: { packages: Record<string, LockedPackages['packages'][string] & { dev?: boolean }> } = JSON.parse(
  readFileSync(join(root, 'package-lock.json'), 'utf8'),
);
const production = {
  packages: Object.fromEntries(Object.entries(lock.packages).filter(([, one]) => (one as { dev?: boolean }).dev !== true)),
};

test('the Containerfile starts what is there, as a user without rights, by no shell', () => {
  const paths = [...containerfile.matchAll(/\/opt\/payment-manager\/((?:packages|lab)\/[^\s"]+)/g)].map(([, path = '']) => path);
  assert.ok(paths.length >= 3);
  assert.deepEqual(
    paths.filter((path) => !existsSync(join(root, path))),
    [],
  );
  const options = nodeOptions.map((one) => one.replace(/=file:.*\/packages\//, '=file:///opt/payment-manager/packages/'));
  assert.ok(containerfile.includes(`NODE_OPTIONS="${options.join(' ')}"`), 'NODE_OPTIONS are those of node-options.ts');
  for (const [instruction] of containerfile.matchAll(/^(?:RUN|CMD|ENTRYPOINT|HEALTHCHECK)\b.*$/gm)) assert.match(instruction, /\[".*"\]$/);
  const users = [...containerfile.matchAll(/^USER (.*)$/gm)].map(([, user]) => user);
  assert.deepEqual([...new Set(users)], ['1000:1000']);
  assert.match(containerfile, /^HEALTHCHECK /m);
});

test('each package of others that the product or the sandbox runs with is under a licence that allows it', () => {
  const components = npmComponents(production, () => true);
  assert.ok(components.length > 100);
  assert.deepEqual(
    components.filter(({ licence }) => !isAllowed(licence)).map(({ name, licence }) => `${name}: ${licence}`),
    [],
  );
  for (const wrong of [undefined, 'GPL-3.0', 'MIT AND GPL-2.0', 'SEE LICENSE IN x', 'UNLICENSED', '((MIT OR GPL-2.0) AND GPL-3.0)'])
    assert.equal(isAllowed(wrong), false, wrong);
  assert.equal(isAllowed('(BSD-3-Clause OR GPL-2.0)'), true);
});

test('what is made for one kind of processor and runs in an image is there for the other kind, too: amd64 and arm64', () => {
  interface Built {
    readonly os?: readonly string[];
    readonly cpu?: readonly string[];
    readonly libc?: readonly string[];
    readonly version?: string;
  }
  const onLinux = Object.entries(production.packages as Readonly<Record<string, Built>>).filter(
    ([, { os = [], cpu, libc = ['glibc'] }]) => cpu !== undefined && os.includes('linux') && libc.includes('glibc'),
  );
  const of = (kind: string) =>
    onLinux.filter(([, { cpu = [] }]) => cpu.includes(kind)).map(([path, { version }]) => `${path.replace(kind, 'CPU')} ${version}`);
  assert.ok(of('x64').some((one) => one.includes('node-linux-CPU')));
  assert.deepEqual(of('x64').toSorted(), of('arm64').toSorted());
  // nothing in what is built by hand names a kind
  assert.doesNotMatch(containerfile, /x86|amd64|x64/);
});

test('a platform is this machine’s or the other one, whose images and files have names of their own', () => {
  const [own, other] = process.arch === 'arm64' ? ['arm64', 'amd64'] : ['amd64', 'arm64'];
  assert.deepEqual([platformOf(undefined).name, platformOf(undefined).suffix, platformOf(undefined).own], [`linux/${own}`, '', true]);
  const { suffix, architecture, own: isOwn } = platformOf(`linux/${other}`);
  assert.deepEqual([suffix, architecture, isOwn], [`-${other}`, other, false]);
  assert.throws(() => platformOf('linux/riscv64'), /There is no image for linux\/riscv64: --platform is linux\/amd64 or linux\/arm64/);
});

test('each package that a room asks for to run is imported by its code', () => {
  const idle = globSync('{packages,lab}/*', { cwd: root }).flatMap((room) => {
    const { dependencies = {} } = JSON.parse(readFileSync(join(root, room, 'package.json'), 'utf8')) as PackageDescription;
    const code = globSync(`${room}/{src,web,test}/**/*.{ts,tsx,svelte}`, { cwd: root, exclude: (path) => path.endsWith('.test.ts') })
      .map((file) => readFileSync(join(root, file), 'utf8'))
      .join('\n');
    return Object.keys(dependencies)
      .filter((name) => !new RegExp(`['"]${name}(?:/[^'"]*)?['"]`).test(code))
      .map((name) => `${room}: ${name}`);
  });
  assert.deepEqual(idle, []);
});

test('a bill of materials names each package once, with its address, licence and hash, and is the same each time', () => {
  const components = npmComponents(
    {
      packages: {
        'node_modules/yaml': { version: '2.9.1', license: 'ISC', integrity: 'sha512-AQI=' },
        'node_modules/@a/b/node_modules/yaml': { version: '2.9.1', license: 'ISC', integrity: 'sha512-AQI=' },
        'node_modules/@a/b': { version: '1.0.0', license: '(BSD-3-Clause OR GPL-2.0)' },
        'node_modules/not-installed': { version: '1.0.0', license: 'MIT' },
        'packages/ours': { version: '1.0.0' },
        'node_modules/@payment-manager/ours': { link: true },
      },
    },
    (path) => !path.includes('not-installed'),
  );
  const deb = readPackages('libc6_2.36-9+deb12u10_amd64.deb\nlibgcc-s1_12.2.0-14%2bdeb12u1_amd64.deb\nlock\npartial\n');
  const all = [...components, ...deb.map((one) => ({ kind: 'deb' as const, ...one }))];
  const bill = JSON.parse(JSON.stringify(billOfMaterials({ name: 'payment-manager', version: '0.1.0', components: all })));
  assert.deepEqual(
    bill.components.map((one: { purl: string }) => one.purl),
    [
      'pkg:npm/%40a/b@1.0.0',
      'pkg:npm/yaml@2.9.1',
      'pkg:deb/debian/libc6@2.36-9%2Bdeb12u10?arch=amd64',
      'pkg:deb/debian/libgcc-s1@12.2.0-14%2Bdeb12u1?arch=amd64',
    ],
  );
  assert.deepEqual(bill.components[0].licenses, [{ expression: 'BSD-3-Clause OR GPL-2.0' }]);
  assert.deepEqual(bill.components[1].licenses, [{ license: { id: 'ISC' } }]);
  assert.deepEqual(bill.components[1].hashes, [{ alg: 'SHA-512', content: '0102' }]);
  assert.match(licenceList(all), /^yaml 2\.9\.1: ISC$/m);
});

test('an engine that is installed and does not answer is passed over; without any, it is said what to install', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pm-image-test-'));
  const { PATH } = process.env;
  try {
    process.env['PATH'] = folder;
    await assert.rejects(findBuilder(), { message: NO_ENGINE });
    writeFileSync(join(folder, 'podman'), '#!/bin/sh\nexit 125\n', { mode: 0o755 });
    writeFileSync(join(folder, 'docker'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
    assert.equal(await findRunner(), 'docker');
    await assert.rejects(findRunner('podman'), /podman is not here, or does not answer/);
  } finally {
    process.env['PATH'] = PATH;
    rmSync(folder, { recursive: true });
  }
});

test('both images are built, pay, are killed, and pay again', async (t) => {
  if (process.env['PM_TEST_LONG'] === undefined) return t.skip('takes minutes: PM_TEST_LONG=1, or ./pm image && ./pm image --verify');
  try {
    await Promise.all([findBuilder(), findRunner()]);
  } catch (error) {
    return t.skip((error as Error).message);
  }
  const folder = mkdtempSync(join(tmpdir(), 'pm-image-test-'));
  const said: string[] = [];
  const terminal = {
    out: (line: string) => void said.push(line),
    err: () => {},
    workingFolder: folder,
    environment: {},
    interactive: false,
  };
  try {
    assert.equal(await image([folder], {}, terminal), 0);
    assert.ok(readFileSync(join(folder, 'SHA256SUMS'), 'utf8').split('\n').length > 6);
    const version = JSON.parse(readFileSync(join(root, 'packages/payment-manager/package.json'), 'utf8')).version;
    const bytes = readFileSync(join(folder, `payment-manager-${version}.tar.gz`)).length;
    assert.ok(bytes < COMPRESSED_BYTES_MAX, `${bytes}`);
    said.length = 0;
    assert.equal(await image([], { verify: true, json: true, basePort: '4600' }, terminal), 0);
    const { steps } = JSON.parse(said.join('\n'));
    assert.ok(steps.some(({ what }: { what: string }) => what === 'payment after the kill: COMPLETED'));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
