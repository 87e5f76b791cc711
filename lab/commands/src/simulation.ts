import { type Command, CommandFailed, type CommandOptions, EXIT_CODES } from '@payment-manager/payment-manager';
import { exploreCommand, simulateCommand } from '@payment-manager/simulator';

/** `./pm simulate`: seeded runs of the real product in a simulated world. */
export const simulate: Command = async (_args, options, terminal) => {
  let stopped = false;
  // The first Ctrl-C ends a long run with the report of what was run.
  const stop = (): void => {
    stopped = true;
  };
  process.once('SIGINT', stop);
  const given = { ...text(options, 'seeds'), ...text(options, 'seed'), json: options['json'] === true };
  try {
    return await simulateCommand(
      given,
      (line) => terminal.out(line),
      () => stopped,
    );
  } catch (error) {
    if (error instanceof RangeError) throw new CommandFailed(EXIT_CODES.usage, error.message);
    throw error;
  } finally {
    process.off('SIGINT', stop);
  }
};

/** `./pm explore`: every reachable state of one payment. */
export const explore: Command = (_args, options, terminal) =>
  exploreCommand(
    {
      quick: options['quick'] === true,
      dot: options['dot'] === true,
      json: options['json'] === true,
      page: options['page'] === true,
      checkMerging: options['checkMerging'] === true,
    },
    (line) => terminal.out(line),
  );

function text(options: CommandOptions, name: 'seed' | 'seeds'): { readonly [given in typeof name]?: string } {
  const value = options[name];
  return typeof value === 'string' ? { [name]: value } : {};
}
