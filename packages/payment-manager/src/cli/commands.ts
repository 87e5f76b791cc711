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

const folderOption: CommandOption = {
  flags: '--folder <folder>',
  description: 'where the sandbox keeps its state (default: .pm/sandbox in this project)',
};

/** Every command, in the order in which the help lists them. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'start',
    arguments: '',
    summary: 'start a whole scheme on this machine: hub, two DFSPs, two Payment Managers',
    description:
      'Starts a sandbox scheme: a hub with its own CA, two DFSPs with a demo core each, and a Payment Manager for each. Prints what runs where. State is kept; Ctrl-C stops everything.',
    options: [
      folderOption,
      {
        flags: '--base-port <port>',
        description: 'first of the ports that are used, one after the other; 0 takes free ones',
        default: '4000',
      },
    ],
    example: './pm start',
    load: async () => (await import('./start.ts')).start,
  },
  {
    name: 'send',
    arguments: '<amount> <currency> to <idType> <idValue>',
    summary: 'send money in the running sandbox',
    description:
      'Pays from one DFSP of the running sandbox to a person at the other: shows the payee’s name and the fees, asks for confirmation, prints each step with its time, and the balances. Exit code 0 only when the payment is COMPLETED.',
    options: [
      { flags: '--from <msisdn>', description: 'MSISDN of the payer (default: the first account of the first DFSP)' },
      { flags: '--yes', description: 'do not ask for confirmation' },
      folderOption,
    ],
    example: './pm send 25.00 USD to MSISDN 27713803912',
    load: async () => (await import('./send.ts')).send,
  },
  {
    name: 'run',
    arguments: '',
    summary: 'run one Payment Manager with a configuration of yours',
    description:
      'Runs one Payment Manager in the foreground. SIGTERM or SIGINT lets it finish what it has begun; a second one ends it at once.',
    options: [{ flags: '--config <file>', description: 'the configuration (default: PM_CONFIG_FILE, else payment-manager.yaml here)' }],
    example: './pm run --config payment-manager.yaml',
    load: async () => (await import('./run.ts')).run,
  },
  {
    name: 'config',
    arguments: '',
    summary: 'check a configuration and print what is in force',
    description: 'Prints every key with its value, secrets masked, and whether the file, the environment or the default gave it.',
    options: [
      { flags: '--file <file>', description: 'the configuration (default: PM_CONFIG_FILE, else payment-manager.yaml here)' },
      { flags: '--reference', description: 'write docs/configuration.md and docs/command-line.md anew instead' },
    ],
    example: './pm config --file payment-manager.yaml',
    load: async () => (await import('./config.ts')).config,
  },
  {
    name: 'test',
    arguments: '[patterns...]',
    summary: 'type check, lint, and all tests',
    description: 'Checks types, lint and the architecture, and runs every test. Patterns (globs from the root) run only those test files.',
    options: [],
    example: "./pm test 'packages/fspiop/**/*.test.ts'",
    load: async () => (await import('./test.ts')).test,
  },
  {
    name: 'bench',
    arguments: '',
    summary: 'measure payments per second, latency and CPU on this machine',
    description: 'Runs payer, payee and a stub hub with signatures, mutual TLS and durability on, and prints what a payment costs.',
    options: [
      { flags: '--quick', description: 'under a minute, concurrency 50 only' },
      { flags: '--json', description: 'one JSON object instead of tables' },
      { flags: '--scenario <scenario>', description: 'both, payer or payee (default: all three)' },
      { flags: '--concurrency <numbers>', description: 'payments at once, separated by commas (default: 1,10,50,200)' },
      { flags: '--payments <number>', description: 'payments per run (default: as many as go into ten seconds)' },
      { flags: '--folder <folder>', description: 'put the journals below this folder (default: a temporary folder)' },
    ],
    example: './pm bench --quick',
    load: async () => (await import('../bench/main.ts')).bench,
  },
];
