import { chmodSync, closeSync, constants, existsSync, fchmodSync, fchownSync, mkdirSync, openSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Config } from '@payment-manager/configuration';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import { style, type Terminal } from '../terminal.ts';
import type { ServiceMachine } from './service-machine.ts';

/** A user of the system, and the group that has its name. */
export interface ServiceUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** The folders that the product writes to: the data folder first, then those outside of it. Absolute, each once. */
export function writableFolders(config: Config): readonly [string, ...string[]] {
  const dataFolder = resolve(config.dataFolder);
  const { anchor, backup } = config.journal;
  const folders = [anchor.file === undefined ? undefined : dirname(anchor.file), backup.folder, config.messages.folder, config.vault.folder]
    .flatMap((folder) => (folder === undefined ? [] : [resolve(folder)]))
    .filter((folder) => !`${folder}/`.startsWith(`${dataFolder}/`));
  return [dataFolder, ...new Set(folders)];
}

/** What the unit's sandbox hides cannot be started, read or kept. @throws CommandFailed (64) that says what to do */
export function refuseHidden(paths: Readonly<Record<string, string>>, machine: ServiceMachine): void {
  for (const [what, path] of Object.entries(paths)) {
    const folder = machine.hiddenBy(path) ?? machine.hiddenBy(followed(path));
    if (folder !== undefined)
      throw new CommandFailed(
        EXIT_CODES.usage,
        `${what} ${path} is below ${folder}, which the service does not see. Put it elsewhere: a version below /opt, the configuration below /etc, data below /var/lib (docs/operations/service.md).`,
      );
  }
}

/** Where it lies, or will lie, behind symbolic links. */
function followed(path: string): string {
  return existsSync(path) || path === '/' ? realpathSync(path) : join(followed(dirname(path)), basename(path));
}

/**
 * Makes the folders that are not there yet, of the service's user alone. One that is there stays as it is, but that the data folder is closed to others; one
 * that this user may not write to may be somebody else's. @throws CommandFailed (78)
 */
export function makeFolders(folders: readonly [string, ...string[]], user: ServiceUser, machine: ServiceMachine, terminal: Terminal): void {
  for (const folder of folders) {
    if (!existsSync(folder)) {
      makeFolder(folder, 0o700, user);
      terminal.out(`${style.good('made')}     ${folder}`);
    }
    if (folder === folders[0] && statSync(folder).uid === user.uid) chmodSync(folder, 0o700);
    demand(user, '-w', folder, `chown -R ${user.name}: ${folder}`, machine);
  }
}

/** Above it, folders are open to all, as usual: a umask of root's must not hide what is below from the service. */
function makeFolder(folder: string, mode: number, user?: ServiceUser): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder), 0o755);
  mkdirSync(folder);
  // never through a link that somebody who may write above it has put in its place
  const made = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    if (user !== undefined) fchownSync(made, user.uid, user.gid);
    fchmodSync(made, mode);
  } finally {
    closeSync(made);
  }
}

/** `flag` is one of `test`: -r, -w, -x. `remedy` is a command. @throws CommandFailed (78) where the user may not */
export function demand({ name }: ServiceUser, flag: '-r' | '-w' | '-x', path: string, remedy: string, { run }: ServiceMachine): void {
  const verb = { '-r': 'read', '-w': 'write to', '-x': 'run' }[flag];
  try {
    run('runuser', '-u', name, '--', 'test', flag, path);
  } catch {
    throw new CommandFailed(
      EXIT_CODES.config,
      `The user ${name} may not ${verb} ${path}, or may not pass a folder above it. If it is meant for this service: ${remedy}`,
    );
  }
}
