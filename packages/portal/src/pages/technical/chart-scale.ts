/** A line of a chart: values by time, ascending. */
export interface ChartLine {
  readonly name: string;
  readonly points: readonly (readonly [at: number, value: number])[];
}

/** The next of 1, 2, 5, 10, 20, 50 … above a value. */
export function niceAbove(value: number): number {
  if (value <= 0) return 1;
  const ten = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * ten).find((step) => step >= value) ?? ten * 10;
}

/** Stretches of a line without a gap: neighbours that are further apart than a step and a half are not joined. */
export function unbroken(points: ChartLine['points'], stepMs: number): readonly ChartLine['points'][] {
  const parts: (readonly [number, number])[][] = [];
  for (const point of points) {
    const before = parts.at(-1)?.at(-1);
    if (before !== undefined && point[0] - before[0] <= stepMs * 1.5) parts.at(-1)?.push(point);
    else parts.push([point]);
  }
  return parts;
}

/** All times of some lines with the value of each: the rows of the table and of the file. */
export function rowsOf(lines: readonly ChartLine[]): readonly { readonly at: number; readonly values: readonly (number | undefined)[] }[] {
  const byLine = lines.map(({ points }) => new Map(points));
  const times = [...new Set(lines.flatMap(({ points }) => points.map(([at]) => at)))].sort((a, b) => a - b);
  return times.map((at) => ({ at, values: byLine.map((of) => of.get(at)) }));
}

/** The same as CSV, times in ISO 8601; a name that a spreadsheet would take for a formula is text. */
export function csvOf(lines: readonly ChartLine[]): string {
  const cell = (text: string): string => `"${(/^[=+\-@\t]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
  const head = ['time', ...lines.map(({ name }) => cell(name))].join();
  return `${[head, ...rowsOf(lines).map(({ at, values }) => [new Date(at).toISOString(), ...values.map((one) => one ?? '')].join())].join('\r\n')}\r\n`;
}

const MINUTE_MS = 60_000;
const TICK_STEPS_MS = [5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440, 2_880, 7_200, 14_400, 20_160].map((minutes) => minutes * MINUTE_MS);
const TICKS_MAX = 7;

/** Round times for the axis, at most seven. */
export function ticksOf(from: number, to: number): readonly number[] {
  const step = TICK_STEPS_MS.find((ms) => (to - from) / ms <= TICKS_MAX) ?? (to - from) / TICKS_MAX;
  const first = Math.ceil(from / step) * step;
  return Array.from({ length: Math.floor((to - first) / step) + 1 }, (_, at) => first + at * step);
}
