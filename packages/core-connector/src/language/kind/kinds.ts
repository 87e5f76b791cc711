import type { Expression } from '../../expression/compile.ts';
import type { Names } from '../compile-values.ts';
import { HTTP } from '../http/http-kind.ts';
import { ISO8583 } from '../iso8583/iso8583-kind.ts';
import type { Call } from '../operation.ts';
import { SQL } from '../sql/sql-kind.ts';
import type { BackEndKind } from './back-end-kind.ts';
import type { Kind } from './grammars.ts';

const BY_NAME: Readonly<Record<Kind, BackEndKind>> = { http: HTTP, sql: SQL, iso8583: ISO8583 };

/** What the language knows of a kind of back end. */
export function kindNamed(kind: Kind): BackEndKind {
  return BY_NAME[kind];
}

/** What predicates see of the answer to a call. Of one that has a fault nothing more is told. */
export function answerOf(call: Call | undefined): Names {
  return call === undefined ? ANY_ANSWER : BY_NAME[call.kind].answer;
}

/** Members of the answers of all kinds: what the error table looks at. */
export const ANY_ANSWER: Names = Object.assign({}, ...Object.values(BY_NAME).map(({ answer }) => answer));

/** Every expression of a call. */
export function expressionsOf(call: Call): readonly Expression[] {
  return BY_NAME[call.kind].expressionsOf(call);
}
