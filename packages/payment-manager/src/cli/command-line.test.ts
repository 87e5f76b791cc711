import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { runCommandLine } from './command-line.ts';
import { productCommands } from './command-list.ts';
import { COMMANDS_OF_LAB } from './commands-of-lab.ts';
import { plainAmount } from './plain-amount.ts';
import { printable, type Terminal, table } from './terminal.ts';

async function pm(args: string[], environment: Record<string, string> = {}, workingFolder = tmpdir()) {
  const lines: string[] = [];
  const errors: string[] = [];
  const terminal: Terminal = {
    out: (line) => void lines.push(line),
    err: (line) => void errors.push(line),
    workingFolder,
    environment,
    interactive: false,
  };
  const exitCode = await runCommandLine(args, terminal);
  return { exitCode, out: lines.join('\n'), err: errors.join('\n') };
}

describe('command line', () => {
  test('without a command, and with help, it lists all commands', async () => {
    for (const args of [[], ['help'], ['--help']]) {
      const { exitCode, out } = await pm(args);
      assert.equal(exitCode, 0);
      for (const { name } of productCommands) assert.match(out, new RegExp(`^  ${name}\\b`, 'm'));
    }
  });

  test('help of a command shows its options and an example', async () => {
    for (const command of productCommands) {
      const { exitCode, out } = await pm(['help', command.name]);
      assert.equal(exitCode, 0);
      assert.ok(out.includes(command.example), command.name);
      for (const { flags } of command.options) assert.ok(out.includes(flags), flags);
    }
  });

  test('help of an unknown command says that there is none', async () => {
    const { exitCode, err } = await pm(['help', 'doktor']);
    assert.equal(exitCode, 64);
    assert.match(err, /unknown command 'doktor'[\s\S]*Did you mean doctor/);
  });

  test('an unknown command, option or missing argument ends with exit code 64, and in a few lines says what to type instead', async () => {
    const wrong: readonly (readonly [args: string[], expected: RegExp])[] = [
      [['rum'], /^pm: unknown command 'rum'\. Did you mean run\?\nAll commands: \.\/pm help$/],
      [
        ['import', 'certificate'],
        /^pm: missing required argument 'file'\.\nUsage: \.\/pm import \[options\] <what> <file>\n.*\.\/pm help import$/,
      ],
      [['doctor', '--nonsense'], /^pm: unknown option '--nonsense'\.\nUsage: \.\/pm doctor \[options\]\n.*\.\/pm help doctor$/],
      [['doctor', '--jsn'], /^pm: unknown option '--jsn'\. Did you mean --json\?\nUsage: /],
      [['export', 'ca', 'more'], /^pm: too many arguments/],
    ];
    for (const [args, expected] of wrong) {
      const { exitCode, err, out } = await pm(args);
      assert.equal(exitCode, 64, args.join(' '));
      assert.match(err, expected);
      assert.equal(out, '');
    }
  });

  test('a configuration that is wrong ends run and config with exit code 78 and the reasons', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pm-cli-'));
    await writeFile(join(folder, 'payment-manager.yaml'), 'fspId: [1]\n');
    for (const command of ['run', 'config']) {
      const { exitCode, err } = await pm([command], {}, folder);
      assert.equal(exitCode, 78, command);
      assert.match(err, /fspId[\s\S]*hub\.baseUrl/);
    }
    assert.match((await pm(['config', '--file', 'nowhere.yaml'], {}, folder)).err, /no such file/);
    assert.match((await pm(['config'], { PM_CONFIG_FILE: 'elsewhere.yaml' }, folder)).err, /elsewhere\.yaml/);
    await rm(folder, { recursive: true });
  });

  test('--version is that of the changelog’s newest entry', async () => {
    const { exitCode, out } = await pm(['--version']);
    assert.equal(exitCode, 0);
    const [, version] = /^Payment Manager (\d+\.\d+\.\d+)( \([0-9a-f]{7,}(-dirty)?\))?, Node \d+/.exec(out) ?? [];
    const changelog = await readFile(new URL('../../../../CHANGELOG.md', import.meta.url), 'utf8');
    assert.equal(/^## (\d+\.\d+\.\d+)/m.exec(changelog)?.[1], version);
  });

  test('config prints what is in force and where it came from', async () => {
    const environment = {
      PM_FSP_ID: 'a',
      PM_HUB_BASE_URL: 'http://h',
      PM_CORE_BASE_URL: 'http://c',
      PM_JWS_SIGN: 'false',
      PM_JWS_VERIFY: 'false',
      PM_SANDBOX: 'true',
    };
    const { exitCode, out } = await pm(['config'], environment);
    assert.equal(exitCode, 0);
    assert.match(out, /^hub\.baseUrl +http:\/\/h +environment PM_HUB_BASE_URL$/m);
    assert.match(out, /^hub\.id +switch +default$/m);
  });

  test('config is not right while a file that it names is not', async () => {
    const environment = {
      PM_FSP_ID: 'a',
      PM_HUB_BASE_URL: 'http://h',
      PM_CORE_BASE_URL: 'http://c',
      PM_JWS_VERIFY: 'false',
      PM_SANDBOX: 'true',
      PM_JWS_SIGNING_KEY_FILE: 'nowhere.key',
    };
    const looked = await pm(['config'], environment);
    assert.equal(looked.exitCode, 78);
    assert.match(looked.out, /failed.*jws\.signingKeyFile.*nowhere\.key \(ENOENT\)/);
    assert.match(looked.out, /1 file cannot be used/);
    assert.equal((await pm(['config', '--without-files'], environment)).exitCode, 0);
  });

  test('--environment chooses, before PM_ENVIRONMENT', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pm-cli-'));
    const common = 'fspId: a\ncore: { baseUrl: http://c }\nsandbox: true\njws: { sign: false, verify: false }\n';
    const overlays = 'environments: { sandbox: { hub: { baseUrl: http://s } }, live: { hub: { baseUrl: http://l } } }\n';
    await writeFile(join(folder, 'payment-manager.yaml'), common + overlays);
    const { exitCode, out } = await pm(['config', '--environment', 'live'], { PM_ENVIRONMENT: 'sandbox' }, folder);
    assert.equal(exitCode, 0);
    assert.match(out, /^hub\.baseUrl +http:\/\/l +environments\.live$/m);
    assert.equal((await pm(['config'], {}, folder)).exitCode, 78);
    assert.match((await pm(['config', '--environment', 'x'], {}, folder)).err, /sandbox, live[\s\S]*environment x/);
    await rm(folder, { recursive: true });
  });

  test('what only the whole project has is told to be there, and not to be unknown, exit code 69', async () => {
    for (const name of COMMANDS_OF_LAB)
      for (const args of [[name], ['help', name], [name, '--json']]) {
        const { exitCode, err } = await pm(args);
        assert.deepEqual([exitCode, err.includes(`./pm ${name} is not in this installation`)], [69, true], args.join(' '));
      }
  });
});

describe('what people write', () => {
  test('amounts become FSPIOP amounts, or are refused', () => {
    const right = { '25.00': '25', '25': '25', '0.50': '0.5', '025.10': '25.1', '1.2345': '1.2345', '0': '0', '0.00': '0' };
    for (const [text, amount] of Object.entries(right)) assert.equal(plainAmount(text), amount, text);
    for (const text of ['', '-1', '1,5', '.5', '5.', '1e3', '1.23456', '٢٥', ' 5', '9'.repeat(19)])
      assert.equal(plainAmount(text), undefined, text);
  });

  test('what others wrote cannot steer the terminal', () => {
    assert.equal(printable('a\u001b[31mb\nc\u202ed\u009be — é 請'), 'a [31mb c d e — é 請');
  });

  test('tables align their columns', () => {
    assert.deepEqual(
      table(['a', 'long'], [['xxx', 'y']])
        .split('\n')
        .at(-1),
      'xxx  y',
    );
  });
});
