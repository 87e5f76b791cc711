import { styleText } from 'node:util';

/** Where a command reads and writes; tests give their own. */
export interface Terminal {
  out(line: string): void;
  err(line: string): void;
  /** Folder that relative paths of arguments are taken from. */
  readonly workingFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether a person can be asked. */
  readonly interactive: boolean;
}

export const processTerminal: Terminal = {
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
  workingFolder: process.cwd(),
  environment: process.env,
  interactive: process.stdin.isTTY === true && process.stdout.isTTY === true,
};

/** Colours only where standard output is a terminal and NO_COLOR does not forbid them. */
export const style = {
  bold: (text: string): string => styleText('bold', text),
  dim: (text: string): string => styleText('dim', text),
  good: (text: string): string => styleText('green', text),
  bad: (text: string): string => styleText('red', text),
  warn: (text: string): string => styleText('yellow', text),
  key: (text: string): string => styleText('cyan', text),
};

/** Text of others (of a core, of the hub, of a person) without what could steer a terminal. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}|\p{Bidi_Control}/gu, ' ');
}

/** Rows with aligned columns, two spaces between them. The head is bold; the last column is not padded. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === cells.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return [style.bold(line(head)), ...rows.map(line)].join('\n');
}
