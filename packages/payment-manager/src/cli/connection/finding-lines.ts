import type { Finding, FindingState } from '@payment-manager/operations/doctor';
import { printable, style } from '../terminal.ts';

const marks: Readonly<Record<FindingState, string>> = {
  ok: style.good('ok     '),
  warning: style.warn('look at'),
  broken: style.bad('broken '),
  skipped: style.dim('skipped'),
};

const partWidth = 18;
const checkWidth = 18;

/** A finding as one line, or two with what to do. */
export function findingLine({ part, check, state, message, remedy }: Finding): string[] {
  const line = `${marks[state]}  ${part.padEnd(partWidth)}  ${check.padEnd(checkWidth)}  ${printable(message)}`;
  return remedy === undefined ? [line] : [line, `${' '.repeat(partWidth + checkWidth + 13)}${style.key('do:')} ${printable(remedy)}`];
}
