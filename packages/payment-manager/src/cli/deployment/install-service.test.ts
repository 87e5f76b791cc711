/** `./pm install-service` with its own code and real files; what only root and systemd can do is answered by stand-ins. */
import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { pmIn } from '../../../test/command-line.ts';
import type { CommandOptions } from '../commands.ts';
import { CommandFailed } from '../exit-codes.ts';
import { installServiceOn } from './install-service.ts';
import type { ServiceMachine } from './service-machine.ts';

let folder: string;
let calls: string[];
let lines: string[];
/** Whether the user is there; what systemd answers when it is asked how the unit is; what the user may not. */
let world: { user: boolean; states: string[]; denied: string[]; systemd: boolean; root: boolean };

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'pm-service-')));
  for (const path of ['units', 'opt', 'etc', 'home']) mkdirSync(join(folder, path));
  writeFileSync(join(folder, 'opt/pm'), '#!/bin/sh\n', { mode: 0o755 });
  configure({});
  calls = [];
  lines = [];
  world = { user: false, states: [], denied: [], systemd: true, root: true };
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (path: string): string => join(folder, path);
const read = (path: string): string => readFileSync(at(path), 'utf8');
const mode = (path: string): string => (statSync(at(path)).mode & 0o777).toString(8);
const unit = (name = 'payment-manager'): string => read(`units/${name}.service`);
/** Of the service's user and its group: only root may give a file to somebody else. */
const serviceId = process.getuid?.() === 0 ? 54_321 : (process.getuid?.() ?? 0);
const FOLDERS = ['var/lib/pm', 'mnt/audit', 'mnt/copies', 'mnt/messages'];
const RUNS = 'ActiveState=active\nNRestarts=0\nExecMainStatus=0\n';

function configure(more: object): void {
  const config = {
    fspId: 'greenbank',
    dataFolder: at('var/lib/pm'),
    sandbox: true,
    inbound: { port: 4000, tls: { enabled: false } },
    outbound: { port: 4001 },
    operations: { port: 4002 },
    hub: { baseUrl: 'http://hub.example.org' },
    core: { baseUrl: 'http://core.example.org' },
    jws: { sign: false, verify: false },
    ...more,
  };
  writeFileSync(at('etc/pm.yaml'), JSON.stringify(config));
}

const machine: ServiceMachine = {
  get unitFolder() {
    return at('units');
  },
  hasSystemd: () => world.systemd,
  isRoot: () => world.root,
  hiddenBy: (path) => (path.startsWith(at('home')) ? at('home') : undefined),
  run(program, ...args) {
    calls.push([program, ...args].join(' '));
    const [first] = args;
    if (program === 'useradd') world.user = true;
    else if (program === 'id' && !world.user) throw new Error('no such user');
    else if (program === 'id') return `${serviceId}\n`;
    else if (program === 'runuser' && world.denied.includes(args.slice(-2).join(' '))) throw new Error('ended with 1');
    else if (program === 'systemctl' && first === 'show') return world.states.shift() ?? RUNS;
    return '';
  },
  waitMs: async () => {},
};

function install(options: CommandOptions = {}, environment: Record<string, string> = {}): Promise<number> {
  const print = (line: string): void => void lines.push(line);
  const terminal = { out: print, err: print, workingFolder: folder, environment, interactive: false };
  return installServiceOn(machine, { config: 'etc/pm.yaml', program: 'opt/pm', ...options }, terminal);
}

const refused = (code: number, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof CommandFailed, String(error));
  assert.match(error.message, message);
  assert.equal(error.exitCode, code, error.message);
  return true;
};

describe('./pm install-service', () => {
  test('makes the user, then every folder that is written to, then the unit, then starts it and looks whether it runs', async () => {
    configure({
      journal: { anchor: { file: at('mnt/audit/anchors.log') }, backup: { folder: at('mnt/copies') } },
      messages: { folder: at('mnt/messages') },
    });
    assert.equal(await install({ memory: '512M' }), 0);
    assert.deepEqual(
      calls.map((call) => call.replaceAll(folder, '')),
      [
        'id -u payment-manager',
        'useradd --system --user-group --home-dir /var/lib/pm --no-create-home --shell /usr/sbin/nologin payment-manager',
        'id -u payment-manager',
        'id -g payment-manager',
        'runuser -u payment-manager -- test -w /var/lib/pm',
        'runuser -u payment-manager -- test -w /mnt/audit',
        'runuser -u payment-manager -- test -w /mnt/copies',
        'runuser -u payment-manager -- test -w /mnt/messages',
        'runuser -u payment-manager -- test -r /etc/pm.yaml',
        'runuser -u payment-manager -- test -x /opt/pm',
        'systemctl daemon-reload',
        'systemctl enable payment-manager',
        'systemctl restart payment-manager',
        ...Array(6).fill('systemctl show --property=ActiveState,NRestarts,ExecMainStatus payment-manager'),
      ],
    );
    assert.deepEqual(
      FOLDERS.map(mode),
      FOLDERS.map(() => '700'),
    );
    assert.deepEqual(
      FOLDERS.map((path) => statSync(at(path)).uid),
      FOLDERS.map(() => serviceId),
    );
    assert.deepEqual(['var', 'var/lib', 'mnt'].map(mode), ['755', '755', '755'], 'the service passes through these');
    assert.equal(mode('units/payment-manager.service'), '644');
    assert.match(unit(), new RegExp(`^ReadWritePaths=${FOLDERS.map(at).join(' -')}$`, 'm'));
    assert.match(unit(), /^MemoryMax=512M$/m);
    assert.match(lines.join('\n'), /runs .*journalctl -u payment-manager/);
  });

  test('a second time makes nothing anew, takes over what was changed, and restarts: a unit that runs has the old one', async () => {
    await install();
    const first = unit();
    [calls, lines] = [[], []];
    writeFileSync(at('var/lib/pm/journal.db'), 'payments');
    assert.equal(await install({ memory: '2G' }), 0);
    assert.equal(unit(), first.replace('MemoryMax=1G', 'MemoryMax=2G'));
    assert.ok(calls.includes('systemctl restart payment-manager'));
    assert.ok(!calls.some((call) => call.startsWith('useradd')));
    assert.doesNotMatch(lines.join('\n'), /made/);
    assert.equal(read('var/lib/pm/journal.db'), 'payments');
  });

  test('uninstalled, it is stopped first; configuration, data and user stay', async () => {
    await install();
    writeFileSync(at('var/lib/pm/journal.db'), 'payments');
    calls = [];
    assert.equal(await install({ uninstall: true }), 0);
    assert.deepEqual(calls, ['systemctl disable --now payment-manager', 'systemctl daemon-reload']);
    assert.ok(!existsSync(at('units/payment-manager.service')));
    assert.ok(existsSync(at('var/lib/pm/journal.db')) && existsSync(at('etc/pm.yaml')));
    await assert.rejects(install({ uninstall: true }), refused(69, /nothing is installed/));
  });

  test('what ends a moment after its start is not called running', async () => {
    world.states = [RUNS, 'ActiveState=failed\nNRestarts=0\nExecMainStatus=78\n'];
    await assert.rejects(install(), refused(1, /has ended \(state failed, exit code 78\).*journalctl -u payment-manager -n 30/));
    world.states = ['ActiveState=active\nNRestarts=1\nExecMainStatus=0\n'];
    await assert.rejects(install(), refused(1, /has ended/));
    assert.ok(!lines.some((line) => line.includes('runs')));
  });

  test('the environment that is chosen is that of the process, as its folder is', async () => {
    const of = (name: string) => ({ dataFolder: at(`var/lib/${name}`) });
    configure({ dataFolder: undefined, environment: 'trial', environments: { trial: of('trial'), live: of('live') } });
    assert.equal(await install({}, { PM_ENVIRONMENT: 'live' }), 0);
    assert.match(unit(), new RegExp(`^ExecStart=${at('opt/pm')} run --config ${at('etc/pm.yaml')} --environment live$`, 'm'));
    assert.match(unit(), new RegExp(`^ReadWritePaths=${at('var/lib/live')}$`, 'm'));
    assert.ok(!existsSync(at('var/lib/trial')));
    await install();
    assert.match(unit(), /pm\.yaml$/m, 'none is chosen: as the file says');
    assert.match(unit(), new RegExp(`^ReadWritePaths=${at('var/lib/trial')}$`, 'm'));
  });

  test('the configuration is that of the unit: variables of its files are in force, those of this shell are not', async () => {
    writeFileSync(at('etc/secrets'), `# of the unit\nPM_DATA_FOLDER="${at('var/lib/elsewhere')}"\n`);
    await install({}, { PM_MESSAGES_FOLDER: at('var/lib/shell') });
    assert.match(unit(), new RegExp(`^ReadWritePaths=${at('var/lib/elsewhere')}$`, 'm'));
    assert.ok(!existsSync(at('var/lib/shell')));
  });

  test('payments and people are two units side by side', async () => {
    configure({
      journal: { store: 'postgres' },
      management: { enabled: true, port: 443 },
      inbound: { port: 4000, tls: { enabled: false } },
    });
    writeFileSync(at('etc/secrets'), 'PM_JOURNAL_POSTGRES_URL=postgres://pm@127.0.0.1/payments\n');
    writeFileSync(at('etc/pm-people.env'), `PM_OPERATIONS_PORT=4012\nPM_DATA_FOLDER=${at('var/lib/people')}\n`);
    assert.equal(await install({ name: 'pm-payments', role: 'payments' }), 0);
    assert.equal(await install({ name: 'pm-people', role: 'management' }), 0);
    assert.match(unit('pm-payments'), /^Environment=.* PM_ROLE=payments$/m);
    assert.match(unit('pm-people'), /^Environment=.* PM_ROLE=management$/m);
    assert.match(unit('pm-payments'), new RegExp(`^EnvironmentFile=-${at('etc/pm-payments.env')}$`, 'm'));
    assert.match(unit('pm-people'), new RegExp(`^ReadWritePaths=${at('var/lib/people')}$`, 'm'));
    // the portal's port is opened by the process for people alone
    assert.match(unit('pm-payments'), /^CapabilityBoundingSet=$/m);
    assert.match(unit('pm-people'), /^CapabilityBoundingSet=CAP_NET_BIND_SERVICE$/m);
    assert.ok(calls.includes('systemctl restart pm-people'));
    configure({
      journal: { store: 'postgres' },
      management: { enabled: true, port: 4005 },
      inbound: { port: 443, tls: { enabled: false } },
    });
    await install({ name: 'pm-people', role: 'management' });
    assert.match(unit('pm-people'), /^CapabilityBoundingSet=$/m);
    await install({ name: 'pm-people', uninstall: true });
    assert.ok(existsSync(at('units/pm-payments.service')));
    writeFileSync(at('etc/pm-people.env'), 'PM_ROLE=payments\n');
    await assert.rejects(install({ name: 'pm-people', role: 'management' }), refused(64, /PM_ROLE=payments in .* outranks it/));
    rmSync(at('etc/pm-people.env'));
    await assert.rejects(install({ name: 'pm-people', role: 'people' }), refused(78, /role/));
  });

  test('a unit of another program is not written over, and not removed', async () => {
    writeFileSync(at('units/sshd.service'), '[Unit]\n');
    await assert.rejects(install({ name: 'sshd' }), refused(64, /sshd\.service was not written by this command/));
    await assert.rejects(install({ name: 'sshd', uninstall: true }), refused(64, /was not written by this command/));
    await assert.rejects(install({ name: '../sshd', uninstall: true }), refused(64, /Choose another --name/));
    assert.equal(read('units/sshd.service'), '[Unit]\n');
  });

  test('what the unit would not see is refused before anything is changed, also behind a symbolic link', async () => {
    mkdirSync(at('home/pm'));
    writeFileSync(at('home/pm/pm'), '');
    symlinkSync(at('home/pm'), at('opt/current'));
    symlinkSync(at('home'), at('var'));
    for (const options of [{ program: 'home/pm/pm' }, { program: 'opt/current/pm' }, {}])
      await assert.rejects(install(options), refused(64, /is below .*home, which the service does not see\. Put it elsewhere/));
    assert.deepEqual([calls, existsSync(at('home/lib'))], [[], false]);
    const { exitCode, text } = await pmIn('/tmp', [
      'install-service',
      '--config',
      at('etc/pm.yaml'),
      '--print',
      '--program',
      '/root/pm/pm',
    ]);
    assert.deepEqual([exitCode, /The program \/root\/pm\/pm is below \/root/.test(text)], [64, true], text);
  });

  test('a folder, a configuration or a program that the user may not use is refused, with what to do; nothing is started', async () => {
    mkdirSync(at('var/lib/pm'), { recursive: true });
    chmodSync(at('var/lib/pm'), 0o750);
    const cases: [string, RegExp][] = [
      [`-w ${at('var/lib/pm')}`, /may not write to .*: chown -R payment-manager: \S+var\/lib\/pm$/],
      [`-r ${at('etc/pm.yaml')}`, /may not read .*chgrp payment-manager \S+pm\.yaml && chmod g\+r/],
      [`-x ${at('opt/pm')}`, /may not run .*chmod -R go\+rX \S+opt$/],
    ];
    for (const [denied, message] of cases) {
      world.denied = [denied];
      await assert.rejects(install(), refused(78, message));
    }
    assert.ok(!existsSync(at('units/payment-manager.service')));
    assert.ok(!calls.some((call) => call.startsWith('systemctl')));
  });

  test('only root of a machine with systemd installs one; anybody may look at it', async () => {
    world.root = false;
    await assert.rejects(install(), refused(64, /Only root/));
    world.systemd = false;
    await assert.rejects(install(), refused(69, /systemd does not run on this machine/));
    assert.equal(await install({ print: true }), 0);
    assert.match(lines.join('\n'), /^\[Service\]$/m);
    assert.deepEqual([calls, existsSync(at('var'))], [[], false]);
  });
});
