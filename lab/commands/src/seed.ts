import { type Command, CommandFailed, type CommandOptions, EXIT_CODES, stayAlive, style } from '@payment-manager/payment-manager';
import { configurationFile, loadConfiguration } from '@payment-manager/payment-manager/configuration-file';
import { journalKey, openJournal } from '@payment-manager/payment-manager/open-journal';
import { createLog, seededRandom, systemClock, systemRandom, systemTimers } from '@payment-manager/runtime';
import { seedJournal } from '@payment-manager/seed';

const DAYS = 90;
const PROGRESS_EVERY_MS = 2_000;

/** `./pm seed`: payments that never happened, in the journal of a stopped product. */
export const seed: Command = async (_args, options, terminal) => {
  const [payments, days] = [wholeIn(options, 'payments', 0, 100_000_000), wholeIn(options, 'days', DAYS, 3_650)];
  const { config } = await loadConfiguration(configurationFile(options, terminal), terminal);
  const log = createLog({ level: 'warn', pretty: false, destination: { write: (line: string) => terminal.err(line.trimEnd()) } });
  const world = { clock: systemClock, timers: systemTimers, random: systemRandom, log };
  return stayAlive(async () => {
    const fatal = Promise.withResolvers<never>();
    fatal.promise.catch(() => {});
    const sealingKey = await journalKey(config, systemRandom, log);
    const journal = await openJournal(config, { ...world, sealingKey, onFatal: fatal.reject });
    try {
      const [first] = await journal.between({ fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, limit: 1 });
      if (first !== undefined && options['add'] !== true)
        throw new CommandFailed(
          EXIT_CODES.usage,
          'This journal has payments. Seed an empty one, or add to it with --add, if none of them are real.',
        );
      const startedAt = systemClock.monotonic();
      let toldAt = startedAt;
      const writing = seedJournal(journal, {
        fspId: config.fspId,
        payments,
        days,
        until: systemClock.now(),
        random: seededRandom(wholeIn(options, 'seed', 1, 2 ** 31)),
        onProgress(written) {
          if (systemClock.monotonic() - toldAt < PROGRESS_EVERY_MS) return;
          toldAt = systemClock.monotonic();
          terminal.err(style.dim(`  ${written} of ${payments}`));
        },
      });
      await Promise.race([writing, fatal.promise]);
      const seconds = (systemClock.monotonic() - startedAt) / 1_000;
      terminal.out(
        `${style.good('Seeded')}  ${payments} payments of ${config.fspId} over ${days} days, in ${seconds.toFixed(1)} s (${Math.round(payments / seconds)} a second)`,
      );
      return EXIT_CODES.ok;
    } finally {
      await journal.close();
    }
  });
};

function wholeIn(options: CommandOptions, name: string, otherwise: number, most: number): number {
  const value = Number(options[name] ?? otherwise);
  if (!Number.isSafeInteger(value) || value < 1 || value > most)
    throw new CommandFailed(EXIT_CODES.usage, `--${name} is a whole number from 1 to ${most}.`);
  return value;
}
