import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Command, CommandFailed, EXIT_CODES, style } from '@payment-manager/payment-manager';
import { archive } from './archive.ts';
import { makeLockFile } from './lock-file.ts';
import { type PackageDescription, packedFiles, packedRoom, packedRooms, packedRoot } from './packed-files.ts';
import { commitOf } from './tools.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url)).replace(/\/$/, '');

/** `./pm pack`: an installation with what runs a Payment Manager and nothing else, as a folder or as one file. */
export const pack: Command = async ([target], _options, terminal) => {
  const { version = '' } = await readDescription(`${root}/packages/payment-manager`);
  const name = `payment-manager-${version}`;
  const wanted = resolve(terminal.workingFolder, target ?? `${name}.tgz`);
  if (existsSync(wanted) && !(await isEmptyFolder(wanted)))
    throw new CommandFailed(EXIT_CODES.usage, `${wanted} exists already. Choose another name, or remove it.`);
  if (!wanted.endsWith('.tgz')) {
    await packInto(wanted, version);
    terminal.out(style.good(`The installation is in ${wanted}. Next, there: ./pm install --production`));
    return EXIT_CODES.ok;
  }
  const making = await mkdtemp(join(tmpdir(), 'pm-pack-'));
  try {
    await packInto(join(making, name), version);
    await mkdir(dirname(wanted), { recursive: true });
    await archive(wanted, making, name);
  } finally {
    await rm(making, { recursive: true, force: true });
  }
  terminal.out(
    style.good(
      `The installation is ${wanted}. Next, where it is to run: tar --no-same-owner -xzf ${basename(wanted)}, then ./pm install --production`,
    ),
  );
  return EXIT_CODES.ok;
};

/** Puts the installation into this folder, which is empty or not there yet. @throws CommandFailed */
export async function packInto(folder: string, version: string): Promise<void> {
  for (const file of packedFiles(root)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await cp(join(root, file), join(folder, file));
  }
  const commit = await commitOf(root);
  for (const room of packedRooms(root)) {
    const isPacked = (file: string): boolean => existsSync(join(folder, room, file));
    const description = packedRoom(await readDescription(join(root, room)), isPacked);
    const marked = room === 'packages/payment-manager' && commit !== undefined ? { ...description, gitHead: commit } : description;
    await writeDescription(join(folder, room), marked);
  }
  await writeDescription(folder, packedRoot(await readDescription(root), version));
  await writeFile(join(folder, 'README.md'), readme(version, commit));
  await makeLockFile(join(root, 'package-lock.json'), folder);
}

async function readDescription(folder: string): Promise<PackageDescription> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as PackageDescription;
}

async function writeDescription(folder: string, description: PackageDescription): Promise<void> {
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(description, undefined, 2)}\n`);
}

async function isEmptyFolder(path: string): Promise<boolean> {
  return (await readdir(path).catch(() => [relative('', path)])).length === 0;
}

function readme(version: string, commit: string | undefined): string {
  return `# Payment Manager ${version}${commit === undefined ? '' : ` (${commit})`}

What runs a Payment Manager, without the tests and without the scheme to try it with (\`./pm start\`): these are in the whole project, and links
to \`lab/\` and \`tests/\` lead there.

\`\`\`
./pm install --production
./pm config --config payment-manager.yaml
./pm run --config payment-manager.yaml
\`\`\`

[Installing](docs/operations/installing.md), [connecting to a hub](docs/connect-to-a-hub.md), [running as a service](docs/operations/service.md),
[configuration](docs/configuration.md), [command line](docs/command-line.md).
`;
}
