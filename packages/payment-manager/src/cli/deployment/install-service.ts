import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from '@payment-manager/configuration';
import { serviceUnit } from '@payment-manager/deployment';
import type { Command, CommandOptions } from '../commands.ts';
import { configurationFile, loadConfiguration } from '../configuration-file.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import { style, type Terminal } from '../terminal.ts';

const root = fileURLToPath(new URL('../../../../../', import.meta.url));
const NAME = 'payment-manager';
const UNIT_FILE = `/etc/systemd/system/${NAME}.service`;

/** `./pm install-service`: Payment Manager as a service of systemd. */
export const installService: Command = async (_args, options, terminal) => {
  if (options['uninstall'] === true) return uninstall(terminal);
  const { config, file } = await loadConfiguration(configurationFile(options, terminal), terminal);
  if (file === undefined)
    throw new CommandFailed(
      EXIT_CODES.usage,
      'A service needs a configuration file: name it with --config, like /etc/payment-manager/payment-manager.yaml.',
    );
  const user = textOf(options, 'user') ?? NAME;
  const dataFolder = resolve(config.dataFolder);
  const text = unitText(config, { options, user, configFile: resolve(file), dataFolder });
  if (options['print'] === true) {
    terminal.out(text.trimEnd());
    return EXIT_CODES.ok;
  }
  mustBeRootOfSystemd();
  const ids = userIds(user, dataFolder, terminal);
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  chownSync(dataFolder, ids.uid, ids.gid);
  chmodSync(dataFolder, 0o700);
  writeFileSync(UNIT_FILE, text, { mode: 0o644 });
  terminal.out(`${style.good('written')}  ${UNIT_FILE}`);
  systemctl('daemon-reload');
  systemctl('enable', '--now', NAME);
  terminal.out(`${style.good('started')}  systemctl status ${NAME}; journalctl -u ${NAME} -f`);
  return EXIT_CODES.ok;
};

interface UnitOf {
  readonly options: CommandOptions;
  readonly user: string;
  readonly configFile: string;
  readonly dataFolder: string;
}

function unitText(config: Config, { options, user, configFile, dataFolder }: UnitOf): string {
  const { inbound, outbound, operations, management } = config;
  const ports = [inbound.port, outbound.port, operations.port, ...(management.enabled ? [management.port] : [])];
  try {
    return serviceUnit({
      user,
      program: resolve(textOf(options, 'program') ?? join(root, 'pm')),
      configFile,
      writable: [dataFolder, ...foldersBeside(config, dataFolder)],
      memoryMax: textOf(options, 'memory') ?? '1G',
      stopMs: config.shutdown.drainMs + config.shutdown.graceMs,
      lowPorts: ports.some((port) => port > 0 && port < 1_024),
    });
  } catch (error) {
    throw new CommandFailed(EXIT_CODES.usage, error instanceof Error ? error.message : String(error));
  }
}

/** Folders outside of the data folder that the product writes to. */
function foldersBeside(config: Config, dataFolder: string): readonly string[] {
  const anchor = config.journal.anchor.file;
  const folders = [...(anchor === undefined ? [] : [dirname(anchor)]), config.messages.folder, config.vault.folder];
  return folders
    .flatMap((folder) => (folder === undefined ? [] : [resolve(folder)]))
    .filter((folder) => !`${folder}/`.startsWith(`${dataFolder}/`));
}

/** What was begun is finished first; configuration, data and user stay. */
function uninstall(terminal: Terminal): number {
  mustBeRootOfSystemd();
  if (!existsSync(UNIT_FILE)) throw new CommandFailed(EXIT_CODES.unavailable, `There is no ${UNIT_FILE}: nothing is installed.`);
  systemctl('disable', '--now', NAME);
  rmSync(UNIT_FILE);
  systemctl('daemon-reload');
  terminal.out(
    `${style.good('removed')}  ${UNIT_FILE}. The configuration, the data folder and the user stay; remove them by hand when no payment is open.`,
  );
  return EXIT_CODES.ok;
}

function mustBeRootOfSystemd(): void {
  if (!existsSync('/run/systemd/system'))
    throw new CommandFailed(
      EXIT_CODES.unavailable,
      'systemd does not run on this machine. `--print` shows the unit; elsewhere a supervisor starts `./pm run --config FILE`.',
    );
  if (process.getuid?.() !== 0)
    throw new CommandFailed(EXIT_CODES.usage, 'Only root installs a service: run it with sudo. `--print` shows the unit.');
}

/** The service's user, made when it is missing: without a password, a shell, or rights. */
function userIds(user: string, home: string, terminal: Terminal): { readonly uid: number; readonly gid: number } {
  const id = (flag: string): number => Number(execFileSync('id', [flag, user], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  try {
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    execFileSync('useradd', ['--system', '--user-group', '--home-dir', home, '--no-create-home', '--shell', '/usr/sbin/nologin', user]);
    terminal.out(`${style.good('made')}  the user ${user}`);
    return { uid: id('-u'), gid: id('-g') };
  }
}

function systemctl(...args: readonly string[]): void {
  execFileSync('systemctl', [...args], { stdio: ['ignore', 'ignore', 'inherit'] });
}

function textOf(options: CommandOptions, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}
