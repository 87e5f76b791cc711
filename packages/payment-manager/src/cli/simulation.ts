import { exploreCommand, simulateCommand } from '@payment-manager/simulator';
import type { Command, CommandOptions } from './commands.ts';
import { CommandFailed, exitCodes } from './exit-codes.ts';

/** `./pm simulate`: seeded runs of the real product in a simulated world. */
export const simulate: Command = (_args, options, terminal) =>
  simulateCommand({ ...text(options, 'seeds'), ...text(options, 'seed'), json: options['json'] === true }, (line) =>
    terminal.out(line),
  ).catch((error: unknown) => {
    if (error instanceof RangeError) throw new CommandFailed(exitCodes.usage, error.message);
    throw error;
  });

/** `./pm explore`: every reachable state of one payment. */
export const explore: Command = (_args, options, terminal) =>
  exploreCommand(
    { quick: options['quick'] === true, dot: options['dot'] === true, json: options['json'] === true, page: options['page'] === true },
    (line) => terminal.out(line),
  );

function text(options: CommandOptions, name: 'seed' | 'seeds'): { readonly [given in typeof name]?: string } {
  const value = options[name];
  return typeof value === 'string' ? { [name]: value } : {};
}
