import type { ValueObject } from '../expression/value.ts';
import type { SqlCall, SqlStatement, TextOrExpression } from '../language/operation.ts';
import { RenderFailed, textIn } from './fill.ts';

/** What a database is asked to do. Only texts, so that it is the same when it comes back from the journal. */
export interface SqlRequest {
  readonly kind: 'sql';
  readonly to: string;
  /** True: one statement that reads. False: a transaction, whose first statement inserts the reference. */
  readonly reads: boolean;
  readonly statements: readonly SqlStep[];
  /** Of an enquiry: the statement that inserts the reference. It is tried and taken back before the read, for it waits for whoever has begun. */
  readonly reference?: SqlStep;
}

export interface SqlStep {
  /** Verb and table. */
  readonly title: string;
  /** One more than `values`, which stand between them and are bound. */
  readonly texts: readonly string[];
  readonly names: readonly string[];
  readonly values: readonly (string | null)[];
  readonly rows?: string;
}

/** More than any statement needs, in characters. */
const VALUES_MAX = 65_536;

/** Makes the request of a call of a database. @throws RenderFailed, EvaluationFailed */
export function renderSql({ to, reads, statements }: SqlCall, root: ValueObject): SqlRequest {
  return { kind: 'sql', to, reads, statements: statements.map((statement) => step(statement, root)) };
}

function step({ title, texts, names, values, rows }: SqlStatement, root: ValueObject): SqlStep {
  const given = new Map(values.map(([name, value]) => [name, boundValue(name, value, root)]));
  const bound = names.map((name) => given.get(name) ?? null);
  if (bound.reduce((sum, value) => sum + (value?.length ?? 0), 0) > VALUES_MAX)
    throw new RenderFailed(`the values of a statement have more than ${VALUES_MAX} characters`);
  return { title, texts, names, values: bound, ...(rows !== undefined && { rows }) };
}

/** Drivers take what is missing for NULL, and write lists and objects as they please: neither is bound. */
function boundValue(name: string, value: TextOrExpression, root: ValueObject): string | null {
  if (value.kind === 'expression' && value.expression.evaluate(root) === null) return null;
  const text = textIn(value, root, `the value :${name}`);
  if (text === undefined) throw new RenderFailed(`the value :${name} is missing; \`null\` says that there is none`);
  if (text.includes('\u0000')) throw new RenderFailed(`the value :${name} has a character that no database keeps`);
  return text;
}
