import type { VersionContent } from '../loading/kept-version.ts';
import { type LineChange, lineChanges } from './line-changes.ts';

/** A file, or the settings, in which two versions of a connector differ. */
export interface FileChange {
  readonly file: string;
  readonly is: 'changed' | 'gone' | 'new';
  readonly lines: readonly LineChange[];
}

/** Under this name stand the settings of the configuration, which are part of a version. */
const SETTINGS = 'settings';

/** What differs between two versions, file by file; secrets are in neither. */
export function compareVersions(before: VersionContent, after: VersionContent): readonly FileChange[] {
  const [old, now] = [textsOf(before), textsOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((file) => {
    const [was, is] = [old.get(file), now.get(file)];
    const lines = lineChanges(was ?? '', is ?? '');
    return lines.length === 0 ? [] : [{ file, is: was === undefined ? 'new' : is === undefined ? 'gone' : 'changed', lines }];
  });
}

function textsOf({ files, settings }: VersionContent): ReadonlyMap<string, string> {
  const { connector, operations, tables = new Map(), functions } = files;
  const given = Object.entries(settings).map(([name, value]) => `${name}: ${value}`);
  return new Map([
    ['connector.yaml', connector],
    ...operations,
    ...tables,
    ...(functions === undefined ? [] : [['functions.ts', functions] as const]),
    [SETTINGS, given.sort().join('\n')],
  ]);
}
