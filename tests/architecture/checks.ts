import { existsSync } from 'node:fs';
import {
  arrows,
  bannedEverywhere,
  bannedOutsideRuntime,
  browserFolder,
  emptyNames,
  folderArrows,
  longFiles,
  roomForTests,
} from './rooms.ts';
import { root, type SourceFile } from './tree.ts';

const maxLines = 350;
/** Of a page of the portal. */
const maxPageLines = 250;

/** The room of a path `packages/<room>/…` or `lab/<room>/…`. */
export function roomOf(path: string): string | undefined {
  return /^(?:packages|lab)\/([^/]+)\//.exec(path)?.[1];
}

export function isTest(path: string): boolean {
  return /\.(?:test|conformance)\.ts$|\/test\/|^tests\//.test(path);
}

/** Comments blanked out and lines kept, so that what a comment mentions is not taken for a call. Texts stay. */
export function withoutComments(text: string): string {
  return text.replace(
    /('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)|\/\*[\s\S]*?\*\/|(?<![:\\])\/\/[^\n]*/g,
    (all: string, quoted: string | undefined) => quoted ?? all.replace(/[^\n]/g, ' '),
  );
}

/** Imports of other rooms that no arrow allows, deep imports, and imports that leave the room by a relative path. */
export function wrongImports({ path, text }: SourceFile): string[] {
  const room = roomOf(path);
  if (room === undefined) return [];
  const allowed = arrows[room];
  if (allowed === undefined) return [`${path}: the room ${room} is not in the table of rooms`];
  const code = withoutComments(text);
  const wrong: string[] = [];
  for (const [, specifier = ''] of code.matchAll(/(?:\bfrom|\bimport\(?|import\.meta\.resolve\()\s*'([^']+)'/g)) {
    const other = roomBehind(specifier);
    const mayTest = isTest(path) && other === roomForTests;
    if (other !== undefined && other !== room && !allowed.includes(other) && !mayTest)
      wrong.push(`${path}: ${room} may not import ${specifier}`);
    if (other === room) wrong.push(`${path}: a room imports its own files by relative paths, not ${specifier}`);
    if (specifier.startsWith('.') && leavesRoom(path, specifier)) wrong.push(`${path}: ${specifier} leaves the room`);
  }
  return wrong;
}

/** What in `packages/` imports `lab/`: nothing may, but that tests use the sandbox by its name. */
export function importsOfLab({ path, text }: SourceFile): string[] {
  if (!path.startsWith('packages/')) return [];
  const specifiers = [...withoutComments(text).matchAll(/(?:\bfrom|\bimport\(?|import\.meta\.resolve\()\s*'([^']+)'/g)].map(
    ([, one = '']) => one,
  );
  const leads = (specifier: string): boolean => {
    if (specifier.startsWith('.')) return new URL(specifier, `file:///${path}`).pathname.startsWith('/lab/');
    const room = roomBehind(specifier);
    return room !== undefined && existsSync(`${root}lab/${room.split('/')[0]}`) && !(isTest(path) && room === roomForTests);
  };
  return specifiers.filter(leads).map((specifier) => `${path}: ${specifier} is of the lab`);
}

/**
 * The room that an import names. A room may open further doors (`exports` in its package.json) for tests, or for what must not load the
 * whole of it: `@payment-manager/vault/error`. A path into its files names no room.
 */
function roomBehind(specifier: string): string | undefined {
  const prefix = '@payment-manager/';
  if (!specifier.startsWith(prefix)) return undefined;
  const named = specifier.slice(prefix.length);
  const [room = '', door = '', ...deeper] = named.split('/');
  return deeper.length === 0 && !door.includes('.') ? room : named;
}

function leavesRoom(path: string, specifier: string): boolean {
  const joined = new URL(specifier, `file:///${path}`).pathname.slice(1);
  return roomOf(joined) !== roomOf(path);
}

/** Imports between folders of a large room that no arrow allows. */
export function wrongFolders({ path, text }: SourceFile): string[] {
  const declared = folderArrows[roomOf(path) ?? ''];
  const folder = folderIn(path);
  if (declared === undefined || folder === undefined || isTest(path) || !path.replace(/^.*?\/src\//, '').includes('/')) return [];
  const allowed = declared[folder];
  if (allowed === undefined) return [`${path}: the folder ${folder} is not in the table of folders`];
  if (path.endsWith(`/src/${folder}/index.ts`)) return [];
  return [...withoutComments(text).matchAll(/(?:\bfrom|\bimport\(?)\s*'(\.[^']+)'/g)].flatMap(([, specifier = '']) => {
    const other = folderIn(new URL(specifier, `file:///${path}`).pathname.slice(1));
    if (other === undefined || other === folder || allowed.includes(other)) return [];
    return [`${path}: ${folder} may not import ${specifier}`];
  });
}

/** The folder below `src`, or the name of a file directly in it. */
function folderIn(path: string): string | undefined {
  return /^(?:packages|lab)\/[^/]+\/src\/([^/.]+)/.exec(path)?.[1];
}

/** Where the shapes of APIs are: no event of a flow is typed by one, or a change of the API changed what journals hold. */
const API_SHAPES = /\/src\/(?:dfsp-api|hub-api|core-api|api-pages|core-client)\/|\/transfer\/payer-door\.ts$/;

/** What `events.ts` of a flow gets from APIs, or from the schemas of messages, by whatever way: `file imports what`. */
export function apiShapesBehind(entry: string, textOf: (path: string) => string, seen: Set<string> = new Set()): string[] {
  if (seen.has(entry)) return [];
  seen.add(entry);
  return [...withoutComments(textOf(entry)).matchAll(/(?:\bfrom|\bimport\(?)\s*'([^']+)'/g)].flatMap(([, specifier = '']) => {
    if (roomBehind(specifier) === 'fspiop') return [`${entry} imports ${specifier}`];
    if (!specifier.startsWith('.')) return [];
    const path = new URL(specifier, `file:///${entry}`).pathname.slice(1);
    return API_SHAPES.test(path) ? [`${entry} imports ${path}`] : apiShapesBehind(path, textOf, seen);
  });
}

/** The tables that lead in a circle, as `room: folder`. */
export function circlesOfFolders(table: typeof folderArrows = folderArrows): string[] {
  return Object.entries(table).flatMap(([room, folders]) => {
    const reaches = (from: string, to: string, seen: readonly string[] = []): boolean =>
      !seen.includes(from) && (folders[from] ?? []).some((next) => next === to || reaches(next, to, [...seen, from]));
    return Object.keys(folders)
      .filter((folder) => reaches(folder, folder))
      .map((folder) => `${room}: ${folder}`);
  });
}

/** Clocks, timers, randomness and sockets outside `runtime`. Tests may do what they like. */
export function bannedCalls({ path, text }: SourceFile): string[] {
  if (isTest(path) || roomOf(path) === 'runtime' || path.startsWith(browserFolder)) return [];
  const code = withoutComments(text);
  return bannedOutsideRuntime
    .filter(({ pattern, but }) => pattern.test(code) && but?.test(path) !== true)
    .map(({ pattern, instead }) => `${path}: ${pattern.source} is banned here; use ${instead}`);
}

/** What nobody may write: in any text, or in the code of the product (comments and tests aside; the linter sees those). */
export function bannedWords({ path, text }: SourceFile): string[] {
  const code = isTest(path) ? '' : withoutComments(text);
  return bannedEverywhere
    .filter(({ pattern, where }) => pattern.test(where === 'everywhere' ? text : code))
    .map(({ why }) => `${path}: ${why}`);
}

/** Files that are too long, and names that say nothing. */
export function shape({ path, text }: SourceFile): string[] {
  const lines = text.split('\n').length - 1;
  return [
    ...(lines > (path.startsWith('packages/portal/src/pages/') ? maxPageLines : maxLines) && longFiles[path] === undefined && !isTest(path)
      ? [`${path}: ${lines} lines; see whether it is two things`]
      : []),
    ...(emptyNames.test(path) ? [`${path}: the name says nothing about what is in it`] : []),
  ];
}

/**
 * Constants of a module (numbers, texts, patterns, and lists, tables and sets of them) that are not in UPPER_CASE. What has functions in
 * it, or was made by a call (a schema, a client), is named like any other value.
 */
export function wronglyNamedConstants({ path, text }: SourceFile): string[] {
  if (isTest(path)) return [];
  const declared = withoutComments(text).matchAll(/^(?:export )?const ([a-z]\w*)(?:: [^=]+)? = ([\s\S]*?);$/gm);
  return [...declared]
    .filter(([, , value = '']) => isConstant(value))
    .map(([, name]) => `${path}: ${name} is a constant: write it in UPPER_CASE`);
}

/** Whether nothing stands in it but numbers, texts, patterns and other constants. */
function isConstant(value: string): boolean {
  const bare = value
    .replace(/'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\$])*`/g, '0')
    .replace(/(?<=^|[[(,:=]\s*)\/(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\n])+\/[a-z]*/g, '0')
    .replace(/ as const\b| satisfies [\s\S]*$/g, '')
    .replace(/\bnew (?:Set|Map)(?:<[^()]*>)?\(/g, '(')
    .replace(/[\w$]+\??:/g, '')
    .replace(/\b(?:true|false|null|undefined|[A-Z][A-Z0-9_]*|\d[\w.]*)\b/g, '0');
  return !/[a-z$]|=>/i.test(bare);
}

/** Exported functions and classes without a doc comment. */
export function undocumentedExports({ path, text }: SourceFile): string[] {
  if (isTest(path)) return [];
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    const name = /^export (?:async )?(?:function\*?|class|abstract class) (\w+)/.exec(line)?.[1];
    if (name === undefined) return [];
    let before = index - 1;
    while (/^(?:\/\/|\s*$)/.test(lines[before] ?? '*')) before -= 1;
    // Overloads share the comment of the first.
    if (/\*\/\s*$/.test(lines[before] ?? '') || new RegExp(`^export (?:async )?function ${name}\\b`).test(lines[before] ?? '')) return [];
    return [`${path}:${index + 1}: ${name} is exported without a doc comment`];
  });
}
