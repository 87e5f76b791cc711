import type { Finding, FindingState } from '@payment-manager/operations/doctor';
import { printable, style } from '../terminal.ts';

const marks: Readonly<Record<FindingState, string>> = {
  passed: style.good('passed '),
  warning: style.warn('warning'),
  failed: style.bad('failed '),
  skipped: style.dim('skipped'),
};

const PART_WIDTH = 18;
const CHECK_WIDTH = 18;

/** A finding as one line, or two with what to do. */
export function findingLine({ part, check, state, message, remedy }: Finding): string[] {
  const line = `${marks[state]}  ${part.padEnd(PART_WIDTH)}  ${check.padEnd(CHECK_WIDTH)}  ${printable(message)}`;
  return remedy === undefined ? [line] : [line, `${' '.repeat(PART_WIDTH + CHECK_WIDTH + 13)}${style.key('do:')} ${printable(remedy)}`];
}
