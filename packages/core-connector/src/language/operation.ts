import type { Packager } from '../codec/iso8583/message.ts';
import type { Expression } from '../expression/compile.ts';
import type { XmlTemplate } from './http/xml-template.ts';
import type { EffectKind, OperationName } from './operation-schema.ts';
import type { SqlText } from './sql/statement.ts';

/** A text that is known, or an expression that gives it. */
export type TextOrExpression =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'expression'; readonly expression: Expression };

/** A body or an answer as it was written: expressions at its leaves. */
export type Template =
  | TextOrExpression
  | { readonly kind: 'list'; readonly items: readonly Template[] }
  | { readonly kind: 'object'; readonly members: readonly (readonly [string, Template])[] };

/** A call of a back end, by its kind. */
export type Call = HttpCall | SqlCall | Iso8583Call;

/** A call of a back end over HTTP. */
export interface HttpCall {
  readonly kind: 'http';
  readonly to: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** The path in pieces: texts as they are, and names that `path` has a value for. */
  readonly path: readonly (string | { readonly parameter: TextOrExpression })[];
  readonly query: readonly (readonly [string, TextOrExpression])[];
  readonly headers: readonly (readonly [string, TextOrExpression])[];
  readonly body?:
    | { readonly kind: 'json'; readonly template: Template }
    | { readonly kind: 'form'; readonly fields: readonly (readonly [string, TextOrExpression])[] }
    | XmlBody;
}

/** A body in XML: a template and the values that stand in it. */
export interface XmlBody extends XmlTemplate {
  readonly kind: 'xml';
  readonly values: readonly (readonly [string, TextOrExpression])[];
}

/** A call of a database: one statement that reads, or a transaction. */
export interface SqlCall {
  readonly kind: 'sql';
  readonly to: string;
  /** False: a transaction, whose first statement inserts the reference. */
  readonly reads: boolean;
  readonly statements: readonly SqlStatement[];
}

/** A message to a host that speaks ISO 8583. */
export interface Iso8583Call {
  readonly kind: 'iso8583';
  readonly to: string;
  /** The message type, four digits. */
  readonly mti: string;
  /** The message type of each repeat. */
  readonly repeat: string | undefined;
  /** By name, e.g. `DE4`. What is drawn for each message (`Iso8583Backend.drawn`) need not be among them. */
  readonly fields: readonly (readonly [string, TextOrExpression])[];
  readonly packager: Packager;
}

export interface SqlStatement extends SqlText {
  readonly values: readonly (readonly [string, TextOrExpression])[];
  /** How many rows it must change, or give; a whole number. Undefined: any. */
  readonly rows: string | undefined;
}

export type NamedExpressions = readonly (readonly [string, Expression])[];

export type Step =
  | { readonly kind: 'check'; readonly conditions: readonly { readonly unless: Expression; readonly fail: Failure }[] }
  | { readonly kind: 'let'; readonly values: NamedExpressions }
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly call: Call;
      readonly ok: Expression | undefined;
      readonly notFound: Expression | undefined;
      readonly deadlineMs: number | undefined;
    }
  | { readonly kind: 'money'; readonly money: MoneyStep }
  | { readonly kind: 'choose'; readonly branches: readonly { readonly when: Expression | undefined; readonly steps: readonly Step[] }[] }
  | {
      readonly kind: 'use';
      readonly route: string;
      readonly arguments: readonly (readonly [string, TextOrExpression])[];
      readonly as: string | undefined;
    }
  | { readonly kind: 'fail'; readonly fail: Failure }
  | { readonly kind: 'reply'; readonly reply: Template; readonly facts: NamedExpressions };

/** What the other side is told: a valid FSPIOP code. */
export interface Failure {
  readonly code: TextOrExpression;
  readonly message: TextOrExpression | undefined;
}

/** A call that moves money, with all that says what became of it (docs/money-rules.md, 1). */
export interface MoneyStep {
  readonly name: string;
  readonly kind: EffectKind;
  readonly of: string | undefined;
  readonly as: string | undefined;
  readonly amount: Expression | undefined;
  readonly key: Expression | undefined;
  readonly call: Call;
  readonly ok: Expression;
  readonly refused: Expression | undefined;
  readonly pending: Expression | undefined;
  readonly settle: {
    readonly key?: { readonly keepsRefusals: boolean; readonly keptForMs: number };
    readonly ask?: {
      readonly call: Call;
      readonly found: Expression;
      readonly account: Expression | undefined;
      readonly kind: Expression | undefined;
      readonly amount: Expression | undefined;
      readonly refused: Expression | undefined;
      readonly pending: Expression | undefined;
      readonly absent: Expression | undefined;
      readonly facts: NamedExpressions;
      readonly quietMs: number;
    };
    readonly reverse?: {
      readonly call: Call;
      readonly ok: Expression;
      readonly quietMs: number;
      readonly everyMs: number;
      readonly forMs: number;
    };
  };
  /** The callback that says that what is pending was decided. */
  readonly awaits?: { readonly callback: string; readonly patienceMs: number };
  readonly facts: NamedExpressions;
  readonly undo: string | undefined;
  readonly instead: string | undefined;
  readonly expiresMs: number | undefined;
  /** How a hold is kept while nobody knows the outcome. `forMs`: counted from the hold. */
  readonly renew?: { readonly call: Call; readonly ok: Expression; readonly forMs: number };
  readonly deadlineMs: number | undefined;
}

/** One operation, or one of the two outcomes of `transfer.finalise`, compiled. */
export interface Operation {
  readonly name: OperationName;
  readonly on: 'COMMITTED' | 'ABORTED' | undefined;
  readonly steps: readonly Step[];
}

/** A part that operations use. */
export interface Route {
  readonly name: string;
  readonly takes: readonly string[];
  readonly steps: readonly Step[];
}
