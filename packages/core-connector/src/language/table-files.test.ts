import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONNECTOR, smallConnector } from '../../test/small-connector.ts';
import { compileConnector } from './compile-connector.ts';
import { problemLine } from './problem.ts';

const BRANCHES = `tableFiles:
  branches: { csv: tables/branches.csv, key: code }
  names: { csv: tables/branches.csv, key: code, value: name }
  banks:
    fixed: tables/banks.txt
    columns: { code: 1-4, name: 5-14 }
    key: code
    value: name
`;
const CSV = '\ufeffcode,name,"city, country"\r\n0012,"Main ""old"" street",Nairobi\r\n7,"two\r\nlines",Kisumu\r\n';
const FIXED = '0001Alpha Bank\n0002Beta      \n';
const compiled = ({
  yaml = BRANCHES,
  csv = CSV,
  fixed = FIXED,
}: {
  readonly yaml?: string;
  readonly csv?: string;
  readonly fixed?: string;
} = {}) =>
  compileConnector({
    ...smallConnector({ connector: CONNECTOR + yaml }),
    tables: new Map([
      ['tables/branches.csv', csv],
      ['tables/banks.txt', fixed],
    ]),
  });
const linesOf = (changed: Parameters<typeof compiled>[0]): readonly string[] =>
  compiled(changed).problems.map((problem) => `${problem.code} ${problemLine(problem)}`);

test('a file is a table: rows by their key, or one column of them; everything is a text as it is written', () => {
  const { connector, problems } = compiled();
  assert.deepEqual(problems.map(problemLine), []);
  assert.deepEqual(JSON.parse(JSON.stringify(connector.tables)), {
    products: { '1': 'savings' },
    branches: {
      '0012': { code: '0012', name: 'Main "old" street', 'city, country': 'Nairobi' },
      '7': { code: '7', name: 'two\r\nlines', 'city, country': 'Kisumu' },
    },
    names: { '0012': 'Main "old" street', '7': 'two\r\nlines' },
    banks: { '0001': 'Alpha Bank', '0002': 'Beta' },
  });
});

for (const [what, changed, told] of [
  ['a row with a column too few', { csv: 'code,name\n1,a\n2\n' }, /^VALUE_WRONG tables\/branches\.csv:3:1 /],
  ['a key twice', { csv: 'code,name\n1,a\n1,b\n' }, /^NAME_TWICE tables\/branches\.csv:3:1 the key stands in line 2 already/],
  ['a key that is empty', { csv: 'code,name\n,a\n' }, /^VALUE_WRONG tables\/branches\.csv:2:1 the key is empty/],
  ['a quote that is not closed', { csv: 'code,name\n1,"a\n' }, /^VALUE_WRONG tables\/branches\.csv:\d+:1 /],
  [
    'a column that is not there',
    { yaml: BRANCHES.replace('value: name }', 'value: nmae }') },
    /^NAME_UNKNOWN connector\.yaml:19:\d+ .*did you mean name/,
  ],
  ['a column twice', { csv: 'code,code\n1,2\n' }, /^NAME_TWICE tables\/branches\.csv:1:1 /],
  ['no rows', { csv: 'code,name\n' }, /^VALUE_WRONG tables\/branches\.csv:1:1 the table has no rows/],
  [
    'a file that is not there',
    { yaml: BRANCHES.replace('csv: tables/branches.csv', 'csv: tables/branch.csv') },
    /^NAME_UNKNOWN connector\.yaml:18:\d+ there is no tables\/branch\.csv/,
  ],
  ['a line that is too short', { fixed: '0001Alpha Bank\n000\n' }, /^VALUE_WRONG tables\/banks\.txt:2:1 the line is shorter/],
  ['columns that overlap', { yaml: BRANCHES.replace('5-14', '4-14') }, /^VALUE_WRONG connector\.yaml:22:\d+ /],
  ['columns that are none', { yaml: BRANCHES.replace('5-14', '14-5') }, /^VALUE_WRONG connector\.yaml:22:\d+ /],
  ['a name that a table has', { yaml: BRANCHES.replace('branches:', 'products:') }, /^NAME_TWICE connector\.yaml:18:3 /],
  [
    'a file of two kinds',
    { yaml: BRANCHES.replace('csv: tables/branches.csv, key: code }', 'csv: tables/branches.csv, fixed: tables/banks.txt, key: code }') },
    /^VALUE_WRONG connector\.yaml:18:\d+ .*either/,
  ],
  ['a file that is too long', { csv: `code,name\n${'1,a\n'.repeat(70_000)}` }, /^VALUE_WRONG tables\/branches\.csv:1:1 the file is longer/],
] as const)
  test(`lint: ${what}`, () => {
    const lines = linesOf(changed);
    assert.ok(
      lines.some((line) => told.test(line)),
      lines.join('\n') || 'no fault',
    );
  });
