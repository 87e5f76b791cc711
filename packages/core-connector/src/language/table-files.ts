import { createRequire } from 'node:module';
import type { CsvError } from 'csv-parse/sync';
import { nearest } from '../expression/shape.ts';
import { mapOf, textOf } from './check-tree.ts';
import type { Problems } from './problem.ts';
import type { TextTree, Tree } from './yaml.ts';

/** A look-up table: by name a text, or the columns of a row. */
export type Table = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

const load = createRequire(import.meta.url);

/** Tables are read whole, and kept with each version of the connector. */
const FILE_MAX_CHARACTERS = 262_144;

/** A row with the line of its file. */
interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

interface Rows {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

/** The tables that stand in files beside the connector, CSV or with columns of fixed width. What is wrong is told with its place. */
export function compileTableFiles(
  root: Tree | undefined,
  files: ReadonlyMap<string, string>,
  inline: Readonly<Record<string, unknown>>,
  problems: Problems,
): Readonly<Record<string, Table>> {
  const tables: Record<string, Table> = Object.create(null);
  for (const { key, keyPlace, value } of mapOf(root, 'tableFiles')?.entries.values() ?? []) {
    if (Object.hasOwn(inline, key)) problems.add('NAME_TWICE', keyPlace, `there is a table ${key} already`);
    const table = compileTable(value, files, problems);
    if (table !== undefined) tables[key] = table;
  }
  return tables;
}

function compileTable(tree: Tree, files: ReadonlyMap<string, string>, problems: Problems): Table | undefined {
  const [csv, fixed] = [textOf(tree, 'csv'), textOf(tree, 'fixed')];
  const file = csv ?? fixed;
  if (file === undefined || (csv !== undefined && fixed !== undefined)) {
    problems.add('VALUE_WRONG', tree.place, 'a table is either `csv` or `fixed`, with the path of its file');
    return undefined;
  }
  const text = files.get(file.text);
  if (text === undefined) {
    problems.add('NAME_UNKNOWN', file.place, `there is no ${file.text} beside connector.yaml`);
    return undefined;
  }
  if (text.length > FILE_MAX_CHARACTERS) {
    problems.add('VALUE_WRONG', top(file), `the file is longer than ${FILE_MAX_CHARACTERS} characters`);
    return undefined;
  }
  const read =
    csv !== undefined ? readCsv(file, text, textOf(tree, 'separator')?.text ?? ',', problems) : readFixed(file, text, tree, problems);
  return read && byKey(file, read, tree, problems);
}

const top = ({ text: file }: TextTree) => ({ file, line: 1, column: 1 });

/** RFC 4180, and strictly: a row has the columns of the first, which are their names. */
function readCsv(file: TextTree, text: string, delimiter: string, problems: Problems): Rows | undefined {
  // loaded with the first file: most connectors have none, and somebody waits for the start
  const { CsvError: Invalid, parse } = load('csv-parse/sync') as typeof import('csv-parse/sync');
  try {
    const read = parse(text, { bom: true, delimiter, info: true, relax_quotes: false, skip_empty_lines: true }) as unknown as readonly {
      readonly info: { readonly lines: number };
      readonly record: readonly string[];
    }[];
    const [first, ...rows] = read;
    const columns = first?.record ?? [];
    const twice = columns.find((column, index) => columns.indexOf(column) !== index);
    if (twice !== undefined) problems.add('NAME_TWICE', top(file), `the column ${twice} is there twice`);
    return { columns, rows: rows.map(({ info, record }) => ({ line: info.lines, cells: record })) };
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    const { lines } = error as CsvError & { readonly lines?: unknown };
    const line = typeof lines === 'number' ? lines : 1;
    problems.add('VALUE_WRONG', { file: file.text, line, column: 1 }, `the file cannot be read as CSV (${error.code})`);
    return undefined;
  }
}

interface Column {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** Each line has the columns at their places, counted in characters from 1 on; white space around a cell is none of it. */
function readFixed(file: TextTree, text: string, tree: Tree, problems: Problems): Rows | undefined {
  const columns = columnsOf(tree, problems);
  if (columns === undefined) return undefined;
  const rows: Row[] = [];
  for (const [index, written] of text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .entries()) {
    const line = [...written];
    if (written.trim() === '') continue;
    // the last cell may end before its column does
    if (line.length < Math.max(...columns.map(({ from }) => from)))
      problems.add('VALUE_WRONG', { file: file.text, line: index + 1, column: 1 }, 'the line is shorter than its columns');
    rows.push({
      line: index + 1,
      cells: columns.map(({ from, to }) =>
        line
          .slice(from - 1, to)
          .join('')
          .trim(),
      ),
    });
  }
  return { columns: columns.map(({ name }) => name), rows };
}

function columnsOf(tree: Tree, problems: Problems): readonly Column[] | undefined {
  const entries = [...(mapOf(tree, 'columns')?.entries.values() ?? [])];
  if (entries.length === 0) {
    problems.add('KEY_MISSING', tree.place, 'columns are missing: where does each begin and end?');
    return undefined;
  }
  let before = 0;
  const columns: Column[] = [];
  for (const { key, value } of entries) {
    const [from, to] = value.kind === 'text' ? value.text.split('-').map(Number) : [];
    if (from === undefined || to === undefined || !(from > before && to >= from)) {
      problems.add('VALUE_WRONG', value.place, 'a column is written first-last, e.g. 5-14, behind the one before it');
      return undefined;
    }
    before = to;
    columns.push({ name: key, from, to });
  }
  return columns;
}

function byKey(file: TextTree, { columns, rows }: Rows, tree: Tree, problems: Problems): Table {
  const index = (key: string): number | undefined => {
    const name = textOf(tree, key);
    if (name === undefined) return undefined;
    const found = columns.indexOf(name.text);
    if (found >= 0) return found;
    const like = nearest(name.text, columns);
    problems.add(
      'NAME_UNKNOWN',
      name.place,
      `${file.text} has no column ${name.text}${like === undefined ? '' : `; did you mean ${like}?`}`,
    );
    return undefined;
  };
  const [key, value] = [index('key'), index('value')];
  if (rows.length === 0) problems.add('VALUE_WRONG', top(file), 'the table has no rows');
  const table: Record<string, string | Readonly<Record<string, string>>> = Object.create(null);
  const lines = new Map<string, number>();
  for (const { line, cells } of key === undefined ? [] : rows) {
    const name = cells[key as number] ?? '';
    const place = { file: file.text, line, column: 1 };
    const before = lines.get(name);
    if (name === '') problems.add('VALUE_WRONG', place, 'the key is empty');
    if (before !== undefined) problems.add('NAME_TWICE', place, `the key stands in line ${before} already`);
    lines.set(name, line);
    const row = Object.fromEntries(columns.map((column, each) => [column, cells[each] ?? '']));
    table[name] = value === undefined ? Object.assign(Object.create(null), row) : (cells[value] ?? '');
  }
  return table;
}
