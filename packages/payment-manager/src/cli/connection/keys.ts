import type { Environment } from '@payment-manager/vault';
import { type KeyEntry, keysOf } from '../../environments/inventory.ts';
import type { Command, CommandOptions } from '../commands.ts';
import { CommandFailed, exitCodes } from '../exit-codes.ts';
import { printable, type Terminal, table } from '../terminal.ts';
import { rotateSigningKey } from './renew.ts';
import { withEnvironment } from './with-environment.ts';

/** `./pm keys`: the list; `rotate jws`. */
export const keys: Command = async ([verb = 'list', name], options, terminal) => {
  if (verb === 'list') return withEnvironment(options, terminal, ({ environment }) => list(environment, options, terminal));
  if (verb !== 'rotate') throw new CommandFailed(exitCodes.usage, `There is no './pm keys ${verb}': it is list or rotate jws.`);
  if (name !== 'jws')
    throw new CommandFailed(
      exitCodes.usage,
      'Only the JWS key is rotated by itself: ./pm keys rotate jws. Keys of certificates: ./pm cert renew',
    );
  return withEnvironment(options, terminal, (opened) => rotateSigningKey(opened, options, terminal));
};

async function list(environment: Environment, options: CommandOptions, terminal: Terminal): Promise<number> {
  const entries = await keysOf(environment);
  if (options['json'] === true)
    terminal.out(JSON.stringify({ environment: environment.name, keys: entries.map((entry) => ({ ...entry, since: shown(entry) })) }));
  else if (entries.length === 0)
    terminal.out(`The environment ${environment.name} has no keys yet. Connect it: ./pm onboard ${environment.name}`);
  else terminal.out(table(['purpose', 'of', 'key', 'algorithm', 'state', 'since', 'by', 'why'], entries.map(row)));
  return exitCodes.ok;
}

function row(entry: KeyEntry): string[] {
  const { purpose, owner, keyId, algorithm, state, by, why } = entry;
  return [purpose, printable(owner), keyId, algorithm, state, shown(entry), printable(by), printable(why)];
}

function shown({ since }: KeyEntry): string {
  return new Date(since).toISOString();
}
