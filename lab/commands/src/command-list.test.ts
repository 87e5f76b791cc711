import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { runCommandLine } from '@payment-manager/payment-manager/command-line';
import { productCommands } from '@payment-manager/payment-manager/command-list';
import { COMMANDS_OF_LAB } from '@payment-manager/payment-manager/commands-of-lab';
import { allCommands } from './command-list.ts';

async function pm(args: string[]) {
  const lines: string[] = [];
  const errors: string[] = [];
  const terminal = {
    out: (line: string) => void lines.push(line),
    err: (line: string) => void errors.push(line),
    workingFolder: tmpdir(),
    environment: {},
    interactive: false,
  };
  const exitCode = await runCommandLine(args, terminal, allCommands);
  return { exitCode, out: lines.join('\n'), err: errors.join('\n') };
}

describe('all commands of a checkout', () => {
  test('the help lists them, what somebody tries first in the first place', async () => {
    const { exitCode, out } = await pm([]);
    assert.equal(exitCode, 0);
    for (const { name } of allCommands) assert.match(out, new RegExp(`^  ${name}\\b`, 'm'));
    assert.deepEqual(
      allCommands.slice(0, 3).map(({ name }) => name),
      ['start', 'send', 'traffic'],
    );
    assert.match((await pm(['help'])).out, /First steps:\n {2}\.\/pm start/);
  });

  test('help of each shows its options and an example', async () => {
    for (const command of allCommands) {
      const { exitCode, out } = await pm(['help', command.name]);
      assert.equal(exitCode, 0);
      assert.ok(out.includes(command.example), command.name);
      for (const { flags } of command.options) assert.ok(out.includes(flags), flags);
    }
  });

  test('none of the product’s is missing, none is there twice, and the product knows which are not its own', () => {
    const names = allCommands.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    const product = productCommands.map(({ name }) => name);
    assert.deepEqual(names.filter((name) => !product.includes(name)).sort(), [...COMMANDS_OF_LAB].sort());
    assert.deepEqual(
      product.filter((name) => !names.includes(name)),
      [],
    );
  });

  test('send without a sandbox says how to start one; without a terminal it wants --yes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pm-cli-'));
    const order = ['send', '25.00', 'USD', 'to', 'MSISDN', '27713803912', '--folder', folder];
    const nowhere = await pm([...order, '--yes']);
    assert.equal(nowhere.exitCode, 69);
    assert.match(nowhere.err, /\.\/pm start/);
    assert.equal((await pm(order)).exitCode, 64);
    assert.equal((await pm(['send', '5', 'USD'])).exitCode, 64);
    await rm(folder, { recursive: true });
  });
});
