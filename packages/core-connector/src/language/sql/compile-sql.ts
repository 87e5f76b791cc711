import type { CommonBackend, SqlBackend } from '../backend.ts';
import { itemsOf, mapOf, textOf } from '../check-tree.ts';
import type { Names } from '../compile-values.ts';
import type { Compiler } from '../kind/back-end-kind.ts';
import { expressionsIn } from '../kind/expressions.ts';
import type { SqlCall, SqlStatement } from '../operation.ts';
import type { Problems } from '../problem.ts';
import type { TextTree, Tree } from '../yaml.ts';
import { readSql, SqlInvalid, type SqlText } from './statement.ts';

/** Where the connector does not say: so many rows has an answer, so many connections are open. */
const ROWS_MAX = 1_000;
const CONNECTIONS = 8;

/** A back end that is a database. */
export function compileSqlBackend(common: CommonBackend, tree: Tree, names: Names, { values }: Compiler): SqlBackend {
  const of = (key: string) => values.textAt(tree, key, names);
  const limits = mapOf(tree, 'limits');
  return {
    kind: 'sql',
    ...common,
    limits: { ...common.limits, inFlight: textOf(limits, 'inFlight') === undefined ? CONNECTIONS : common.limits.inFlight },
    url: of('url') ?? { kind: 'text', text: '' },
    user: of('user'),
    password: of('password'),
    ca: values.textAt(mapOf(tree, 'tls'), 'ca', names),
    rowsMax: Number(textOf(limits, 'rows')?.text ?? ROWS_MAX),
  };
}

/** A call of a database: one statement that reads, or a transaction whose first statement inserts the reference of the effect. */
export function compileSqlCall(to: string, tree: Tree, names: Names, compiler: Compiler): SqlCall | undefined {
  const { problems } = compiler;
  const single = textOf(tree, 'sql');
  const several = itemsOf(tree, 'transaction');
  if ((single === undefined) === (several.length === 0)) {
    problems.add(
      'KEY_MISSING',
      tree.place,
      'a call of a database has either `sql`, one statement that reads, or `transaction`, which moves money',
    );
    return undefined;
  }
  if (single !== undefined) return reading(to, single, tree, names, compiler);
  const effect = textOf(tree, 'effect');
  if (effect !== undefined) problems.add('MONEY_RULE', effect.place, 'a transaction changes something: it stands in a money step');
  const statements = several.map((item, index) => compileStatement(item, names, compiler, rowsOf(item), index === 0));
  return statements.includes(undefined) ? undefined : { kind: 'sql', to, reads: false, statements: statements as SqlStatement[] };
}

function reading(to: string, sql: TextTree, tree: Tree, names: Names, compiler: Compiler): SqlCall | undefined {
  const statement = compileStatement(tree, names, compiler, undefined, false);
  if (statement === undefined) return undefined;
  if (statement.verb !== 'SELECT' && statement.verb !== 'WITH')
    compiler.problems.add('MONEY_RULE', sql.place, `${statement.verb} may move money: it stands under \`transaction\` in a money step`);
  return { kind: 'sql', to, reads: true, statements: [statement] };
}

function rowsOf(tree: Tree): string {
  return textOf(tree, 'rows')?.text ?? '1';
}

function compileStatement(
  tree: Tree,
  names: Names,
  { values, problems }: Compiler,
  rows: string | undefined,
  first: boolean,
): SqlStatement | undefined {
  const sql = textOf(tree, 'sql');
  const text = sql && read(sql, problems);
  if (sql === undefined || text === undefined) return undefined;
  const bound = values.texts(tree, 'with', names);
  const given = mapOf(tree, 'with')?.entries;
  for (const name of new Set(text.names))
    if (given?.has(name) !== true)
      problems.add('PATH_UNBOUND', sql.placeAt(sql.text.indexOf(`:${name}`)), `:${name} has no value: write it under \`with\``);
  for (const { key, keyPlace } of given?.values() ?? [])
    if (!text.names.includes(key)) problems.add('PATH_UNBOUND', keyPlace, `the statement has no :${key}`);
  if (first) {
    if (!text.insertsValues)
      problems.add(
        'MONEY_RULE',
        sql.place,
        'the first statement inserts the reference of the effect, and fails where it is there: INSERT INTO table (…) VALUES (…), and no ON CONFLICT',
      );
    const withKey = bound.some(([, value]) => expressionsIn(value).some(({ reads }) => reads.has('key')));
    if (!withKey)
      problems.add(
        'MONEY_RULE',
        sql.place,
        'the first statement binds `key`, in a column that is unique: else a repeat would be executed, too',
      );
    if (rows !== '1') problems.add('MONEY_RULE', textOf(tree, 'rows')?.place ?? tree.place, 'the reference is one row');
  }
  return { ...text, values: bound, rows };
}

function read(sql: TextTree, problems: Problems): SqlText | undefined {
  try {
    return readSql(sql.text);
  } catch (error) {
    if (!(error instanceof SqlInvalid)) throw error;
    problems.add('VALUE_WRONG', sql.placeAt(error.index), error.message);
    return undefined;
  }
}
