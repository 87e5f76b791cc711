import { execFile, spawn } from 'node:child_process';
import { cp, lstat, mkdir, rename, rm, statfs } from 'node:fs/promises';
import { promisify } from 'node:util';
import { CommandFailed, EXIT_CODES } from '@payment-manager/payment-manager';

const run = promisify(execFile);

/** Set for the process that has mounts of its own; not `PM_…`, which would be a key of a configuration. */
const MARK = 'DRILL_OWN_MOUNTS';
/** More than an hour of payments needs; of memory only what is written. */
const SIZE = '4g';

/**
 * Runs this same command line once more, in a mount namespace of its own, where nobody needs to be root and whatever is mounted is gone with the process.
 * Undefined: this is that process. Resolves with its exit code. @throws CommandFailed where the system does not let us
 */
export async function withOwnMounts(): Promise<number | undefined> {
  if (process.env[MARK] !== undefined) return undefined;
  await run('unshare', ['--map-root-user', '--mount', 'true']).catch((error: Error) => {
    throw new CommandFailed(
      EXIT_CODES.unavailable,
      `The drill lets a disk run full, a small one of its own, and mounts it in a namespace of its own: that takes Linux with \`unshare\` (util-linux) and user namespaces. ${error.message.trim()}`,
    );
  });
  const args = ['--map-root-user', '--mount', process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const child = spawn('unshare', args, { stdio: 'inherit', env: { ...process.env, [MARK]: '1' } });
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, pass);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? EXIT_CODES.failed));
  });
}

/** A file system in memory, as large as it is told: what is written to a full one fails as on any disk (ENOSPC). */
export interface SmallDisk {
  /** Nothing more can be written. Resolves with what is free, bytes. */
  fill(): Promise<number>;
  /** There is room again. */
  free(): Promise<void>;
  /** Unmounts it; what was on it is in the folder itself from now on, and outlives this process. */
  keep(): Promise<void>;
}

/** Mounts one on a folder, which is made. */
export async function mountSmallDisk(folder: string): Promise<SmallDisk> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await run('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},mode=0700`, 'drill', folder]);
  const resize = (size: string): Promise<unknown> => run('mount', ['-o', `remount,size=${size}`, folder]);
  return {
    async fill() {
      for (let attempt = 1; ; attempt++) {
        const { blocks, bfree, bsize } = await statfs(folder);
        try {
          await resize(String((blocks - bfree) * bsize));
        } catch (error) {
          // something was written meanwhile: it would have been smaller than what it holds
          if (attempt < 20) continue;
          throw error;
        }
        const { bavail } = await statfs(folder);
        return bavail * bsize;
      }
    },
    free: async () => void (await resize(SIZE)),
    async keep() {
      // a socket of a process that has ended is nothing to copy
      await cp(folder, `${folder}.kept`, { recursive: true, filter: async (file) => !(await lstat(file)).isSocket() });
      await run('umount', [folder]);
      await rm(folder, { recursive: true });
      await rename(`${folder}.kept`, folder);
    },
  };
}
