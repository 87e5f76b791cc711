import { DatabaseUnavailable } from '@payment-manager/database';
import { JournalUnavailable } from './journal.ts';

/** Tells the database's errors as the journal's; anything else is a defect and stays what it is. */
export async function orUnavailable<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw unavailableOf(error);
  }
}

/** The same, of an error that was caught. */
export function unavailableOf(error: unknown): unknown {
  if (!(error instanceof DatabaseUnavailable)) return error;
  return new JournalUnavailable(`The journal is not available (${error.code}): ${error.message}`, { cause: error });
}
