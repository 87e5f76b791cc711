import { userInfo } from 'node:os';
import type { CommandOptions } from '../commands.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';

/** Whose name is kept with what is done: `--by`, PM_OPERATOR, or the user of this machine. @throws CommandFailed where that has no name */
export function operatorName(options: CommandOptions, terminal: Terminal): string {
  const name = knownName(options, terminal);
  if (name !== undefined) return name;
  throw new CommandFailed(
    EXIT_CODES.usage,
    `Give your name with --by NAME or in PM_OPERATOR: it is kept in the record, and the user of this machine${process.getuid ? ` (number ${process.getuid()})` : ''} has none.`,
  );
}

/** The same, for what nobody has to answer for; undefined where the user has no name. */
export function knownName(options: CommandOptions, { environment }: Pick<Terminal, 'environment'>): string | undefined {
  const given = [options['by'], environment['PM_OPERATOR'], environment['USER'], environment['LOGNAME']];
  const name = given.find((one) => typeof one === 'string' && one.trim() !== '') ?? nameOfUser();
  return typeof name === 'string' ? name.trim() : undefined;
}

/** Services and containers have no USER; a user without an entry among the system's users has no name at all. */
function nameOfUser(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}

/** `--reason`, kept in the audit log; else the command itself. */
export function reasonOf({ reason }: CommandOptions, command: string): string {
  return typeof reason === 'string' && reason.trim() !== '' ? reason.trim() : command;
}

/** Asks the person, unless `--yes` says it. @throws CommandFailed where nobody can be asked */
export async function confirmed(options: CommandOptions, terminal: Terminal, message: string): Promise<boolean> {
  if (options['yes'] === true) return true;
  if (!terminal.interactive)
    throw new CommandFailed(
      EXIT_CODES.usage,
      `This is not a terminal, so no confirmation can be asked for: ${message} To confirm, add --yes.`,
    );
  const { confirm } = await import('@clack/prompts');
  // Escape or Ctrl-C gives a symbol instead of an answer: that is a no.
  return (await confirm({ message, initialValue: false })) === true;
}
