import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { readConnectorFolder } from '../../fixture/connector-folder.ts';
import { type ConnectorFiles, compileConnector } from '../compile-connector.ts';
import { problemLine } from '../problem.ts';
import { readSql, SqlInvalid } from './statement.ts';

test('a statement is cut at its values, and at nothing else', () => {
  const { texts, names, title, verb } = readSql(
    "SELECT a::text, ':no', \"x:y\" FROM account WHERE id = :id AND name IN (:name, 'it''s :fine', :id)",
  );
  assert.deepEqual(names, ['id', 'name', 'id']);
  assert.deepEqual(texts, ['SELECT a::text, \':no\', "x:y" FROM account WHERE id = ', ' AND name IN (', ", 'it''s :fine', ", ')']);
  assert.deepEqual([title, verb], ['SELECT account', 'SELECT']);
});

for (const [sql, told] of [
  ['SELECT 1; DROP TABLE account', /without a semicolon/],
  ['SELECT 1 -- :x', /a comment stands in YAML/],
  ['SELECT /* :x */ 1', /a comment stands in YAML/],
  ['SELECT 1 # :x', /a comment stands in YAML/],
  ["SELECT 'a\\' WHERE id = :id", /backslash/],
  ['SELECT $1', /a value is written :name/],
  ['SELECT ?', /a value is written :name/],
  ['SELECT $$ :x $$', /a value is written :name/],
  ['SELECT @x', /variable of the session/],
  ["SELECT 'open", /is not closed/],
  ['SELECT : id', /a value is written :name/],
  ['SELECT @x := 1', /variable of the session/],
  ['COMMIT', /begins with one of/],
  ['BEGIN', /begins with one of/],
  ['CALL credit(:id)', /begins with one of/],
  ['DROP TABLE account', /begins with one of/],
  ['=req.idValue', /begins with one of/],
] as const)
  test(`no statement: ${sql}`, () => {
    assert.throws(
      () => readSql(sql),
      (error: unknown) => error instanceof SqlInvalid && told.test(error.message),
    );
  });

test('only an insert of values says that a row is there already', () => {
  const inserts = (sql: string): boolean => readSql(sql).insertsValues;
  assert.equal(inserts('INSERT INTO effect (reference, amount) VALUES (:key, CAST(:amount AS DECIMAL(19,0)))'), true);
  for (const sql of [
    'INSERT INTO effect (reference) SELECT :key FROM account WHERE id = :id',
    'INSERT INTO effect (reference) VALUES (:key) ON CONFLICT DO NOTHING',
    'INSERT INTO effect (reference) VALUES (:key) ON DUPLICATE KEY UPDATE amount = 1',
    'INSERT IGNORE INTO effect (reference) VALUES (:key)',
    'INSERT OR REPLACE INTO effect (reference) VALUES (:key)',
    'INSERT INTO effect VALUES (:key)',
    "UPDATE effect SET reference = :key WHERE reference = 'INSERT INTO effect (reference) VALUES ('",
  ])
    assert.equal(inserts(sql), false, sql);
});

describe('the money rules of SQL, each with its place', () => {
  let files: ConnectorFiles;
  before(async () => {
    files = await readConnectorFolder(join(import.meta.dirname, '../../../../../connectors/sql-core'));
  });
  const linesOf = (file: string, from: string | RegExp, to: string): readonly string[] => {
    const text = file === 'connector.yaml' ? files.connector : (files.operations.get(file) ?? '');
    const changed = text.replace(from, () => to);
    assert.notEqual(changed, text, `${from} is in ${file}`);
    const operations = new Map([...files.operations].map(([name, each]) => [name, name === file ? changed : each]));
    return compileConnector({ connector: file === 'connector.yaml' ? changed : files.connector, operations }).problems.map(
      (problem) => `${problem.code} ${problemLine(problem)}`,
    );
  };
  const PREPARE = 'operations/transfer.prepare.yaml';
  const ASK = /^ {6}ask:\n( {8}.*\n)+/m;
  for (const [what, file, from, to, told] of [
    [
      'a first statement that inserts nothing',
      PREPARE,
      /INSERT INTO payment_effect.*\n.*VALUES.*\n/,
      'UPDATE payment_effect SET amount = :minor WHERE reference = :reference AND account_id = :account AND currency = :currency AND transfer_id = :transfer\n',
      /^MONEY_RULE operations\/transfer\.prepare\.yaml:13:16 the first statement inserts the reference/,
    ],
    [
      'a reference that is passed over where it is there',
      PREPARE,
      ':currency, :transfer)',
      ':currency, :transfer) ON CONFLICT DO NOTHING',
      /^MONEY_RULE operations\/transfer\.prepare\.yaml:13:16 the first statement inserts the reference/,
    ],
    [
      'a reference that is not the key',
      PREPARE,
      'reference: =key',
      'reference: =op.transferId',
      /^MONEY_RULE operations\/transfer\.prepare\.yaml:13:16 the first statement binds `key`/,
    ],
    [
      'a reference that need not be one row',
      PREPARE,
      '            transfer: =op.transferId\n',
      '            transfer: =op.transferId\n          rows: "2"\n',
      /^MONEY_RULE .*:22:17 the reference is one row/,
    ],
    [
      'no key',
      PREPARE,
      '      key: { keepsRefusals: "true", keptFor: 365d }\n',
      '',
      /^MONEY_RULE .*an unknown COMMIT is settled by inserting the reference again/,
    ],
    ['no enquiry', PREPARE, ASK, '', /^MONEY_RULE .*what stands under a reference that is there already is read by `ask`/],
    ['a row that is not there as proof', PREPARE, 'absent: =free', 'absent: =$not($exists(row))', /^MONEY_RULE .*say `absent: =free`/],
    [
      'money in a read',
      PREPARE,
      /transaction:\n[\s\S]*? {4}ok:/,
      'sql: UPDATE account SET balance = 1 WHERE id = :account\n      with: { account: =quote.facts.accountId }\n    ok:',
      /^(EXPRESSION_CUT|MONEY_RULE) /,
    ],
    [
      'a read that changes something',
      'operations/quote.create.yaml',
      'sql: SELECT fee FROM tariff WHERE currency = :currency',
      'sql: DELETE FROM tariff WHERE currency = :currency',
      /^MONEY_RULE operations\/quote\.create\.yaml:13:10 DELETE may move money/,
    ],
    [
      'a transaction in a read',
      'operations/quote.create.yaml',
      'sql: SELECT fee FROM tariff WHERE currency = :currency\n    with: { currency: "=req.currency" }',
      'effect: none\n    transaction:\n      - sql: DELETE FROM tariff WHERE currency = :currency\n        with: { currency: "=req.currency" }',
      /^MONEY_RULE operations\/quote\.create\.yaml:13:13 a transaction changes something/,
    ],
    [
      'a value without a name',
      PREPARE,
      'minor: =minor\n            currency',
      'amount: =minor\n            currency',
      /^PATH_UNBOUND operations\/transfer\.prepare\.yaml:15:56 :minor has no value/,
    ],
    [
      'a name without a value',
      PREPARE,
      'transfer: =op.transferId',
      'transfer: =op.transferId\n            more: =key',
      /^PATH_UNBOUND .*the statement has no :more/,
    ],
    [
      'a key of HTTP',
      'operations/quote.create.yaml',
      'sql: SELECT fee FROM tariff WHERE currency = :currency\n    with: { currency: "=req.currency" }',
      'get: /tariff',
      /^KEY_UNKNOWN operations\/quote\.create\.yaml:13:5 a call of core, which is of kind sql, has no get/,
    ],
    [
      'a semicolon',
      'operations/quote.create.yaml',
      'WHERE currency = :currency\n',
      'WHERE currency = :currency;\n',
      /^VALUE_WRONG operations\/quote\.create\.yaml:13:59 .*without a semicolon/,
    ],
    [
      'another kind',
      'connector.yaml',
      'kind: sql',
      'kind: sqll',
      /^VALUE_WRONG connector\.yaml:13:11 "sqll" is no kind of back end: http, sql/,
    ],
  ] as const)
    test(what, () => {
      const lines = linesOf(file, from, to);
      assert.ok(
        lines.some((line) => told.test(line)),
        lines.join('\n') || 'no fault',
      );
    });
});
