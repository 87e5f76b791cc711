import type { TSchema } from 'typebox';
import type { Rule } from '../check-tree.ts';
import { HTTP_BACKEND, HTTP_CALL } from '../http/http-grammar.ts';
import { ISO8583_BACKEND, ISO8583_CALL } from '../iso8583/iso8583-grammar.ts';
import { SQL_BACKEND, SQL_CALL } from '../sql/sql-grammar.ts';

/** The kinds of back ends there are. */
export const KINDS = ['http', 'sql', 'iso8583'] as const;
export type Kind = (typeof KINDS)[number];

/** What a back end of each kind may say. */
export const BACKENDS: Readonly<Record<Kind, TSchema>> = {
  http: HTTP_BACKEND,
  sql: SQL_BACKEND,
  iso8583: ISO8583_BACKEND,
};

/** The keys that a call of each kind may have. */
export const CALLS: Readonly<Record<Kind, Readonly<Record<string, TSchema>>>> = {
  http: HTTP_CALL,
  sql: SQL_CALL,
  iso8583: ISO8583_CALL,
};

/** The keys of calls of any kind. Which may stand in a call is known with its back end. */
export const CALL_KEYS: Readonly<Record<string, TSchema>> = Object.assign({}, ...Object.values(CALLS));

/** The grammar of a back end. TypeBox makes plain JSON Schema, of which the grammar uses a part. */
export const backendRule = (kind: Kind): Rule => BACKENDS[kind] as unknown as Rule;
