import { type TSchema, Type } from 'typebox';
import { callTimeouts, expression, keys, named, oneOf, optional, text, whole } from '../schema-parts.ts';

const statement = {
  sql: text('One statement; `:name` is a value that is bound. A value never becomes part of the text', [
    'SELECT id FROM account WHERE msisdn = :number',
  ]),
  with: optional(named(text('The value, bound as a text; `=null` is none'), 'The values of {name} in `xml`, or of `:name` in `sql`')),
};

/** The keys of a call of a database. */
export const SQL_CALL: Readonly<Record<string, TSchema>> = {
  sql: optional(statement.sql),
  with: statement.with,
  transaction: optional(
    Type.Array(
      keys(
        {
          ...statement,
          rows: optional(whole('How many rows it must change, or give; with another number nothing is executed (default: 1)', '1')),
        },
        'A statement',
      ),
      { minItems: 1, maxItems: 20, description: 'Statements that are executed together or not at all; the first inserts the reference' },
    ),
  ),
};

/** A back end that is a database. */
export const SQL_BACKEND: TSchema = keys(
  {
    kind: oneOf(['sql'], 'What it is'),
    url: text('The database, e.g. postgres://host/database, mysql://host/database or sqlite:///path/of/the/file', ['=cfg.databaseUrl']),
    user: optional(text('The user', ['=cfg.databaseUser'])),
    password: optional(expression('Its password', '=cfg.databasePassword')),
    tls: optional(
      keys(
        {
          ca: text('PEM text of the CA that the server’s certificate must come from, or `public` for the well-known ones', [
            '=cfg.databaseCa',
          ]),
        },
        'TLS; a database on another machine is reached in no other way',
      ),
    ),
    timeouts: optional(callTimeouts()),
    limits: optional(
      keys(
        {
          inFlight: optional(whole('Connections at once', '8')),
          perSecond: optional(whole('Calls a second', '100')),
          rows: optional(whole('Rows of one answer', '1000')),
        },
        'How much the core is given to do, and may answer',
      ),
    ),
  },
  'A database (PostgreSQL, MySQL or MariaDB, SQLite)',
);
