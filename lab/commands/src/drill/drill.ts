import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox } from '@payment-manager/local-scheme';
import { type Command, CommandFailed, EXIT_CODES, stayAlive, style, table } from '@payment-manager/payment-manager';
import { createHttpClient } from '@payment-manager/runtime';
import { failures } from './failures/failures.ts';
import { type DrillReport, restoreDrill, seconds } from './restore-drill.ts';

/** `./pm drill restore`, `./pm drill failures`: a bad day, in a sandbox of its own. */
export const drill: Command = async ([what], options, terminal) => {
  if (what === 'failures') return failures([], options, terminal);
  if (what === 'restore') return restore([], options, terminal);
  throw new CommandFailed(EXIT_CODES.usage, `There are two drills: ./pm drill restore, ./pm drill failures. Not '${what ?? ''}'.`);
};

/** So that a drill of seconds has a tail to lose and a copy to put back; in production minutes are usual. */
const COPY_EVERY_MS = 3_000;

/** `./pm drill restore`: exit code 1 where a payment of the lost tail is not known as the hub knows it. */
const restore: Command = async (_args, options, terminal) => {
  const payments = Number(options['payments'] ?? 10);
  if (!Number.isSafeInteger(payments) || payments < 1 || payments > 1_000)
    throw new CommandFailed(EXIT_CODES.usage, '--payments is a number from 1 to 1000.');
  const json = options['json'] === true;
  const say = (line: string): void => void (json || terminal.out(style.dim(line)));
  const folder = await mkdtemp(join(tmpdir(), 'pm-drill-'));
  const client = createHttpClient({});
  try {
    return await stayAlive(async () => {
      say('Starting a sandbox of its own ...');
      const copies = join(folder, 'copies');
      const environment = { PM_JOURNAL_BACKUP_FOLDER: copies, PM_JOURNAL_BACKUP_EVERY_MS: String(COPY_EVERY_MS) };
      const sandbox = await startSandbox({ folder, basePort: '0', environment });
      try {
        const report = await restoreDrill({ sandbox, folder, copies, client, payments, terminal, say });
        terminal.out(json ? JSON.stringify(report, undefined, 2) : shown(report));
        return isGood(report) ? EXIT_CODES.ok : EXIT_CODES.failed;
      } finally {
        await sandbox.stop();
      }
    });
  } finally {
    await client.close();
    await rm(folder, { recursive: true, force: true });
  }
};

function isGood({ agreed, tail, mark, verified, paidAfter }: DrillReport): boolean {
  return agreed === tail && mark.newPayment === 503 && mark.knownPayment === 'COMPLETED' && verified && paidAfter === 'COMPLETED';
}

function shown(report: DrillReport): string {
  const { before, tail, rpoMs, rtoMarkedMs, rtoOpenMs, mark, agreed, verified, paidAfter, payments } = report;
  const wrong = payments.filter(({ hub, journal }) => hub !== journal);
  const rows = [
    ['payments that had ended when the copy was begun', String(before)],
    ['payments since then, lost with the journal', String(tail)],
    ['age of the newest copy at the loss (RPO)', seconds(rpoMs)],
    ['from the loss until it runs again, marked', seconds(rtoMarkedMs)],
    ['from the loss until it takes new payments (RTO)', seconds(rtoOpenMs)],
    ['under the mark: a new payment', `HTTP ${mark.newPayment}`],
    ['under the mark: a repeat of a payment of the copy', mark.knownPayment],
    ['lost payments that the journal knows as the hub does', `${agreed} of ${tail}`],
    ['./pm verify', verified ? 'passed' : 'failed'],
    ['a payment afterwards', paidAfter],
  ];
  const lines = wrong.map(({ transferId, hub, journal }) => style.bad(`${transferId}: the hub says ${hub}, the journal ${journal}`));
  return ['', table(['what', ''], rows), ...lines].join('\n');
}
