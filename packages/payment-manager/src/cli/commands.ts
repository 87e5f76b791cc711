import type { Terminal } from './terminal.ts';

/** One option of a command, as the command line and its reference show it. */
export interface CommandOption {
  readonly flags: string;
  readonly description: string;
  readonly default?: string;
}

export type CommandOptions = Readonly<Record<string, string | boolean | undefined>>;

/** One command of `./pm`. What it does is loaded only when it is called, so that each starts quickly. */
export interface CommandEntry {
  readonly name: string;
  /** Arguments in commander's notation, e.g. `<amount> [patterns...]`. */
  readonly arguments: string;
  readonly summary: string;
  readonly description: string;
  readonly options: readonly CommandOption[];
  readonly example: string;
  load(): Promise<Command>;
}

/** Resolves with the exit code. */
export type Command = (args: readonly string[], options: CommandOptions, terminal: Terminal) => Promise<number>;
