import { errorAnswer, type FineractAnswer, FineractRefusal } from './answers.ts';
import type { FineractParts } from './tenant.ts';

/** One command of Fineract: what changes something, under a key. */
export interface Command {
  /** `DEPOSIT`: a key is one for each action and entity, not for each account or amount. */
  readonly action: string;
  readonly entity: string;
  /** Absent: Fineract makes one up, and a repeat is another command. */
  readonly key: string | undefined;
  /** The request's own body, which a 425 gives back. */
  readonly body: string;
  /** Does it, and answers with it. @throws FineractRefusal */
  readonly work: () => FineractAnswer;
}

/** Fineract died between two of its commits: the connection breaks, and what it had written stays. */
export class Crashed extends Error {}

/** Where a fault of the core's book strikes within a command: after its key was saved, and after it was booked and before its result was saved. */
export const CRASH_POINTS = ['fineract key-saved', 'fineract booked'] as const;

const KEY_LENGTH = 50;
/** Fineract tries for so long before it says that the first is under processing. */
const UNDER_PROCESSING_MS = 3_000;

/**
 * Runs a command in the three commits of Fineract: its key, the booking, the result. What was processed or refused before is served again;
 * what is under processing, or was when Fineract died, is 425. @throws Crashed
 */
export async function execute(parts: FineractParts, command: Command): Promise<FineractAnswer> {
  const { db, timers } = parts;
  const known = kept(parts, command);
  if (known === 'under processing') {
    await new Promise<void>((resolve) => void timers.after(UNDER_PROCESSING_MS, resolve));
    return { status: 425, body: command.body };
  }
  if (known !== undefined) return known;
  if (isTooLong(command)) return errorAnswer(500, 'error.msg.data.integrity.issue');
  saveKey(parts, command);
  let answer = await strike(parts, CRASH_POINTS[0]);
  try {
    answer ??= db.transaction(command.work);
  } catch (error) {
    if (!(error instanceof FineractRefusal)) throw error;
    answer = error.answer;
  }
  await strike(parts, CRASH_POINTS[1]);
  saveResult(parts, command, answer);
  return answer;
}

/** The same within an enclosing transaction, which is one commit: an error leaves no key. */
export function executeInside(parts: FineractParts, command: Command): FineractAnswer {
  const known = kept(parts, command);
  if (known === 'under processing') return { status: 425, body: command.body };
  if (known !== undefined) return known;
  if (isTooLong(command)) return errorAnswer(500, 'error.msg.data.integrity.issue');
  try {
    const answer = command.work();
    saveKey(parts, command);
    saveResult(parts, command, answer);
    return answer;
  } catch (error) {
    if (!(error instanceof FineractRefusal)) throw error;
    return error.answer;
  }
}

const isTooLong = ({ key = '' }: Command): boolean => key.length > KEY_LENGTH;

function kept({ db }: FineractParts, { action, entity, key }: Command): FineractAnswer | 'under processing' | undefined {
  if (key === undefined) return undefined;
  const row = db.row('SELECT status, body FROM fineract_commands WHERE action = ? AND entity = ? AND key = ?', action, entity, key);
  if (row === undefined) return undefined;
  return row['status'] === null ? 'under processing' : { status: Number(row['status']), body: String(row['body']), fromCache: true };
}

function saveKey({ db }: FineractParts, { action, entity, key }: Command): void {
  if (key !== undefined) db.run('INSERT INTO fineract_commands (action, entity, key) VALUES (?, ?, ?)', action, entity, key);
}

/** Errors stay under their key, too. */
function saveResult({ db }: FineractParts, { action, entity, key }: Command, { status, body }: FineractAnswer): void {
  if (key === undefined) return;
  const set = 'UPDATE fineract_commands SET status = ?, body = ? WHERE action = ? AND entity = ? AND key = ?';
  db.run(set, status, body, action, entity, key);
}

/**
 * What a fault says of this point: `delay` makes the command slow (a repeat meanwhile is 425), `reject` makes it fail with that status,
 * which stays under its key, and anything else is a crash.
 */
async function strike({ faults, timers }: FineractParts, operation: (typeof CRASH_POINTS)[number]): Promise<FineractAnswer | undefined> {
  // a fault that is about every operation is about calls
  if (!faults.list().some(({ rule }) => rule.operation === operation)) return undefined;
  const action = faults.strike({ operation, direction: 'in' });
  if (action === undefined) return undefined;
  if (action.kind === 'reject') return errorAnswer(action.status, action.message ?? 'error.msg.platform.service.conflict');
  if (action.kind !== 'delay') throw new Crashed(operation);
  await new Promise<void>((resolve) => void timers.after(action.ms, resolve));
  return undefined;
}
