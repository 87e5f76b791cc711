import type { CommandEntry } from '@payment-manager/payment-manager';
import { productCommands } from '@payment-manager/payment-manager/command-list';
import { developmentCommands } from './development-commands.ts';
import { hubCommand } from './hub/hub-command.ts';
import { schemeCommands } from './scheme-commands.ts';

/** Every command of `./pm` in a checkout, in the order in which the help lists them. */
export const allCommands: readonly CommandEntry[] = [
  ...schemeCommands,
  ...productCommands.filter(({ name }) => name !== 'config'),
  hubCommand,
  ...productCommands.filter(({ name }) => name === 'config').map(withReference),
  ...developmentCommands,
];

/** `./pm config` writes in a checkout also what is made from the code. */
function withReference(config: CommandEntry): CommandEntry {
  return {
    ...config,
    options: [
      ...config.options,
      {
        flags: '--reference',
        description: 'write anew the documents that are made from the code: configuration, command line, the core’s API',
      },
    ],
    load: async () => (await import('./reference.ts')).orReference(await config.load(), allCommands),
  };
}
