import { isReady, newsOf, type Progress, phasesOf, type Step } from '@payment-manager/connection-manager-client/onboarding';
import type { Finding } from '@payment-manager/operations/doctor';
import type { KeptTest } from '@payment-manager/operations/readiness-test';
import { systemClock, systemTimers } from '@payment-manager/runtime';
import { printable, style, type Terminal } from '../terminal.ts';

const POLL_MS = 200;

/** Tells every change, until all is ready or nothing has changed for so long; what never began is told at the end. */
export async function follow(progress: Pick<Progress, 'read'>, patienceMs: number, tell: (line: string) => void): Promise<readonly Step[]> {
  const told = new Map<Step['artefact'], Step>();
  let changedAt = systemClock.monotonic();
  for (;;) {
    const steps = await progress.read();
    const news = newsOf(told, steps).filter(({ reason }) => reason !== 'STARTING');
    for (const step of news) {
      told.set(step.artefact, step);
      for (const line of stepLines(step)) tell(line);
    }
    const now = systemClock.monotonic();
    if (news.length > 0) changedAt = now;
    if (isReady(steps) || now - changedAt >= patienceMs) {
      for (const step of newsOf(told, steps)) for (const line of stepLines(step)) tell(line);
      return steps;
    }
    await new Promise<void>((resolve) => void systemTimers.after(POLL_MS, resolve));
  }
}

const stateMarks: Readonly<Record<Step['state'], string>> = {
  Ready: style.good('done   '),
  Progressing: style.warn('waits  '),
  Failed: style.bad('failed '),
};

function stepLines({ artefact, state, reason, message, nextStep, details = [] }: Step): string[] {
  const rest = state === 'Ready' ? [] : [...details, ...(nextStep === undefined ? [] : [`${style.key('next:')} ${nextStep}`])];
  const code = state === 'Failed' ? `${reason}: ` : '';
  return [`${stateMarks[state]}  ${artefact.padEnd(16)}  ${printable(code + message)}`, ...rest.map((line) => `${' '.repeat(27)}${line}`)];
}

/** What the last readiness test came to, in one line. */
export function lastTestLine(test: KeptTest | undefined): string {
  if (test === undefined) return style.dim('Not tested yet.');
  const well = test.checks.filter(({ state }) => state === 'passed').length;
  const outcome = `${test.passed ? 'passed' : 'failed'}, ${well} of ${test.checks.length} passed`;
  const since = test.changed.length === 0 ? '' : `; changed since then, and not covered: ${test.changed.join(', ')}`;
  return style.dim(`Last tested on ${new Date(test.at).toISOString().slice(0, 16)}Z by ${printable(test.by)}: ${outcome}${since}.`);
}

/** What an onboarding came to. */
export interface Concluded {
  readonly fspId: string;
  /** The command that follows it. */
  readonly onboard: string;
  readonly steps: readonly Step[];
  readonly findings: readonly Pick<Finding, 'state'>[];
  readonly connected: boolean;
}

/** Says what it came to, phase by phase. */
export function conclude({ fspId, onboard, steps, findings, connected }: Concluded, terminal: Terminal): void {
  terminal.out('');
  for (const { title, steps: own } of phasesOf(steps)) {
    const done = own.filter(({ state }) => state === 'Ready').length;
    terminal.out(`${title.padEnd(18)}${done} of ${own.length} done`);
  }
  const well = findings.filter(({ state }) => state === 'passed').length;
  terminal.out(`${'Tests'.padEnd(18)}${findings.length === 0 ? 'not started' : `${well} of ${findings.length} passed`}`);
  if (connected) terminal.out(style.good(`\n${fspId} is connected.`));
  else
    terminal.out(
      style.warn(`\n${fspId} is not connected yet. What waits for others continues while the product runs. Check again: ${onboard}`),
    );
}
