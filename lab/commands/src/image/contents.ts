import { existsSync, globSync } from 'node:fs';
import { chmod, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Component, npmComponents } from '@payment-manager/deployment/supply-chain';
import { packInto } from '../pack/pack.ts';
import { runTool } from '../pack/tools.ts';
import type { Platform } from './platform.ts';

/** The two images, by what they are called. */
export type ImageName = 'payment-manager' | 'payment-manager-sandbox';

/** Who runs it: no root, no shell to log in with. */
const ETC: Readonly<Record<string, string>> = {
  passwd: 'root:x:0:0:root:/root:/sbin/nologin\npayment-manager:x:1000:1000::/var/lib/payment-manager:/sbin/nologin\n',
  group: 'root:x:0:\npayment-manager:x:1000:\n',
  'nsswitch.conf': 'hosts: files dns\n',
};

const MAIN: Readonly<Record<ImageName, string>> = {
  'payment-manager': 'packages/payment-manager/src/cli/main.ts',
  'payment-manager-sandbox': 'lab/commands/src/main.ts',
};
const WARM_UP: Readonly<Record<ImageName, string>> = {
  'payment-manager': 'packages/payment-manager/src/cli/warm-up.ts',
  'payment-manager-sandbox': 'lab/commands/src/warm-up.ts',
};

/** Run in the image, where no shell has a chmod; the health check is compiled before, as what it is: a process of its own. */
const READABLE = `import { spawnSync } from 'node:child_process';
import { chmodSync, globSync, statSync } from 'node:fs';
spawnSync(process.execPath, ['/opt/payment-manager/packages/payment-manager/src/health-check.main.ts', 'http://127.0.0.1:9/']);
const BUILT = '/opt/payment-manager/.pm/built';
for (const path of globSync('**', { cwd: BUILT })) chmodSync(\`\${BUILT}/\${path}\`, statSync(\`\${BUILT}/\${path}\`).isDirectory() ? 0o755 : 0o644);
`;

/** Of what npm installs, what no process opens: headers of C, types, maps. */
const UNUSED = [
  'node_modules/node-*/{include,share,CHANGELOG.md}',
  'node_modules/**/*.d.{ts,mts,cts}',
  'node_modules/**/*.map',
  'node_modules/@types',
];

/** As packages/payment-manager/install.sh has npm install for production. */
const OF_ANOTHER = ['--omit=dev', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];

/**
 * Lays out what an image is built of, as the Containerfile asks for it: an installation with its packages, and the few files beside it.
 * Resolves with what is in it of others.
 *
 * @throws CommandFailed where npm cannot install
 */
export async function layOut(
  name: ImageName,
  { root, version, context, platform }: { root: string; version: string; context: string; platform: Platform },
): Promise<readonly Component[]> {
  const installation = join(context, 'installation');
  if (name === 'payment-manager') await packInto(installation, version);
  else await copyScheme(root, installation);
  if (platform.own) await runTool(join(installation, 'pm'), ['install', '--production'], installation);
  // its Node does not run here: nothing is warmed up, which the image does by itself
  else await runTool('npm', ['ci', ...OF_ANOTHER, '--os=linux', '--libc=glibc', `--cpu=${platform.cpu}`], installation);
  for (const path of globSync(UNUSED, { cwd: installation })) await rm(join(installation, path), { recursive: true, force: true });
  // compiled anew in the image, where it is another place and another user
  await rm(join(installation, '.pm'), { recursive: true, force: true });
  await write(join(installation, '.pm/warm-up.mjs'), `await import('../${WARM_UP[name]}');\n`);
  await write(join(installation, '.pm/readable.mjs'), READABLE);
  const node = '/opt/payment-manager/node_modules/.bin/node';
  await write(join(context, 'pm.cjs'), `#!${node}\nimport('/opt/payment-manager/${MAIN[name]}');\n`);
  for (const [file, text] of Object.entries(ETC)) await write(join(context, 'etc', file), text);
  await mkdir(join(context, 'data'), { recursive: true });
  await chmod(join(context, 'data'), 0o700);
  const lock = JSON.parse(await readFile(join(installation, 'package-lock.json'), 'utf8'));
  return npmComponents(lock, (path) => existsSync(join(installation, path)));
}

/** What is in the repository, without tests: whoever tries a scheme needs the lab as well. */
async function copyScheme(root: string, installation: string): Promise<void> {
  const listed = await runTool(
    'git',
    ['ls-files', '-z', '--', 'pm', '.npmrc', 'LICENSE', '*.json', 'packages', 'lab', 'connectors', 'docs'],
    root,
  );
  const tests = /\.(?:test|conformance)\.ts$|^packages\/[^/]+\/fixtures\/|^(?:tests|conformance|deploy)\//;
  for (const file of listed.split('\0').filter((one) => one !== '' && !tests.test(one))) {
    await mkdir(dirname(join(installation, file)), { recursive: true });
    await cp(join(root, file), join(installation, file));
  }
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}
