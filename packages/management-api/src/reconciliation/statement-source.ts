import { createHash } from 'node:crypto';
import { readStatement, StatementInvalid, type StatementRow } from '@payment-manager/mojaloop-connector';
import { Problem, type ShownProblem, switchedOff } from '../server/problem.ts';

/** Whose statement: our core’s, or the hub’s own. */
export type Side = 'core' | 'hub';
export const SIDES: readonly Side[] = ['core', 'hub'];

/** What asking for a statement came to. `reason`: a sentence for people, without secrets. */
export type Asked =
  | { readonly kind: 'came'; readonly bytes: Uint8Array }
  | { readonly kind: 'not-there' }
  | { readonly kind: 'failed'; readonly reason: string };

/** Asks for the statement of one business day, `YYYY-MM-DD`; limited in time and size. Never rejects. */
export type StatementSource = (date: string) => Promise<Asked>;

/** Those that are configured. */
export type StatementSources = Readonly<Partial<Record<Side, StatementSource>>>;

/** A statement as it came. */
export interface PulledStatement {
  readonly rows: readonly StatementRow[];
  /** Of its bytes, in hexadecimal digits. */
  readonly sha256: string;
}

/** Pulls a statement, and reads it. @throws Problem `SWITCHED_OFF`, `STATEMENT_NOT_THERE`, `STATEMENT_NOT_PULLED`, `STATEMENT_INVALID` */
export async function pullStatement(sources: StatementSources, side: Side, date: string): Promise<PulledStatement> {
  const source = sources[side];
  if (source === undefined) throw switchedOff(`The statement of the ${side} is not pulled.`, `reconciliation.statements.${side}.url`);
  const asked = await source(date);
  if (asked.kind === 'not-there')
    throw problem(404, side, {
      code: 'STATEMENT_NOT_THERE',
      message: `The ${side} has no statement of ${date} yet.`,
      advice: 'Try again later, or upload it.',
    });
  if (asked.kind === 'failed')
    throw problem(502, side, {
      code: 'STATEMENT_NOT_PULLED',
      message: `The statement of the ${side} could not be pulled: ${asked.reason}`,
      advice: 'Upload it, or have the cause mended and try again.',
    });
  return { rows: rowsOf(asked.bytes, side), sha256: createHash('sha256').update(asked.bytes).digest('hex') };
}

function rowsOf(bytes: Uint8Array, side: Side): readonly StatementRow[] {
  const invalid = (why: string): Problem =>
    problem(409, side, {
      code: 'STATEMENT_INVALID',
      message: `The statement that the ${side} gave cannot be read: ${why}.`,
      advice: 'Have its form corrected (docs/exceptions.md), or upload another.',
    });
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalid('it is not UTF-8');
  }
  try {
    return readStatement(text);
  } catch (error) {
    if (error instanceof StatementInvalid) throw invalid(error.message);
    throw error;
  }
}

/** It came, and is of another day: acted upon, it would have money booked a second time. */
export class OtherDay extends Problem {
  readonly side: Side;
  constructor(side: Side, why: string) {
    super(409, {
      code: 'STATEMENT_OF_ANOTHER_DAY',
      message: `The statement that the ${side} gave is not of this day: ${why}.`,
      place: `body.pull.${side}`,
      advice: 'Correct where it is pulled from, or upload the right one.',
    });
    this.side = side;
  }
}

function problem(status: number, side: Side, shown: Omit<ShownProblem, 'place'>): Problem {
  return new Problem(status, { ...shown, place: `body.pull.${side}` });
}
