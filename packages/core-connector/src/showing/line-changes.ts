/** A line of a comparison: in both, only before, only after; or so many equal ones that are left out. */
export type LineChange =
  | { readonly is: 'same' | 'gone' | 'new'; readonly text: string }
  | { readonly is: 'left-out'; readonly lines: number };

/** Equal lines that are shown around a change. */
const AROUND = 2;
/** Longer texts are only told to differ: comparing costs the product of their lines. */
const LINES_MAX = 2_000;

/** What differs between two texts, line by line; none: they are the same. */
export function lineChanges(before: string, after: string): readonly LineChange[] {
  if (before === after) return [];
  const [old, now] = [linesOf(before), linesOf(after)];
  if (old.length > LINES_MAX || now.length > LINES_MAX) return [{ is: 'left-out', lines: Math.max(old.length, now.length) }];
  return shortened(walked(old, now));
}

type Line = Exclude<LineChange, { is: 'left-out' }>;

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

/** By the longest common subsequence. */
function walked(old: readonly string[], now: readonly string[]): readonly Line[] {
  const width = now.length + 1;
  const common = new Uint16Array((old.length + 1) * width);
  const at = (row: number, column: number): number => common[row * width + column] ?? 0;
  for (let row = old.length - 1; row >= 0; row--)
    for (let column = now.length - 1; column >= 0; column--)
      common[row * width + column] =
        old[row] === now[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
  const lines: Line[] = [];
  let [row, column] = [0, 0];
  while (row < old.length || column < now.length) {
    if (row < old.length && old[row] === now[column]) {
      lines.push({ is: 'same', text: old[row] ?? '' });
      row++;
      column++;
    } else if (column >= now.length || (row < old.length && at(row + 1, column) >= at(row, column + 1)))
      lines.push({ is: 'gone', text: old[row++] ?? '' });
    else lines.push({ is: 'new', text: now[column++] ?? '' });
  }
  return lines;
}

/** Equal lines far from any change are left out. */
function shortened(lines: readonly Line[]): readonly LineChange[] {
  const isNear = (place: number): boolean => lines.slice(Math.max(0, place - AROUND), place + AROUND + 1).some(({ is }) => is !== 'same');
  const shown: LineChange[] = [];
  lines.forEach((line, place) => {
    if (isNear(place)) {
      shown.push(line);
      return;
    }
    const last = shown.at(-1);
    if (last?.is === 'left-out') shown[shown.length - 1] = { is: 'left-out', lines: last.lines + 1 };
    else shown.push({ is: 'left-out', lines: 1 });
  });
  return shown;
}
