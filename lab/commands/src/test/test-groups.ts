import { LONGEST } from './test-order.ts';

/** What one process runs, relative to the root: a file by itself, or files of one room one after the other. */
export type TestGroup = readonly string[];

/** More of them would leave one process working when all others are done. */
const TOGETHER_MOST = 14;

/** Of a room: those in `tests/` start whole schemes and stay by themselves. */
const ROOM = /^(?:packages|lab)\/[^/]+\/src\//;

/**
 * The first line of a file that must have a process of its own, because it changes or counts what all of a process share. Also by themselves:
 * the files that take longest, and one that awaits at its top (it cannot be loaded inside a suite).
 */
export const OWN_PROCESS = '// a process of its own: ';
const AWAITS_AT_TOP = /^(?:await |for await|(?:export )?(?:const|let) (?!.*\basync\b).*\bawait )/m;

/**
 * Files of one room share processes: half of the CPU of a file of small tests is Node's start and the loading of the room. In the order in which they are to
 * begin: the long ones as given, then those that are several (some take as long as a long one), and in the end single short ones, so that no core waits for the
 * last process.
 */
export function inGroups(files: readonly string[], sourceOf: (file: string) => string): readonly TestGroup[] {
  const alone = (file: string): boolean => {
    if (!ROOM.test(file) || LONGEST.includes(file)) return true;
    const source = sourceOf(file);
    return source.startsWith(OWN_PROCESS) || AWAITS_AT_TOP.test(source);
  };
  const [single, shared] = [files.filter(alone), files.filter((file) => !alone(file))];
  const rooms = Map.groupBy(shared, (file) => ROOM.exec(file)?.[0] ?? '');
  const [long, short] = [single.filter((file) => LONGEST.includes(file)), single.filter((file) => !LONGEST.includes(file))];
  return [...long.map((file) => [file]), ...[...rooms.values()].flatMap(chunks), ...short.map((file) => [file])];
}

/** As even as may be. */
function chunks(files: readonly string[]): readonly TestGroup[] {
  const count = Math.ceil(files.length / TOGETHER_MOST);
  const size = Math.ceil(files.length / count);
  return Array.from({ length: count }, (_, n) => files.slice(n * size, (n + 1) * size));
}
