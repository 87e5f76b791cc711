import { VaultError } from '../vault-error.ts';

/** `environment/purpose`, relative to the store's folder. */
export type StoredFile = string;

/** Where the revisions of one path are. */
export interface FilePlace {
  readonly folder: StoredFile;
  /** Name without revision and ending. */
  readonly file: string;
}

const PLAIN = /^[a-z0-9][a-z0-9_-]*$/;
const PART = /^[a-z][a-z0-9-]*$/;
const CODED = /^\.?x-((?:[0-9a-f]{2})+)$/;

/**
 * An id of small letters is its own file name; any other is coded in hexadecimal, since file systems may not tell `BankA` from
 * `banka`.
 *
 * @throws VaultError `VAULT_NAME_INVALID`
 */
export function encodePath(path: string): FilePlace {
  const [environment = '', purpose = '', id = '', ...rest] = path.split('/');
  if (rest.length > 0 || !PART.test(environment) || !PART.test(purpose) || id === '')
    throw new VaultError('VAULT_NAME_INVALID', 'A path in the vault is environment/purpose/id, the first two in small letters.');
  const file = PLAIN.test(id) && !id.startsWith('x-') ? id : `x-${Buffer.from(id, 'utf8').toString('hex')}`;
  return { folder: `${environment}/${purpose}`, file };
}

/** The path whose revisions are there. */
export function decodePath({ folder, file }: FilePlace): string {
  const hex = CODED.exec(file)?.[1];
  return `${folder}/${hex === undefined ? file : Buffer.from(hex, 'hex').toString('utf8')}`;
}

/** Which revisions of which files a listing of a folder names; temporary and foreign files are passed over. */
export function revisionsIn(names: readonly string[]): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const name of names) {
    const [, file, digits] = /^([a-z0-9][a-z0-9_-]*)\.([1-9]\d{0,14})\.json$/.exec(name) ?? [];
    if (file === undefined) continue;
    found.set(file, [...(found.get(file) ?? []), Number(digits)]);
  }
  return found;
}

/** The revisions of one file of a listing; a folder of thousands is looked through in no time. */
export function revisionsOf(names: readonly string[], file: string): readonly number[] {
  const begin = `${file}.`;
  return names.filter((name) => name.startsWith(begin)).flatMap((name) => revisionsIn([name]).get(file) ?? []);
}

/** A name that no revision has. */
export function temporaryFile(uuid: string): string {
  return `.new-${uuid}`;
}
