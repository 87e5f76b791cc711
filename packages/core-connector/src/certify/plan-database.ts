import type { Expression } from '../expression/compile.ts';
import { ANY } from '../expression/shape.ts';
import { itemsOf, mapOf, textOf } from '../language/check-tree.ts';
import type { Names } from '../language/compile-values.ts';
import type { Compiler } from '../language/kind/back-end-kind.ts';
import type { EffectKind } from '../language/operation-schema.ts';
import type { Tree } from '../language/yaml.ts';

/** How the tables of a database are a ledger: of a core that is reached by SQL. */
export interface PlanDatabase {
  /** The file with its tables, beside `certify.yaml`. */
  readonly schema: string;
  /** Statements that fill them. */
  readonly fill: readonly string[];
  readonly transactions: readonly PlanTransaction[];
  readonly postings: PlanPostings;
  readonly sums: { readonly sql: string; readonly booked: Expression; readonly held: Expression };
}

/** What a transaction does to the ledger, seen from its statements. */
export interface PlanTransaction {
  readonly matches: Expression;
  readonly effect: EffectKind;
  readonly reference: Expression;
}

/** The postings: a statement, and what each row of it says. */
export interface PlanPostings {
  readonly sql: string;
  readonly kind: Expression;
  readonly account: Expression;
  readonly amount: Expression;
  readonly payment: Expression;
  readonly ended: Expression;
}

const STATEMENTS: Names = { statements: ANY };
const ROW: Names = { row: ANY };

/** Compiles `database`. A missing expression was told of by the grammar. */
export function databaseOf(tree: Tree | undefined, { values }: Compiler): PlanDatabase | undefined {
  if (tree === undefined) return undefined;
  const at = (place: Tree | undefined, key: string, names: Names): Expression => values.expressionAt(place, key, names) as Expression;
  const [postings, sums] = [mapOf(tree, 'postings'), mapOf(tree, 'sums')];
  const row = (key: string): Expression => at(postings, key, ROW);
  return {
    schema: textOf(tree, 'schema')?.text ?? '',
    fill: itemsOf(tree, 'fill').flatMap((item) => (item.kind === 'text' ? [item.text] : [])),
    transactions: itemsOf(tree, 'transactions').map((item) => ({
      matches: at(item, 'matches', STATEMENTS),
      effect: textOf(item, 'effect')?.text as EffectKind,
      reference: at(item, 'reference', STATEMENTS),
    })),
    postings: {
      sql: textOf(postings, 'sql')?.text ?? '',
      kind: row('kind'),
      account: row('account'),
      amount: row('amount'),
      payment: row('payment'),
      ended: row('ended'),
    },
    sums: { sql: textOf(sums, 'sql')?.text ?? '', booked: at(sums, 'booked', ROW), held: at(sums, 'held', ROW) },
  };
}
