import type { Finding, FindingState } from '@payment-manager/operations/doctor';
import { printable, style } from '../terminal.ts';

const marks: Readonly<Record<FindingState, string>> = {
  passed: style.good('passed '),
  warning: style.warn('warning'),
  failed: style.bad('failed '),
  skipped: style.dim('skipped'),
};

const partWidth = 18;
const checkWidth = 18;

/** A finding as one line, or two with what to do. */
export function findingLine({ part, check, state, message, remedy }: Finding): string[] {
  const line = `${marks[state]}  ${part.padEnd(partWidth)}  ${check.padEnd(checkWidth)}  ${printable(message)}`;
  return remedy === undefined ? [line] : [line, `${' '.repeat(partWidth + checkWidth + 13)}${style.key('do:')} ${printable(remedy)}`];
}
