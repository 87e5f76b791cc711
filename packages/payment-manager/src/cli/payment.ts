import { createHttpClient } from '@payment-manager/runtime';
import type { Command } from './commands.ts';
import { show } from './exceptions.ts';
import { CommandFailed, EXIT_CODES } from './exit-codes.ts';
import { findOperations } from './operations/find-operations.ts';
import { stayAlive } from './stay-alive.ts';
import { style } from './terminal.ts';

/** `./pm payment ID`: the history of the payments that have this id, whichever id it is. */
export const payment: Command = async ([id = ''], options, terminal) => {
  const { from } = options;
  const client = createHttpClient({});
  try {
    return await stayAlive(async () => {
      let shownAny = false;
      for (const manager of await findOperations(options, terminal, client)) {
        for (const { transferId, flow, as, attempt } of await manager.operations.find(id, typeof from === 'string' ? from : undefined)) {
          const shown = await manager.operations.payment(transferId, flow);
          if (shown === undefined) continue;
          if (shownAny) terminal.out('');
          if (as !== 'transferId')
            terminal.out(style.dim(`Found by its ${as}${attempt === undefined ? '' : `, attempt ${attempt}`}: transferId ${transferId}`));
          show({ manager, shown }, terminal);
          shownAny = true;
        }
      }
      if (shownAny) return EXIT_CODES.ok;
      const others = from === undefined ? ' For a quoteId or transactionId of another FSP add that FSP: --from FSP.' : '';
      throw new CommandFailed(
        EXIT_CODES.failed,
        `No payment has ${id} as its transferId, quoteId, homeTransactionId or Idempotency-Key.${others}`,
      );
    });
  } finally {
    await client.close();
  }
};
