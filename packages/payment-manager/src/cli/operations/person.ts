import type { CommandOptions } from '../commands.ts';
import { CommandFailed, exitCodes } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';

/** Whose name is kept with what is done: `--by`, PM_OPERATOR, or the user of this machine. */
export function operatorName(options: CommandOptions, terminal: Terminal): string {
  const { environment } = terminal;
  const name = options['by'] ?? environment['PM_OPERATOR'] ?? environment['USER'] ?? environment['LOGNAME'];
  if (typeof name === 'string' && name.trim() !== '') return name.trim();
  throw new CommandFailed(exitCodes.usage, 'Say with --by who does it: the name is kept with what is done.');
}

/** Asks the person, unless `--yes` says it. @throws CommandFailed where nobody can be asked */
export async function confirmed(options: CommandOptions, terminal: Terminal, message: string): Promise<boolean> {
  if (options['yes'] === true) return true;
  if (!terminal.interactive)
    throw new CommandFailed(exitCodes.usage, `Nobody can be asked here (this is no terminal): ${message} Add --yes to say yes.`);
  const { confirm } = await import('@clack/prompts');
  // Escape or Ctrl-C gives a symbol instead of an answer: that is a no.
  return (await confirm({ message, initialValue: false })) === true;
}
