import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandFailed, EXIT_CODES } from '@payment-manager/payment-manager';
import { runTool } from './tools.ts';

/** A package-lock.json, as far as it is read here. */
export interface LockFile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

export interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
}

const QUIETLY = ['--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];

/**
 * Writes the package-lock.json of an installation: what is locked for the whole project, the same versions with the same hashes, without what
 * the rooms of `folder` do not need. npm takes out what is not needed; the network is asked only where the lock file does not say enough.
 *
 * @throws CommandFailed where npm fails, or would lock something else than was tested
 */
export async function makeLockFile(whole: string, folder: string): Promise<void> {
  await cp(whole, join(folder, 'package-lock.json'));
  try {
    await runTool('npm', ['install', '--offline', ...QUIETLY], folder);
  } catch {
    await runTool('npm', ['install', '--prefer-offline', ...QUIETLY], folder);
  }
  const others = differing(await readLockFile(join(folder, 'package-lock.json')), await readLockFile(whole));
  if (others.length > 0)
    throw new CommandFailed(EXIT_CODES.failed, `npm would lock other packages than those of the project: ${others.join(', ')}`);
}

/** Packages of one lock file that are not in the other, or are not the same there. */
export function differing(one: LockFile, other: LockFile): readonly string[] {
  return packagesOf(one)
    .filter(([path, { version, integrity }]) => other.packages[path]?.version !== version || other.packages[path]?.integrity !== integrity)
    .map(([path]) => path);
}

/** What comes from a registry. */
export function packagesOf({ packages }: LockFile): readonly (readonly [path: string, locked: LockedPackage])[] {
  return Object.entries(packages).filter(([path, { link }]) => path.startsWith('node_modules/') && link !== true);
}

/** Rejects when it cannot be read. */
export async function readLockFile(file: string): Promise<LockFile> {
  return JSON.parse(await readFile(file, 'utf8')) as LockFile;
}
