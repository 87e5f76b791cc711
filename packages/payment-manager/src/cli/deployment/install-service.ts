import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from '@payment-manager/configuration';
import { SERVICE_NAME, serviceUnit, UNIT_MARK } from '@payment-manager/deployment';
import type { Command, CommandOptions } from '../commands.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import { style, type Terminal } from '../terminal.ts';
import { type ServiceConfiguration, serviceConfiguration } from './service-configuration.ts';
import { demand, makeFolders, refuseHidden, type ServiceUser, writableFolders } from './service-folders.ts';
import { type ServiceMachine, thisMachine } from './service-machine.ts';

const root = fileURLToPath(new URL('../../../../../', import.meta.url));

/** `./pm install-service`: Payment Manager as a service of systemd. */
export const installService: Command = (_args, options, terminal) => installServiceOn(thisMachine, options, terminal);

/** The same on a machine that is given. @throws CommandFailed; the unit is written after everything else was found to be right */
export async function installServiceOn(machine: ServiceMachine, options: CommandOptions, terminal: Terminal): Promise<number> {
  const name = textOf(options, 'name') ?? SERVICE_NAME;
  if (options['uninstall'] === true) return uninstall(name, machine, terminal);
  const loaded = await serviceConfiguration(name, options, terminal);
  const { configFile } = loaded;
  const userName = textOf(options, 'user') ?? SERVICE_NAME;
  const program = resolve(terminal.workingFolder, textOf(options, 'program') ?? join(root, 'pm'));
  const writable = writableFolders(loaded.config);
  const text = unitText(loaded, { options, name, user: userName, program, writable });
  refuseHidden({ 'The program': program, 'The configuration': configFile }, machine);
  for (const folder of writable) refuseHidden({ 'The folder': folder }, machine);
  if (options['print'] === true) {
    terminal.out(text.trimEnd());
    return EXIT_CODES.ok;
  }
  mustBeRootOfSystemd(machine);
  const file = ownUnitFile(name, machine);
  const user = serviceUser(userName, writable[0], machine, terminal);
  makeFolders(writable, user, machine, terminal);
  demand(user, '-r', configFile, `chgrp ${userName} ${configFile} && chmod g+r ${configFile}`, machine);
  demand(user, '-x', program, `chmod -R go+rX ${resolve(program, '..')}`, machine);
  writeFileSync(file, text);
  chmodSync(file, 0o644);
  terminal.out(`${style.good('written')}  ${file}`);
  must(machine, 'systemctl', 'daemon-reload');
  must(machine, 'systemctl', 'enable', name);
  // one that runs already has the unit from before
  must(machine, 'systemctl', 'restart', name);
  await mustRun(name, machine);
  terminal.out(`${style.good('runs')}     systemctl status ${name}; journalctl -u ${name} -f. Whether it takes payments: ./pm doctor`);
  return EXIT_CODES.ok;
}

interface UnitOf {
  readonly options: CommandOptions;
  readonly name: string;
  readonly user: string;
  readonly program: string;
  readonly writable: readonly [string, ...string[]];
}

function unitText({ config, ...meant }: ServiceConfiguration, { options, ...unit }: UnitOf): string {
  try {
    return serviceUnit({
      ...meant,
      ...unit,
      memoryMax: textOf(options, 'memory') ?? '1G',
      stopMs: config.shutdown.drainMs + config.shutdown.graceMs,
      lowPorts: portsOf(config).some((port) => port > 0 && port < 1_024),
    });
  } catch (error) {
    throw new CommandFailed(EXIT_CODES.usage, error instanceof Error ? error.message : String(error));
  }
}

/** The ports that a process of this role listens at. */
function portsOf({ role, inbound, outbound, operations, management }: Config): readonly number[] {
  return [
    operations.port,
    ...(role === 'management' ? [] : [inbound.port, outbound.port]),
    ...(management.enabled && role !== 'payments' ? [management.port] : []),
  ];
}

/** How long it is looked at after its start: a configuration that cannot be used, a port that is taken or a missing folder end it sooner. */
const LOOKED_AT_MS = 6_000;
const LOOK_EACH_MS = 1_000;

/** systemd calls started what was only begun. @throws CommandFailed (1) where it has ended */
async function mustRun(name: string, machine: ServiceMachine): Promise<void> {
  for (let ms = 0; ms < LOOKED_AT_MS; ms += LOOK_EACH_MS) {
    await machine.waitMs(LOOK_EACH_MS);
    const shown = must(machine, 'systemctl', 'show', '--property=ActiveState,NRestarts,ExecMainStatus', name);
    const of = (property: string): string => new RegExp(`^${property}=(.*)$`, 'm').exec(shown)?.[1] ?? '';
    if (of('ActiveState') === 'active' && of('NRestarts') === '0') continue;
    throw new CommandFailed(
      EXIT_CODES.failed,
      `${name} was started and has ended (state ${of('ActiveState')}, exit code ${of('ExecMainStatus')}). What it said: journalctl -u ${name} -n 30 --no-pager\nThe unit stays: systemctl restart ${name} when it is mended; exit codes are in docs/operations/service.md.`,
    );
  }
}

/** What was begun is finished first; configuration, data and user stay. */
function uninstall(name: string, machine: ServiceMachine, terminal: Terminal): number {
  mustBeRootOfSystemd(machine);
  const file = ownUnitFile(name, machine);
  if (!existsSync(file)) throw new CommandFailed(EXIT_CODES.unavailable, `There is no ${file}: nothing is installed.`);
  must(machine, 'systemctl', 'disable', '--now', name);
  rmSync(file);
  must(machine, 'systemctl', 'daemon-reload');
  terminal.out(
    `${style.good('removed')}  ${file}. The configuration, the data folder and the user stay; remove them by hand when no payment is open.`,
  );
  return EXIT_CODES.ok;
}

/** Where the unit of this name stands or will stand. @throws CommandFailed (64) where another program's stands there */
function ownUnitFile(name: string, { unitFolder }: ServiceMachine): string {
  const file = join(unitFolder, `${name}.service`);
  if (!/^[\w-]+$/.test(name) || (existsSync(file) && !readFileSync(file, 'utf8').startsWith(UNIT_MARK)))
    throw new CommandFailed(EXIT_CODES.usage, `${file} was not written by this command. Choose another --name.`);
  return file;
}

function mustBeRootOfSystemd(machine: ServiceMachine): void {
  if (!machine.hasSystemd())
    throw new CommandFailed(
      EXIT_CODES.unavailable,
      'systemd does not run on this machine. `--print` shows the unit; elsewhere a supervisor starts `./pm run --config FILE`.',
    );
  if (!machine.isRoot())
    throw new CommandFailed(EXIT_CODES.usage, 'Only root installs a service: run it with sudo. `--print` shows the unit.');
}

/** The service's user, made when it is missing: without a password, a shell, or rights. */
function serviceUser(name: string, home: string, machine: ServiceMachine, terminal: Terminal): ServiceUser {
  const known = (): ServiceUser => ({ name, uid: Number(machine.run('id', '-u', name)), gid: Number(machine.run('id', '-g', name)) });
  try {
    return known();
  } catch {
    const withoutRights = ['--system', '--user-group', '--home-dir', home, '--no-create-home', '--shell', '/usr/sbin/nologin'];
    must(machine, 'useradd', ...withoutRights, name);
    terminal.out(`${style.good('made')}     the user ${name}`);
    return known();
  }
}

function must({ run }: ServiceMachine, program: string, ...args: readonly string[]): string {
  try {
    return run(program, ...args);
  } catch (error) {
    throw new CommandFailed(EXIT_CODES.unavailable, `${program} ${args.join(' ')} failed: ${(error as Error).message}`);
  }
}

function textOf(options: CommandOptions, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}
