import { createHttpClient } from '@payment-manager/runtime';
import type { Command } from './commands.ts';
import { CommandFailed, EXIT_CODES } from './exit-codes.ts';
import { findOperations } from './operations/find-operations.ts';
import { confirmed, operatorName } from './operations/person.ts';
import { stayAlive } from './stay-alive.ts';
import { printable, style } from './terminal.ts';

/** `./pm erase TYPE/ID`: removes a person's messages from the store of messages. */
export const erase: Command = async ([party = ''], options, terminal) => {
  const { reason } = options;
  if (typeof reason !== 'string' || reason.trim() === '')
    throw new CommandFailed(EXIT_CODES.usage, 'Give the reason with --reason: it is told to the log.');
  const by = operatorName(options, terminal);
  const client = createHttpClient({ maxConnectionsPerOrigin: 1 });
  try {
    return await stayAlive(async () => {
      const managers = await findOperations(options, terminal, client);
      const names = managers.map(({ fspId }) => fspId).join(', ');
      if (!(await confirmed(options, terminal, `Remove every kept message of all payments of ${party} at ${names}?`))) {
        terminal.out('Nothing was changed.');
        return EXIT_CODES.failed;
      }
      for (const { fspId, operations } of managers) {
        const { erased, remarks } = await operations.eraseMessages({ party, by, reason });
        terminal.out(`${style.good('Erased')}  ${erased} messages at ${fspId}`);
        for (const remark of remarks) terminal.out(`  ${style.warn(printable(remark))}`);
      }
      terminal.out('  The journal keeps its events: ./pm prune removes those of old payments, with an export.');
      return EXIT_CODES.ok;
    });
  } finally {
    await client.close();
  }
};
