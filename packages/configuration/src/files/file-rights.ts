import { constants, existsSync, type Stats } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Who this process is; undefined members: the system has no such users. */
export interface ProcessUser {
  readonly uid: number | undefined;
  readonly gid: number | undefined;
}

/** What others may do with a file or folder, in words; undefined: nothing that they should not. */
export type Rights = (facts: Pick<Stats, 'mode' | 'uid' | 'gid'>, user: ProcessUser) => string | undefined;

const READ_BY_GROUP = 0o040;
const WRITE_BY_GROUP = 0o020;
const READ_BY_ALL = 0o004;
const WRITE_BY_ALL = 0o002;
const STICKY = 0o1000;

/**
 * Of a secret: nobody else may read it. A group may where the file belongs to root: that is how an administrator hands a secret to a
 * service, and nobody in the group can change the file's rights.
 */
export const secretRights: Rights = ({ mode, uid }, user) => {
  if ((mode & READ_BY_ALL) !== 0) return 'every user of this machine may read it';
  return (mode & READ_BY_GROUP) !== 0 && uid !== 0 ? 'its group may read it' : foreignOwner(uid, user);
};

/** Of what is trusted: nobody else may change it. Our own group may: on many systems it has no other member. */
export const trustRights: Rights = ({ mode, uid, gid }, user) => {
  if ((mode & WRITE_BY_ALL) !== 0) return 'every user of this machine may change it';
  return (mode & WRITE_BY_GROUP) !== 0 && gid !== user.gid ? 'its group may change it' : foreignOwner(uid, user);
};

/** Of a folder with such files: who may write there may put others in their place, unless it is like `/tmp`; its owner may even then. */
export const folderRights: Rights = (facts, user) =>
  (facts.mode & STICKY) !== 0 ? foreignOwner(facts.uid, user) : trustRights(facts, user);

/** Whoever owns a file may change it, and its mode. Root looks at the files of the product's user. */
function foreignOwner(uid: number, user: ProcessUser): string | undefined {
  return uid === user.uid || uid === 0 || user.uid === 0
    ? undefined
    : `another user of this machine, number ${uid}, owns it: first give it to this user or to root (chown)`;
}

/** Undefined also where there is no such file, or the system has no such rights. */
export async function lookAtRights(path: string, rights: Rights, user: ProcessUser): Promise<string | undefined> {
  if (user.uid === undefined) return undefined;
  const facts = await stat(path).catch(() => undefined);
  const found = facts && rights(facts, user);
  if (found !== undefined && rights !== secretRights && facts?.uid === 0 && (await isOfCluster(path))) return undefined;
  return found === undefined ? undefined : `${found} (mode ${((facts?.mode ?? 0) & 0o7777).toString(8)})`;
}

/**
 * A cluster mounts a folder of its own with mode 0777, but to be read alone, and with a link `..data` to what is in it. Another folder that can only be
 * read here may be anybody's where it comes from.
 */
async function isOfCluster(path: string): Promise<boolean> {
  if (![path, dirname(path)].some((folder) => existsSync(join(folder, '..data')))) return false;
  return access(path, constants.W_OK).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === 'EROFS',
  );
}

/** The user that this process acts as. */
export function processUser(): ProcessUser {
  return { uid: process.geteuid?.(), gid: process.getegid?.() };
}

/** In a container nobody else is there, and what is mounted into it is often readable by everybody in it. */
export function inContainer(environment: Readonly<Record<string, string | undefined>>): boolean {
  return environment['KUBERNETES_SERVICE_HOST'] !== undefined || existsSync('/.dockerenv') || existsSync('/run/.containerenv');
}
