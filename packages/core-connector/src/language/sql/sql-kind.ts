import { ANY, BOOLEAN, NUMBER, TEXT } from '../../expression/shape.ts';
import type { SqlBackend } from '../backend.ts';
import type { BackEndKind } from '../kind/back-end-kind.ts';
import { expressionsIn } from '../kind/expressions.ts';
import type { MoneyStep, SqlCall } from '../operation.ts';
import type { Place } from '../problem.ts';
import { compileSqlBackend, compileSqlCall } from './compile-sql.ts';

/** Databases. */
export const SQL: BackEndKind<SqlBackend, SqlCall> = {
  // `state` is DONE or REFUSED; `free`, of an enquiry: nobody has the reference, nor can anybody who began before still get it
  answer: { state: TEXT, rows: ANY, row: ANY, statement: NUMBER, sqlstate: TEXT, free: BOOLEAN },
  compileBackend: compileSqlBackend,
  compileCall: ({ name }, tree, names, compiler) => compileSqlCall(name, tree, names, compiler),
  onlyReads: ({ reads }) => reads,
  nameOf: ({ reads }) => (reads ? 'one statement' : 'a transaction'),
  expressionsOf: ({ statements }) => statements.flatMap(({ values }) => values.flatMap(([, value]) => expressionsIn(value))),
  moneyRules,
};

/** A reference that is there already is looked at, and an unknown COMMIT is settled by inserting it again. */
function moneyRules(
  call: SqlCall,
  { settle }: MoneyStep,
  at: (key: string) => Place,
  refuse: (place: Place, message: string) => void,
): void {
  const { key, ask, reverse } = settle;
  const place = at('settle');
  if (key?.keepsRefusals !== true)
    refuse(place, 'an unknown COMMIT is settled by inserting the reference again: say `key: { keepsRefusals: "true", keptFor: … }`');
  if (reverse !== undefined) refuse(place, 'a transaction needs no reversal: inserting its reference again tells whether it was executed');
  if (ask === undefined)
    refuse(place, 'what stands under a reference that is there already is read by `ask`: else another payment could be taken for this one');
  else if (ask.call.kind !== 'sql' || ask.call.to !== call.to) refuse(place, '`ask` reads from the database that the transaction is in');
  else if (ask.absent !== undefined && !ask.absent.reads.has('free'))
    refuse(place, 'a row that is not there proves nothing while a transaction may be open: say `absent: =free`');
}
