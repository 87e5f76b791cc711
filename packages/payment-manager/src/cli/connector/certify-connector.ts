import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  type CaseResult,
  type Certification,
  certify,
  certifyKills,
  filesVersion,
  jsonReport,
  junitReport,
  keepCertification,
  markdownReport,
  problemLine,
  readCandidate,
  readConnectorFolder,
} from '@payment-manager/core-connector';
import { systemClock } from '@payment-manager/runtime';
import type { CommandOptions } from '../commands.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import { printable, style, type Terminal } from '../terminal.ts';

const PAYMENTS = 1_000;
const PAYMENTS_MAX = 1_000_000;
/** With real processes: a minute or two. */
const PAYMENTS_KILLED = 100;
const PAYMENTS_KILLED_MAX = 10_000;
/** A failed case names this many of its faults in the terminal; the report has all. */
const FAULTS_SHOWN = 5;

/** `./pm connector certify [folder]`: the suite, against the core that `certify.yaml` describes; with `--kills real` payments whose process is killed. */
export async function certifyConnector(folder: string, options: CommandOptions, terminal: Terminal): Promise<number> {
  const real = realKills(options);
  const payments = whole(options, 'payments', real ? PAYMENTS_KILLED : PAYMENTS, real ? PAYMENTS_KILLED_MAX : PAYMENTS_MAX);
  const seed = whole(options, 'seed', 1, 2 ** 31);
  const { candidate, problems } = await readCandidate(folder);
  const json = options['json'] === true;
  if (candidate === undefined) {
    for (const problem of problems) terminal.out(`${printable(problemLine(problem))} ${style.dim(`(${problem.code})`)}`);
    throw new CommandFailed(EXIT_CODES.failed, 'What lint refuses is not certified.');
  }
  const only = typeof options['only'] === 'string' ? { only: options['only'] } : {};
  const tell = json ? undefined : progressOn(terminal, payments);
  const certification = real
    ? await certifyKills(folder, candidate, { payments, seed, clock: systemClock, progress: (done) => tell?.({ payments: done }) })
    : await certify(candidate, { payments, seed, clock: systemClock, ...only, ...(tell !== undefined && { progress: tell }) });
  if (real) for (const each of certification.cases) tell?.(each);
  if (certification.cases.length === 0) throw new CommandFailed(EXIT_CODES.usage, 'There is no such case.');
  for (const [option, text] of [
    ['report', markdownReport],
    ['junit', junitReport],
  ] as const) {
    const file = options[option];
    if (typeof file === 'string') await writeFile(resolve(terminal.workingFolder, file), text(certification));
  }
  await kept(folder, options, certification);
  if (json) terminal.out(JSON.stringify(jsonReport(certification), undefined, 2));
  else tellEnd(certification, terminal);
  return certification.failed === 0 ? EXIT_CODES.ok : EXIT_CODES.failed;
}

/** With `--keep` beside the connector, where the portal shows it: only of the whole suite, which some cases would not be. */
async function kept(folder: string, { keep, only, kills }: CommandOptions, certification: Certification): Promise<void> {
  if (keep !== true) return;
  if (only !== undefined || kills !== undefined)
    throw new CommandFailed(EXIT_CODES.usage, '--keep is for the whole suite: neither --only nor --kills go with it.');
  const version = filesVersion(await readConnectorFolder(folder));
  await keepCertification(folder, { version, at: systemClock.now() }, certification);
}

/** One line for each group of cases that passed, and one for each that did not. */
function progressOn(terminal: Terminal, payments: number): (done: CaseResult | { readonly payments: number }) => void {
  let told = 0;
  return (done) => {
    if ('payments' in done) {
      // a tenth at a time: a terminal that nobody looks at is not filled
      if (done.payments < payments && done.payments - told < payments / 10) return;
      told = done.payments;
      terminal.out(style.dim(`        ${done.payments} of ${payments} random payments`));
      return;
    }
    const { id, name, result, details } = done;
    const mark = result === 'passed' ? style.good('passed ') : result === 'failed' ? style.bad('failed ') : style.dim('skipped');
    terminal.out(`${mark}  ${printable(id)}  ${style.dim(printable(name))}`);
    if (result === 'passed') return;
    for (const detail of details.slice(0, FAULTS_SHOWN)) terminal.out(`           ${printable(detail)}`);
    if (details.length > FAULTS_SHOWN)
      terminal.out(style.dim(`           and ${details.length - FAULTS_SHOWN} more: --report <file> has all`));
  };
}

function tellEnd({ passed, failed, skipped, random, seconds }: Certification, terminal: Terminal): void {
  if (random !== undefined) {
    const { payments, committed, aborted, refused, faultsMet, kills, sums } = random;
    terminal.out(
      `${payments} payments: ${committed} committed, ${aborted} aborted, ${refused} refused; ${faultsMet} faults, ${kills} kills. ` +
        `Ledger ${sums.ledger}, records ${sums.records}, outcomes ${sums.outcomes}.`,
    );
  }
  terminal.out(`${passed} of ${passed + failed} passed, ${skipped} skipped, ${seconds.toFixed(1)} s.`);
}

/** Are processes killed, and not only played? */
function realKills({ kills, only, payments }: CommandOptions): boolean {
  if (kills === undefined) return false;
  if (kills !== 'real') throw new CommandFailed(EXIT_CODES.usage, '--kills is `real`: without it processes die in virtual time.');
  if (only !== undefined) throw new CommandFailed(EXIT_CODES.usage, '--kills real pays, and runs no other case: --only is not for it.');
  if (payments === '0') throw new CommandFailed(EXIT_CODES.usage, '--kills real needs payments.');
  return true;
}

function whole(options: CommandOptions, name: string, otherwise: number, most: number): number {
  const value = options[name];
  if (value === undefined) return otherwise;
  const number = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= 0 && number <= most) return number;
  throw new CommandFailed(EXIT_CODES.usage, `--${name} is a whole number from 0 to ${most}.`);
}
