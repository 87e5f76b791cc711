/** What commands outside of this room are made of (`lab/commands`). Light: the command line loads all of it anyway. */
export type { Command, CommandEntry, CommandOption, CommandOptions } from './cli/commands.ts';
export { CommandFailed, EXIT_CODES, type ExitCode } from './cli/exit-codes.ts';
export { meantBy } from './cli/meant.ts';
export { nodeOptions } from './cli/node-options.ts';
export { plainAmount } from './cli/plain-amount.ts';
export {
  findRunning,
  managerTokenFile,
  type RunningDfsp,
  type RunningSandbox,
  runningFile,
  sandboxFolder,
} from './cli/running-sandbox.ts';
export { stayAlive } from './cli/stay-alive.ts';
export { printable, style, type Terminal, table } from './cli/terminal.ts';
export { ENVIRONMENT_OPTION, FOLDER_OPTION } from './cli/usual-options.ts';
export { workersWanted } from './cli/workers-wanted.ts';
export type { ReadyMessage } from './workers/ready-message.ts';
