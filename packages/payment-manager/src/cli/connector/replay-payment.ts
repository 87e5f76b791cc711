import { resolve } from 'node:path';
import type { Config, StandAloneConfig } from '@payment-manager/configuration';
import { readSecretFiles, SecretUnreadable } from '@payment-manager/configuration/files';
import {
  type CoreEvent,
  compileConnector,
  FolderInvalid,
  filesVersion,
  type Replayed,
  readConnectorFolder,
  recordClaim,
  replay,
  type Said,
  saidText,
  settingValues,
} from '@payment-manager/core-connector';
import { keyFor, readSealingKey } from '@payment-manager/credentials';
import { type ChangedRecord, heldBy } from '@payment-manager/journal';
import { readMessages, type Stored } from '@payment-manager/messages';
import { createSealer, recordedLog, systemClock, systemRandom } from '@payment-manager/runtime';
import { messageStore } from '../../open-messages.ts';
import type { CommandOptions } from '../commands.ts';
import { configurationFile, loadConfiguration } from '../configuration-file.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import { configuredView } from '../journal/journal-view.ts';
import { stayAlive } from '../stay-alive.ts';
import { printable, style, type Terminal } from '../terminal.ts';
import { standAloneConfiguration } from './stand-alone-configuration.ts';
import { tellProblems } from './tell-problems.ts';

const EXAMPLE = './pm connector replay TRANSFER_ID --connector connectors/rest-core';
const SIDES = ['payee', 'payer'] as const;
const EVER_MS = Date.UTC(9999, 11, 31);

/**
 * `./pm connector replay TRANSFER_ID --connector FOLDER`: what the journal holds of a payment at the core, against an edited connector, with the
 * settings of the configuration. Nothing is sent, and nothing written; names, numbers and other values are shown with `--personal` alone. Exit code 1
 * when something would be otherwise, or is not known.
 */
export async function replayPayment(transferId: string, options: CommandOptions, terminal: Terminal): Promise<number> {
  const { connector: given } = options;
  if (transferId === '' || typeof given !== 'string')
    throw new CommandFailed(EXIT_CODES.usage, `Say which payment, and which connector: ${EXAMPLE}`);
  const folder = resolve(terminal.workingFolder, given);
  const files = await readConnectorFolder(folder).catch((error: unknown) => {
    if (error instanceof FolderInvalid) throw new CommandFailed(EXIT_CODES.unavailable, `No connector is in ${folder}: ${error.message}.`);
    throw error;
  });
  if (tellProblems(files, terminal) > 0) return EXIT_CODES.failed;
  const { connector } = compileConnector(files);
  const config = await eitherConfiguration(options, folder, terminal);
  const { cfg, problems } = settingValues(connector, { settings: config.core.settings, secrets: await secretsOf(config) });
  for (const problem of problems) terminal.out(printable(problem));
  if (problems.length > 0)
    throw new CommandFailed(EXIT_CODES.failed, 'The connector cannot be replayed with the settings of the configuration.');
  const key = await readSealingKey(config.dataFolder);
  if (key === undefined) throw new CommandFailed(EXIT_CODES.config, `There is no journal.key in ${config.dataFolder}.`);
  const { records, messages, unreadable } = await stayAlive(() => kept(config, key, transferId));
  if (unreadable !== undefined)
    terminal.err(
      `${unreadable.frames} stored batches of messages could not be read, and answers of the core may be in them. ${unreadable.why}`,
    );
  if (records.length === 0)
    throw new CommandFailed(EXIT_CODES.failed, `The journal has no record of ${printable(transferId)} at the core.`);
  const running = { connector, version: filesVersion(files), cfg };
  const sealer = createSealer(key, systemRandom);
  let same = true;
  for (const record of records) {
    if (record.pruned)
      throw new CommandFailed(EXIT_CODES.failed, `What happened at the core was pruned: ${printable(transferId)} cannot be replayed.`);
    same =
      tell(replay({ running, events: record.events as readonly CoreEvent[], sealer, messages }), options['personal'] === true, terminal) &&
      same;
  }
  return same ? EXIT_CODES.ok : EXIT_CODES.failed;
}

type Configured = Config | StandAloneConfig;

/** That of a Payment Manager, or of a connector in a process of its own: `--config` may name either. @throws CommandFailed (78) saying what is wrong with the first */
async function eitherConfiguration(options: CommandOptions, folder: string, terminal: Terminal): Promise<Configured> {
  const file = configurationFile(options, terminal);
  try {
    return (await loadConfiguration(file, terminal)).config;
  } catch (error) {
    if (file === undefined) throw error;
    // which connector it runs may be said at its start alone
    return standAloneConfiguration(file, terminal, { PM_CORE_CONNECTOR: folder }).catch(() => Promise.reject(error));
  }
}

async function secretsOf({ core }: Configured): Promise<Readonly<Record<string, string>>> {
  try {
    return await readSecretFiles(core.secretFiles, 'core.secretFiles');
  } catch (error) {
    if (error instanceof SecretUnreadable) throw new CommandFailed(EXIT_CODES.config, error.message);
    throw error;
  }
}

/** What journal and messages have of it; both are only read. */
async function kept(
  config: Configured,
  key: Uint8Array,
  transferId: string,
): Promise<{ readonly records: readonly ChangedRecord[] } & Pick<Stored, 'messages' | 'unreadable'>> {
  const view = await configuredView(config).open();
  const store = messageStore(config, { clock: systemClock, random: systemRandom, log: recordedLog(1) });
  try {
    const records = await heldBy(
      view,
      SIDES.map((side) => recordClaim(side, transferId)),
    );
    if (config.messages.keepDays === 0 || records.length === 0) return { records, messages: [] };
    const times = { fromMs: 0, toMs: EVER_MS, partiesFromMs: 0, partiesUntilMs: 0 };
    return { records, ...(await readMessages(store, keyFor('messages', key), { ids: [transferId], parties: [], ...times })) };
  } finally {
    await Promise.all([view.close(), store.close()]);
  }
}

function tell({ lines, differences, unknown }: Replayed, personal: boolean, terminal: Terminal): boolean {
  const shown = (said: Said) => printable(saidText(said, personal));
  for (const line of lines) terminal.out(shown(line));
  for (const said of differences) terminal.out(`${style.bad('differs')}  ${shown(said)}`);
  for (const said of unknown) terminal.out(`${style.warn('unknown')}  ${shown(said)}`);
  if (differences.length + unknown.length === 0) terminal.out(style.good('Nothing would be otherwise.'));
  return differences.length + unknown.length === 0;
}
