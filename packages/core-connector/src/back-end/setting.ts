import type { ValueObject } from '../expression/value.ts';
import { textIn } from '../run/fill.ts';

/** A setting that has to be there. @throws SettingMissing */
export function needed(text: Parameters<typeof textIn>[0], root: ValueObject, what: string): string {
  const value = textIn(text, root, what);
  if (value === undefined || value === '') throw new SettingMissing(`${what} of a back end is not set`);
  return value;
}

/** What a bank has to fill in, and has not. */
export class SettingMissing extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SettingMissing';
  }
}
