import type { InspectedThread } from './inspector.ts';

interface Location {
  readonly scriptId: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

/** Where a function begins to act. */
export interface Place {
  readonly url: string;
  readonly location: Location;
}

/**
 * The places of a script’s functions: those whose keys (`URL:start-end`, in characters) are wanted, or the function of that name. A function
 * in which nothing can be halted (an empty one) has none.
 */
export async function placesIn(
  thread: InspectedThread,
  { scriptId, url }: { readonly scriptId: string; readonly url: string },
  source: string,
  wanted: ReadonlySet<string> | string,
): Promise<readonly Place[]> {
  const ranges = typeof wanted === 'string' ? [rangeOf(source, wanted)] : rangesIn(url, wanted);
  const at = locator(scriptId, source);
  const found = await Promise.all(
    ranges.map(async ([start, end]) => {
      const order = { start: at(start), end: at(end), restrictToFunction: true };
      const { locations } = await thread.send<{ locations: readonly Location[] }>('Debugger.getPossibleBreakpoints', order);
      return locations[0];
    }),
  );
  const places = found.filter((location) => location !== undefined);
  // a function that begins with another one would be found twice
  return [...new Map(places.map((location) => [`${location.lineNumber}:${location.columnNumber}`, { url, location }])).values()];
}

function rangesIn(url: string, wanted: ReadonlySet<string>): readonly (readonly [number, number])[] {
  return [...wanted]
    .filter((key) => key.startsWith(`${url}:`))
    .map(
      (key) =>
        key
          .slice(url.length + 1)
          .split('-')
          .map(Number) as unknown as readonly [number, number],
    );
}

function rangeOf(source: string, name: string): readonly [number, number] {
  const start = source.indexOf(`function ${name}(`);
  return [start, source.indexOf('\n}', start)];
}

function locator(scriptId: string, source: string): (offset: number) => Location {
  const lines = [0];
  for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) lines.push(at + 1);
  return (offset) => {
    const next = lines.findIndex((start) => start > offset);
    const lineNumber = (next < 0 ? lines.length : next) - 1;
    return { scriptId, lineNumber, columnNumber: offset - (lines[lineNumber] ?? 0) };
  };
}
