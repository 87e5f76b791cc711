import { type ConnectorFiles, compileConnector, problemLine } from '@payment-manager/core-connector';
import { printable, style, type Terminal } from '../terminal.ts';

/** Tells every fault of a connector with its place; how many there are. */
export function tellProblems(files: ConnectorFiles, terminal: Terminal): number {
  const { problems } = compileConnector(files);
  for (const problem of problems) terminal.out(`${printable(problemLine(problem))} ${style.dim(`(${problem.code})`)}`);
  if (problems.length > 0) terminal.out(style.bad(problems.length === 1 ? '1 fault.' : `${problems.length} faults.`));
  return problems.length;
}
