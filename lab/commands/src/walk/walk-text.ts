import type { Hit } from './follower.ts';

/** What was followed. */
export interface Walked {
  readonly hits: readonly Hit[];
  /** Files that are entered during it by functions that act at rest, too, and by no other. */
  readonly atRest: readonly string[];
}

/** An input, and the files that are entered until the next one, each once. */
export interface Stretch {
  readonly input: string;
  readonly files: readonly string[];
}

/** Over the files that act meanwhile by nothing but what they do while nothing happens, too. */
export const AS_AT_REST = 'meanwhile, as at rest';
const BEFORE_ANY = 'before anything comes in';

/** The inputs in their order. Those from which no function followed that does not act at rest are left out. */
export function stretchesOf(hits: readonly Hit[]): readonly Stretch[] {
  const stretches: { input: string; files: Set<string> }[] = [{ input: BEFORE_ANY, files: new Set() }];
  for (const hit of hits) {
    if (hit.kind === 'input') stretches.push({ input: withoutIds(hit.input), files: new Set() });
    else stretches.at(-1)?.files.add(hit.file);
  }
  return stretches.filter(({ files }) => files.size > 0).map(({ input, files }) => ({ input, files: [...files] }));
}

/** The room and the folder in it of a file. */
export function folderOf(file: string): string {
  const [, room = '', , ...rest] = file.split('/');
  return [room, ...rest.slice(0, -1)].join('/');
}

/** How often a folder is entered again after others, in one stretch. */
export function returnsIn({ files }: Stretch): number {
  const visits = files.map(folderOf).filter((folder, index, all) => folder !== all[index - 1]);
  return visits.length - new Set(visits).size;
}

/** The walk as text: each file where it acts for the first time, files of one folder that follow each other in one line; last what acts at rest as well. */
export function walkText({ hits, atRest }: Walked): string {
  const stretches = stretchesOf(hits);
  const seen = new Set<string>();
  const lines: string[] = [];
  for (const { input, files } of stretches) {
    const fresh = files.filter((file) => !seen.has(file));
    for (const file of fresh) seen.add(file);
    if (fresh.length > 0) lines.push(input, ...byFolder(fresh));
  }
  const again = stretches.map(returnsIn);
  const folders = new Set([...seen].map(folderOf)).size;
  return [
    `${seen.size} files in ${folders} folders act, in ${stretches.length} inputs; within one input a folder is entered again ${sum(again)} times, at most ${Math.max(0, ...again)} times in one.`,
    '',
    '```',
    ...lines,
    ...(atRest.length > 0 ? [AS_AT_REST, ...byFolder([...atRest].sort())] : []),
    '```',
    '',
  ].join('\n');
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((one, other) => one + other, 0);
}

function byFolder(files: readonly string[]): readonly string[] {
  const lines: { folder: string; names: string[] }[] = [];
  for (const file of files) {
    const [folder, name] = [folderOf(file), (file.split('/').at(-1) ?? '').replace(/\.ts$/, '')];
    if (lines.at(-1)?.folder === folder) lines.at(-1)?.names.push(name);
    else lines.push({ folder, names: [name] });
  }
  return lines.map(({ folder, names }) => `  ${folder}: ${names.join(', ')}`);
}

/** Ids, numbers of customers and queries are of one payment only. */
function withoutIds(input: string): string {
  return input
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|\b[0-9A-HJKMNP-TV-Z]{26}\b/gi, '{id}')
    .replace(/\/\d{6,}/g, '/{number}')
    .replace(/\?\S+/g, '');
}
