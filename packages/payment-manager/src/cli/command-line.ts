import { CredentialsInvalid } from '@payment-manager/configuration/files';
import { Command as Commander, CommanderError } from 'commander';
import { productCommands } from './command-list.ts';
import type { CommandEntry, CommandOptions } from './commands.ts';
import { COMMANDS_OF_LAB, notHere } from './commands-of-lab.ts';
import { CommandFailed, EXIT_CODES } from './exit-codes.ts';
import { style, type Terminal } from './terminal.ts';

/** Runs one command line (without node and script) and resolves with its exit code. Never throws for what a user can do wrong. */
export async function runCommandLine(
  args: readonly string[],
  terminal: Terminal,
  commands: readonly CommandEntry[] = productCommands,
): Promise<number> {
  let exitCode: number = EXIT_CODES.ok;
  const program = buildProgram(commands, terminal, (code) => {
    exitCode = code;
  });
  if (args.length === 0) {
    terminal.out(program.helpInformation());
    return EXIT_CODES.ok;
  }
  if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
    terminal.out((await import('./version.ts')).versionText());
    return EXIT_CODES.ok;
  }
  const named = args[0] === 'help' ? args[1] : args[0];
  if (named !== undefined && COMMANDS_OF_LAB.includes(named) && !commands.some(({ name }) => name === named)) {
    terminal.err(`${style.bad('pm:')} ${notHere(named)}`);
    return EXIT_CODES.unavailable;
  }
  try {
    await program.parseAsync(helpOfUnknown(args, commands) ? args.slice(1) : [...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.ok : EXIT_CODES.usage;
    if (error instanceof CommandFailed) {
      terminal.err(`${style.bad('pm:')} ${error.message}`);
      return error.exitCode;
    }
    if (error instanceof CredentialsInvalid) {
      terminal.err(`${style.bad('pm:')} ${error.message}`);
      return EXIT_CODES.config;
    }
    throw error;
  }
}

/** Help about a command that there is none of is answered as that command would be: that it is unknown, and which one is like it. */
function helpOfUnknown([first, name]: readonly string[], commands: readonly CommandEntry[]): boolean {
  return first === 'help' && name !== undefined && name !== 'help' && !name.startsWith('-') && !commands.some((one) => one.name === name);
}

function buildProgram(commands: readonly CommandEntry[], terminal: Terminal, setExitCode: (code: number) => void): Commander {
  const program = new Commander('./pm')
    .description('Payment Manager: joins a DFSP to a Mojaloop instant-payment scheme.')
    .usage('<command> [options]')
    .helpCommand('help [command]', 'show this, or what a command does')
    .option('-V, --version', 'show the version, the commit, and the Node that runs it')
    .addHelpText('after', firstSteps(commands))
    .helpOption('-h, --help', 'show this help')
    .showHelpAfterError('All commands: ./pm help')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
      outputError: (text, write) => write(`${style.bad('pm:')} ${complaint(text)}`),
    });
  for (const entry of commands) addCommand(program, entry, terminal, setExitCode);
  return program;
}

function firstSteps(commands: readonly CommandEntry[]): string {
  if (commands.some(({ name }) => name === 'start'))
    return '\nFirst steps:\n  ./pm start\n  ./pm send 25.00 USD to MSISDN 27713803912   (in another terminal)\n';
  return '\nFirst steps: docs/connect-to-a-hub.md\n';
}

/** The parser's complaint as one line of ours: `error: unknown option '--jsn'\n(Did you mean --json?)`. */
function complaint(text: string): string {
  const [first = '', ...rest] = text
    .trim()
    .replace(/^error: /, '')
    .split('\n');
  return [first.replace(/\.?$/, '.'), ...rest.map((line) => line.replace(/^\((.*)\)$/, '$1'))].join(' ');
}

function addCommand(program: Commander, entry: CommandEntry, terminal: Terminal, setExitCode: (code: number) => void): void {
  // Literal words (`to`) are arguments for the parser; the command checks them.
  const shape = entry.arguments.replace(/(^| )(to)( |$)/, '$1<to>$3');
  const command = program
    .command(`${entry.name} ${shape}`.trim())
    .summary(entry.summary)
    .description(entry.description)
    .usage(`[options] ${entry.arguments}`.trim())
    .helpOption('-h, --help', 'show this help')
    .showHelpAfterError(
      `Usage: ./pm ${`${entry.name} [options] ${entry.arguments}`.trim()}\nOptions and an example: ./pm help ${entry.name}`,
    )
    .addHelpText('after', `\nExample:\n  ${entry.example}\n`)
    .exitOverride();
  for (const option of entry.options) {
    if (option.default === undefined) command.option(option.flags, option.description);
    else command.option(option.flags, option.description, option.default);
  }
  command.action(async (...received: unknown[]) => {
    const self = received.at(-1) as Commander;
    const run = await entry.load();
    setExitCode(await run(self.args, self.opts(), inEnvironment(self.opts(), terminal)));
  });
}

/** `--environment` outranks PM_ENVIRONMENT, and wherever a configuration is loaded that variable chooses. */
function inEnvironment({ environment }: CommandOptions, terminal: Terminal): Terminal {
  if (typeof environment !== 'string') return terminal;
  return { ...terminal, environment: { ...terminal.environment, PM_ENVIRONMENT: environment } };
}
