import { readdirSync, readFileSync } from 'node:fs';
import type { Command } from '@payment-manager/payment-manager';
import { root, shown } from './section.ts';

/** `./pm tree`: wings, rooms and their folders, with one line for each. */
export const tree: Command = (_args, options, terminal) => shown(`\`\`\`\n${treeOf(root)}\`\`\`\n`, './pm tree', options, terminal);

const WINGS: Readonly<Record<string, string>> = {
  packages: 'what a DFSP runs',
  lab: 'what proves it',
};
const OTHERS: Readonly<Record<string, string>> = {
  tests: 'what no room can prove alone: the whole product over real sockets',
  conformance: 'the product as a black box, for cases that several implementations share',
  docs: 'for those who run it, connect it, or build a core beside it',
};

const COLUMN = 34;

/**
 * The tree at depth three: wing, room, folder (`src` between the latter is left out). A room’s line is what ARCHITECTURE.md says in its table
 * of rooms, a folder’s what the room’s README says in a table or list, each up to its first stop.
 *
 * @throws TypeError naming each room and folder of which nothing is said, and each of which is said what is not there
 */
export function treeOf(folder: string): string {
  const wrong: string[] = [];
  const lines = Object.entries(WINGS).flatMap(([wing, what]) => [line(0, `${wing}/`, what), ...roomsOf(folder, wing, wrong)]);
  if (wrong.length > 0) throw new TypeError(wrong.join('\n'));
  return `${[...lines, ...Object.entries(OTHERS).map(([name, what]) => line(0, `${name}/`, what))].join('\n')}\n`;
}

function roomsOf(folder: string, wing: string, wrong: string[]): string[] {
  const told = new Map(
    [...readFileSync(`${folder}ARCHITECTURE.md`, 'utf8').matchAll(/^\| \[`[^`]+`\]\(([^)]+)\/README\.md\) \| ([^|]+) \|/gm)]
      .map(([, path = '', what = '']) => [path, what] as const)
      .filter(([path]) => path.startsWith(`${wing}/`)),
  );
  const there = foldersIn(`${folder}${wing}`).map((room) => `${wing}/${room}`);
  for (const path of there) if (!told.has(path)) wrong.push(`ARCHITECTURE.md says nothing of the room ${path}`);
  for (const path of told.keys()) if (!there.includes(path)) wrong.push(`ARCHITECTURE.md tells of ${path}, which is not there`);
  return [...told].flatMap(([path, what]) => [line(1, `${path.slice(wing.length + 1)}/`, what), ...foldersOf(folder, path, wrong)]);
}

function foldersOf(folder: string, room: string, wrong: string[]): string[] {
  const there = foldersIn(`${folder}${room}/src`);
  const page = readFileSync(`${folder}${room}/README.md`, 'utf8');
  const told = linesOf(page);
  for (const name of there) if (!told.has(name)) wrong.push(`${room}/README.md says nothing of the folder ${name}`);
  return there.map((name) => line(2, `${name}/`, told.get(name) ?? ''));
}

/** What a README says of folders: rows `` | `name` | text | `` (several names share one), and items `` - `name/`: text ``. The first counts. */
export function linesOf(page: string): ReadonlyMap<string, string> {
  const told = new Map<string, string>();
  for (const [, names = '', what = ''] of page.matchAll(/^(?:\| |- )((?:`[\w-]+\/?`(?:, )?)+)(?: \| |: )(.+?)(?: \|)?$/gm))
    for (const [, name = ''] of names.matchAll(/`([\w-]+)\/?`/g)) if (!told.has(name)) told.set(name, what);
  return told;
}

function foldersIn(path: string): string[] {
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
    .map(({ name }) => name)
    .sort();
}

function line(depth: number, name: string, what: string): string {
  return `${'  '.repeat(depth)}${name}`.padEnd(COLUMN) + untilStop(what);
}

const LONGEST = 90;

/** The first sentence, without marks, links and what stands in brackets; of a long one what stands before its colon. */
function untilStop(text: string): string {
  const plain = text
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll('`', '')
    .replace(/ \([^()]*\)/g, '');
  const [sentence = ''] = plain.split(/\.(?: |$)|; /);
  const [first = ''] = sentence.length > LONGEST ? sentence.split(': ') : [sentence];
  const shown = first.length > LONGEST * 1.3 ? `${first.slice(0, first.lastIndexOf(', ', LONGEST))}, …` : first;
  // names stay as they are
  return /^[A-Z][a-z]*(?![A-Za-z])/.test(shown) ? shown.charAt(0).toLowerCase() + shown.slice(1) : shown;
}
