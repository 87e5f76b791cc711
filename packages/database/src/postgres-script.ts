import type { RoomSchema } from './postgres-migrate.ts';

/** A refused operation as the batch's function tells it: its index in the batch, and whatever the room needs to know. */
export type Refusal = readonly [index: number, ...why: unknown[]];

/**
 * What a room gives to `openPostgres`: its schema, and how a batch of its operations is written in one statement.
 *
 * The statement calls a function that the room's migrations made. It gets the writer's epoch as $1, the batch's number as
 * $2, and what `encode` gives from $3 on. It must call `begin_batch($1, $2)` first and `end_batch($1, $2, changed,
 * refusals)` last, and return `refusals` (null: none). A refusal is decided before the first change; an exception undoes
 * the batch.
 */
export interface PostgresScript<Op, Result> extends RoomSchema {
  readonly batchStatement: { readonly name: string; readonly text: string };
  encode(ops: readonly Op[]): unknown[];
  /** Operations that have a key in common never share a batch, and keep their order. */
  keys(op: Op): readonly string[];
  /** The result of an operation; `refusal` when it was refused. */
  result(op: Op, refusal: Refusal | undefined): Result;
}
