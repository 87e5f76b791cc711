import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startSandbox } from '@payment-manager/local-scheme';
import { type Command, CommandFailed, type CommandOptions, EXIT_CODES, stayAlive, style, table } from '@payment-manager/payment-manager';
import { systemClock } from '@payment-manager/runtime';
import { listenForAlerts } from './alert-listener.ts';
import { FAILURES, patienceOf } from './course.ts';
import { type FailuresReport, failuresDrill, STRUCK } from './failures-drill.ts';
import { takePictures } from './pictures.ts';
import { mountSmallDisk, withOwnMounts } from './small-disk.ts';

/** `./pm drill failures`: hub, core and disk fail one after the other while payments run. Exit code 1 where money or alerts are not as they should be. */
export const failures: Command = async (_args, options, terminal) => {
  const minutes = number(options, 'minutes', 60, 3, 1_440);
  const rate = number(options, 'rate', 4, 1, 100);
  const elsewhere = await withOwnMounts();
  if (elsewhere !== undefined) return elsewhere;
  const out = resolve(terminal.workingFolder, String(options['out'] ?? 'drill-failures'));
  const kept = options['folder'] === undefined ? undefined : resolve(terminal.workingFolder, String(options['folder']));
  const folder = kept ?? (await mkdtemp(join(tmpdir(), 'pm-drill-')));
  const say = (line: string): void => terminal.out(style.dim(`${new Date(systemClock.now()).toISOString().slice(11, 19)}  ${line}`));
  // traffic would take the signal as its end alone; the Payment Managers end with this process
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(EXIT_CODES.failed));
  try {
    return await stayAlive(async () => {
      const disk = await mountSmallDisk(join(folder, STRUCK, 'data'));
      say('Starting a sandbox of its own ...');
      const people = await listenForAlerts(STRUCK);
      const environment = { ...people.environment, ...patienceOf(minutes) };
      const sandbox = await startSandbox({ folder, basePort: String(options['basePort'] ?? '0'), portal: true, environment });
      try {
        const report = await failuresDrill({ sandbox, folder, out, disk, minutes, rate, terminal, say, told: people.told });
        await writeFile(join(out, 'report.json'), `${JSON.stringify(report, undefined, 2)}\n`);
        terminal.out(shown(report));
        say('Taking pictures ...');
        await takePictures({ folder, out, report });
        say(`Pictures, texts and report.json are in ${out}.`);
        return isGood(report) ? EXIT_CODES.ok : EXIT_CODES.failed;
      } finally {
        await sandbox.stop();
        await people.close();
        if (kept !== undefined) await disk.keep();
      }
    });
  } finally {
    if (kept === undefined) await rm(folder, { recursive: true, force: true }).catch(() => {});
  }
};

function number(options: CommandOptions, name: string, usual: number, least: number, most: number): number {
  const value = options[name] === undefined ? usual : Number(options[name]);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new CommandFailed(EXIT_CODES.usage, `--${name} must be a whole number from ${least} to ${most}.`);
}

/** Whether nothing is lost or doubled, and people are told once of each. */
export function isGood({ money, incidents, reconciled, verified }: FailuresReport): boolean {
  const { lost, invented, unfinished, imbalances } = money;
  return (
    [lost, invented, unfinished, imbalances].every(({ length }) => length === 0) &&
    FAILURES.every((failure) => incidents[failure] === 1) &&
    Object.values(reconciled).every(Boolean) &&
    verified
  );
}

/** The report as a person reads it. */
export function shown({ away, money, exceptions, restarts, incidents, seen, told, reconciled, verified, traffic }: FailuresReport): string {
  const clock = (at: number): string => new Date(at).toISOString().slice(11, 19);
  const rows = [
    ...away.map(({ failure, from, to, how }) => [
      `the ${failure} was away`,
      `${clock(from)} to ${clock(to)}: ${how}; incidents of it: ${incidents[failure]}`,
    ]),
    [
      'payments of customers',
      `${money.begun} begun, ${money.completed} completed, ${money.failed} failed, ${money.undecided} without the customer’s yes or no`,
    ],
    ['committed, and the customer was not told', String(money.lost.length)],
    ['told as completed, and not committed', String(money.invented.length)],
    ['without an end', String(money.unfinished.length)],
    ['books, holds and positions that differ', money.imbalances.join('; ') || '0'],
    ['payments that need a person', String(exceptions)],
    ['its Payment Manager ended, and was started again', String(restarts)],
    ...Object.entries(reconciled).map(([date, agrees]) => [`./pm reconcile --date ${date}`, agrees ? 'no difference' : 'differences']),
    ['./pm verify', verified ? 'passed' : 'failed'],
    ['incidents in all', seen.map(({ code }) => code).join(', ')],
    ['messages by which people were told', `${told.length}: ${told.join(', ')}`],
  ];
  return [...traffic, '', table(['what', ''], rows)].join('\n');
}
