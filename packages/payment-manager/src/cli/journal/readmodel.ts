import { DatabaseUnavailable } from '@payment-manager/database';
import { isNewAfter } from '@payment-manager/journal';
import { type OpenedFeeder, openFeeder, paymentQueries, rebuild } from '@payment-manager/read-model';
import { systemClock, systemTimers } from '@payment-manager/runtime';
import { readModelSource } from '../../open-read-model.ts';
import type { Command, CommandOptions } from '../commands.ts';
import { configurationFile, loadConfiguration } from '../configuration-file.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import { stayAlive } from '../stay-alive.ts';
import { style, type Terminal } from '../terminal.ts';
import { commandLog } from './command-log.ts';

const PROGRESS_EVERY_MS = 1_000;

/** `./pm readmodel status`, `./pm readmodel rebuild`: of a product that runs or not. */
export const readmodel: Command = async ([verb = 'status'], options, terminal) => {
  if (verb !== 'status' && verb !== 'rebuild')
    throw new CommandFailed(EXIT_CODES.usage, `./pm readmodel status or ./pm readmodel rebuild, not ${verb}.`);
  const { config } = await loadConfiguration(configurationFile(options, terminal), terminal);
  if (!config.readModel.enabled)
    throw new CommandFailed(EXIT_CODES.config, 'There is no read model: it is switched off (readModel.enabled).');
  return stayAlive(async () => {
    let feeder: OpenedFeeder | undefined;
    try {
      feeder = await openFeeder(await readModelSource(config), config.businessDay, commandLog(terminal));
      if (verb === 'rebuild') await rebuilt(feeder, terminal);
      await told(feeder, config, options, terminal);
      return EXIT_CODES.ok;
    } catch (error) {
      if (error instanceof DatabaseUnavailable) throw new CommandFailed(EXIT_CODES.unavailable, error.message);
      throw error;
    } finally {
      await feeder?.close();
    }
  });
};

async function rebuilt(feeder: OpenedFeeder, terminal: Terminal): Promise<void> {
  const startedAt = systemClock.monotonic();
  let toldAt = startedAt;
  await rebuild({
    feeder,
    clock: systemClock,
    pause: (ms) => new Promise((resolve) => void systemTimers.after(ms, resolve)),
    onProgress({ done, by }) {
      if (systemClock.monotonic() - toldAt < PROGRESS_EVERY_MS) return;
      toldAt = systemClock.monotonic();
      terminal.err(style.dim(`  ${Math.floor(done * 100)} % (${by})`));
    },
  });
  terminal.err(style.dim(`Made anew in ${((systemClock.monotonic() - startedAt) / 1_000).toFixed(1)} s.`));
}

async function told(
  { view, rows }: OpenedFeeder,
  { businessDay }: { readonly businessDay: { readonly zone: string; readonly cutOff: string } },
  options: CommandOptions,
  terminal: Terminal,
): Promise<void> {
  const place = await rows.place();
  const counts = await paymentQueries({ asked: rows, clock: systemClock, businessDay }).counts();
  const isBehind = place === undefined || place.building !== undefined || (await isNewAfter(view, place.position));
  if (options['json'] === true) return terminal.out(JSON.stringify({ ...counts, isBehind }));
  const state =
    counts.built !== undefined ? `being made anew, ${Math.floor(counts.built * 100)} %` : isBehind ? 'behind the journal' : 'up to date';
  terminal.out(`${isBehind ? style.warn(state) : style.good(state)}  ${counts.payments} payments`);
  if (counts.unread > 0)
    terminal.out(
      style.warn(`  ${counts.unread} of them have an event that this version does not know: after the upgrade, ./pm readmodel rebuild`),
    );
}
