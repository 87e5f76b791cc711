import type { CommandOption } from './commands.ts';

/** Where a sandbox lives. */
export const FOLDER_OPTION: CommandOption = {
  flags: '--folder <folder>',
  description: 'where the sandbox keeps its state (default: .pm/sandbox in this project)',
};

/** Which of the configuration's environments a command means. */
export const ENVIRONMENT_OPTION: CommandOption = {
  flags: '--environment <name>',
  description: 'which of the configuration’s environments (default: PM_ENVIRONMENT, else its key environment)',
};

/** Which product elsewhere a command means. */
export const API_OPTION: CommandOption = {
  flags: '--api <url>',
  description:
    'management API of a product elsewhere, with the key of a machine in PM_API_KEY (default: the one of the configuration on this machine)',
};

/** Why something is changed. */
export const REASON_OPTION: CommandOption = {
  flags: '--reason <text>',
  description: 'why; kept in the audit log and with the key (default: the command)',
};

/** How every command for operators finds the running product. */
export const OPERATIONS_OPTIONS: readonly CommandOption[] = [
  API_OPTION,
  {
    flags: '--url <url>',
    description:
      'operations API of the running Payment Manager (default: as the configuration says); PM_OPERATIONS_TOKEN_FILE names the file with its token',
  },
  {
    flags: '--config <file>',
    description: 'the configuration (default: PM_CONFIG_FILE, else payment-manager.yaml here, else the running sandbox)',
  },
  ENVIRONMENT_OPTION,
  { flags: '--fsp <fspId>', description: 'this DFSP of the running sandbox instead (without a configuration here: all of them)' },
  FOLDER_OPTION,
];

/** How every command finds the journal or vault of a product that may be running or not. */
export const JOURNAL_OPTIONS: readonly CommandOption[] = [
  { flags: '--config <file>', description: 'the configuration (default: PM_CONFIG_FILE, else payment-manager.yaml here)' },
  ENVIRONMENT_OPTION,
  { flags: '--fsp <fspId>', description: 'this DFSP of the sandbox instead' },
  FOLDER_OPTION,
];
