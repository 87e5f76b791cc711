/** A statement cut at its values: `texts` has one more than `names`, which stand between them. */
export interface SqlText {
  readonly texts: readonly string[];
  readonly names: readonly string[];
  readonly verb: SqlVerb;
  /** Verb and table, for people and fixtures: `INSERT payment_effect`. */
  readonly title: string;
  /** Does it insert one row of values, and fail where there is one already? */
  readonly insertsValues: boolean;
}

export const SQL_VERBS = ['SELECT', 'WITH', 'INSERT', 'UPDATE', 'DELETE'] as const;
export type SqlVerb = (typeof SQL_VERBS)[number];

/** What is wrong with a statement, and where. */
export class SqlInvalid extends Error {
  /** 0-based. */
  readonly index: number;

  constructor(message: string, index: number) {
    super(message);
    this.name = 'SqlInvalid';
    this.index = index;
  }
}

const QUOTES = '\'"`';
const NAME = /[A-Za-z][A-Za-z0-9_]{0,62}/y;

/**
 * What databases read differently, or what hides something from a reader: a statement has none of it. Each character outside quotes, with
 * the reason.
 */
const REFUSED: Readonly<Record<string, string>> = {
  ';': 'a call has one statement, without a semicolon; several stand under `transaction`',
  '#': 'a comment stands in YAML, and an operator with # is another in each database',
  $: 'a value is written :name',
  '?': 'a value is written :name',
  '@': 'a variable of the session would outlive the call',
  '\\': 'databases read a backslash differently',
};

/** Reads a statement, so that its values can be bound. @throws SqlInvalid */
export function readSql(sql: string): SqlText {
  const texts: string[] = [];
  const names: string[] = [];
  /** Without what stands in quotes: for what the statement is. */
  let bare = '';
  let from = 0;
  for (let at = 0; at < sql.length; at++) {
    const sign = sql[at] as string;
    if (QUOTES.includes(sign)) {
      const end = closing(sql, at);
      bare += sign === "'" ? "''" : sql.slice(at, end + 1);
      at = end;
    } else if (REFUSED[sign] !== undefined) throw new SqlInvalid(REFUSED[sign], at);
    else if (sql.startsWith('--', at) || sql.startsWith('/*', at)) throw new SqlInvalid('a comment stands in YAML, not in a statement', at);
    else if (sign !== ':') bare += sign;
    else if (sql[at + 1] === ':') {
      bare += '::';
      at++;
    } else {
      const name = nameAt(sql, at + 1);
      texts.push(sql.slice(from, at));
      names.push(name);
      bare += ':value';
      at += name.length;
      from = at + 1;
    }
  }
  texts.push(sql.slice(from).trimEnd());
  return { texts, names, ...whatItIs(bare.trim()) };
}

function closing(sql: string, at: number): number {
  const quote = sql[at] as string;
  for (let end = at + 1; end < sql.length; end++) {
    if (sql[end] === '\\') throw new SqlInvalid(REFUSED['\\'] as string, end);
    if (sql[end] !== quote) continue;
    if (sql[end + 1] !== quote) return end;
    end++;
  }
  throw new SqlInvalid(`the ${quote} is not closed`, at);
}

function nameAt(sql: string, at: number): string {
  NAME.lastIndex = at;
  const name = NAME.exec(sql)?.[0];
  if (name === undefined) throw new SqlInvalid('a value is written :name, with letters, digits and _', at - 1);
  return name;
}

const TABLE: Readonly<Record<SqlVerb, RegExp>> = {
  SELECT: /\bFROM\s+([\w."`]+)/i,
  WITH: /\bFROM\s+([\w."`]+)/i,
  INSERT: /^INSERT\s+INTO\s+([\w."`]+)/i,
  UPDATE: /^UPDATE\s+([\w."`]+)/i,
  DELETE: /^DELETE\s+FROM\s+([\w."`]+)/i,
};

function whatItIs(bare: string): Pick<SqlText, 'verb' | 'title' | 'insertsValues'> {
  const word = /^[A-Za-z]+/.exec(bare)?.[0].toUpperCase();
  const verb = SQL_VERBS.find((each) => each === word);
  if (verb === undefined) throw new SqlInvalid(`a statement begins with one of ${SQL_VERBS.join(', ')}`, 0);
  const table = TABLE[verb].exec(bare)?.[1]?.replaceAll(/["`]/g, '');
  // INSERT IGNORE, INSERT OR REPLACE, INSERT … SELECT, ON CONFLICT and ON DUPLICATE KEY all say nothing of a row that is there already
  const insertsValues = /^INSERT\s+INTO\s+[\w."`]+\s*\([^()]*\)\s*VALUES\s*\(/i.test(bare) && !/\bON\s+(CONFLICT|DUPLICATE)\b/i.test(bare);
  return { verb, title: table === undefined ? verb : `${verb} ${table}`, insertsValues };
}
