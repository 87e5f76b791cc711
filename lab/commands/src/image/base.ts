import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandFailed, EXIT_CODES } from '@payment-manager/payment-manager';
import { runTool } from '../pack/tools.ts';
import { type Builder, buildImage, osRelease } from './engine.ts';
import type { Platform } from './platform.ts';

/** A base image, and what is in it. */
export interface Base {
  readonly tag: string;
  /** Packages of Debian; empty where somebody else made the image. */
  readonly packages: readonly DebianPackage[];
}

export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
}

/** All that Node needs of a system. */
const PACKAGES = ['libc6', 'libgcc-s1', 'libstdc++6', 'base-files'];
/** What Node never opens: character sets of the C library, documents, and awk, which base-files asks for. Licences stay. */
const EXCLUDED = [
  '/usr/lib/*/gconv/*',
  '/usr/share/doc/*/[!c]*',
  '/usr/share/man/*',
  '/usr/share/info/*',
  '/usr/share/lintian/*',
  '/usr/bin/mawk',
];

/**
 * Makes the base from Debian's packages, without any registry of images: unpacked and nothing run, so there is neither a shell nor a
 * package manager in it.
 *
 * @throws CommandFailed (69) where this is no Debian, or there is no mmdebstrap
 */
export async function debianBase(engine: Builder, folder: string, platform: Platform): Promise<Base> {
  const { ID, VERSION_CODENAME = '' } = await osRelease();
  if (ID !== 'debian')
    throw new CommandFailed(
      EXIT_CODES.unavailable,
      'The base is made from Debian’s packages on Debian alone. Name an image as base: ./pm image --base docker.io/library/debian:bookworm-slim',
    );
  const excluded = EXCLUDED.flatMap((path) => ['--dpkgopt', `path-exclude=${path}`]);
  const list = join(folder, 'packages.txt');
  const hook = `ls "$1"/var/cache/apt/archives > ${list}`;
  const args = [
    '--quiet',
    `--arch=${platform.architecture}`,
    '--variant=extract',
    `--include=${PACKAGES.join(',')}`,
    ...excluded,
    `--extract-hook=${hook}`,
  ];
  try {
    await runTool('mmdebstrap', [...args, VERSION_CODENAME, join(folder, 'base.tar')], folder);
  } catch (error) {
    throw new CommandFailed(
      EXIT_CODES.unavailable,
      `The base could not be made from Debian’s packages: ${(error as Error).message}. As root: apt-get install mmdebstrap; or name an image: --base`,
    );
  }
  await writeFile(join(folder, 'Containerfile'), 'FROM scratch\nADD base.tar /\n');
  const tag = `localhost/payment-manager-base:${VERSION_CODENAME}${platform.suffix}`;
  await buildImage(engine, { containerfile: join(folder, 'Containerfile'), context: folder, tag, platform });
  return { tag, packages: readPackages(await readFile(list, 'utf8')) };
}

/** Reads names of files like `libc6_2.36-9+deb12u10_amd64.deb`. */
export function readPackages(list: string): readonly DebianPackage[] {
  return [...list.matchAll(/^([a-z0-9.+-]+)_(.+)_([a-z0-9]+)\.deb$/gm)].map(([, name = '', version = '', architecture = '']) => ({
    name,
    version: decodeURIComponent(version),
    architecture,
  }));
}
