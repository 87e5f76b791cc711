import { execFileSync } from 'node:child_process';
import { type Command, CommandFailed, EXIT_CODES } from '@payment-manager/payment-manager';
import { root } from './section.ts';

/** `./pm lines [COMMIT]`: lines of production code by room, what proves it apart; with a commit, then and now. */
export const lines: Command = async ([commit], _options, terminal) => {
  const now = linesOf();
  const before = commit === undefined ? undefined : linesOf(commit);
  terminal.out(linesTable(now, before));
  return EXIT_CODES.ok;
};

/** Lines by room: `packages/NAME` or `lab/NAME`. */
export type LinesByRoom = ReadonlyMap<string, number>;

/** Rooms that moved: where what they hold was before. */
const MOVED: Readonly<Record<string, string>> = { 'packages/sandbox': 'lab/sandbox', 'packages/simulator': 'lab/simulator' };
/** What was in a room of the product and proves it. */
const PROVING = /^packages\/payment-manager\/src\/(?:bench|cli\/(?:hub|sandbox|start\.ts|send\.ts|simulation\.ts|test[.-]))/;

/** Counts the lines of a commit, or of the files that git tracks as they are: TypeScript of the rooms without tests, comments and blank lines included. */
function linesOf(commit?: string): LinesByRoom {
  const order = ['grep', '-c', '', ...(commit === undefined ? [] : [commit]), '--', 'packages/*.ts', 'lab/*.ts'];
  let text: string;
  try {
    text = execFileSync('git', order, { cwd: root, encoding: 'utf8', maxBuffer: 16_777_216 });
  } catch (error) {
    throw new CommandFailed(EXIT_CODES.usage, `git cannot count the lines of ${commit ?? 'this checkout'}: ${(error as Error).message}`);
  }
  return countByRoom(text);
}

/** Sums up what `git grep -c` tells: `[commit:]path:lines`. */
export function countByRoom(text: string): LinesByRoom {
  const sums = new Map<string, number>();
  for (const [, path = '', count = ''] of text.matchAll(/^(?:[^:\n]+:)?((?:packages|lab)\/[^:\n]+):(\d+)$/gm)) {
    if (/\.(?:test|conformance)\.ts$|^[^/]+\/[^/]+\/test\//.test(path)) continue;
    const [wing, name] = path.split('/');
    const room = PROVING.test(path) ? 'lab/bench, commands' : (MOVED[`${wing}/${name}`] ?? `${wing}/${name}`);
    const shown = room === 'lab/bench' || room === 'lab/commands' || room === 'lab/local-scheme' ? 'lab/bench, commands' : room;
    sums.set(shown, (sums.get(shown) ?? 0) + Number(count));
  }
  return sums;
}

/** The table in Markdown, the wings with their sums. */
export function linesTable(now: LinesByRoom, before?: LinesByRoom): string {
  const row = (name: string, one: number, other: number): string =>
    before === undefined ? `| ${name} | ${one} |` : `| ${name} | ${other} | ${one} |`;
  const wing = (prefix: string): string[] => {
    const rooms = [...new Set([...now.keys(), ...(before?.keys() ?? [])])].filter((room) => room.startsWith(prefix)).sort();
    const total = (of?: LinesByRoom): number => rooms.reduce((sum, room) => sum + (of?.get(room) ?? 0), 0);
    return [
      ...rooms.map((room) => row(`\`${room.slice(prefix.length)}\``, now.get(room) ?? 0, before?.get(room) ?? 0)),
      row(`**${prefix.slice(0, -1)}**`, total(now), total(before)),
    ];
  };
  const head = before === undefined ? '| room | lines |\n|---|---|' : '| room | before | now |\n|---|---|---|';
  return [head, ...wing('packages/'), ...wing('lab/')].join('\n');
}
