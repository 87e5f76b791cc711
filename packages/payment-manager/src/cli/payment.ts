import type { ShownMessages } from '@payment-manager/operations/messages';
import { createHttpClient } from '@payment-manager/runtime';
import type { Command, CommandOptions } from './commands.ts';
import { show } from './exceptions.ts';
import { CommandFailed, EXIT_CODES } from './exit-codes.ts';
import { type FoundManager, findOperations } from './operations/find-operations.ts';
import type { ShownPayment } from './operations/operations-client.ts';
import { operatorName } from './operations/person.ts';
import { showMessages } from './shown-messages.ts';
import { stayAlive } from './stay-alive.ts';
import { style, type Terminal } from './terminal.ts';

/** More than an answer of the operations API with messages has. */
const ANSWER_BYTES_MAX = 33_554_432;

/** `./pm payment ID`: the history of the payments that have this id, whichever id it is, and with `--messages` what was said. */
export const payment: Command = async ([id = ''], options, terminal) => {
  const client = createHttpClient({ maxAnswerBytes: ANSWER_BYTES_MAX });
  try {
    return await stayAlive(async () => {
      const found = await findAll(id, options, await findOperations(options, terminal, client), terminal);
      if (found.length === 0) throw unknown(id, options);
      if (options['json'] === true) {
        terminal.out(JSON.stringify({ payments: found.map(({ manager, kept, ...one }) => ({ fspId: manager.fspId, ...one, ...kept })) }));
      } else for (const [place, one] of found.entries()) print(one, place, terminal);
      return EXIT_CODES.ok;
    });
  } finally {
    await client.close();
  }
};

/** A payment, or messages about an id of which there is no payment. */
interface Found {
  readonly manager: FoundManager;
  /** Which of its ids was asked for, where it was not the transferId. */
  readonly foundBy?: string;
  readonly shown?: ShownPayment;
  readonly kept?: ShownMessages | undefined;
}

async function findAll(
  id: string,
  options: CommandOptions,
  managers: readonly FoundManager[],
  terminal: Terminal,
): Promise<readonly Found[]> {
  const { from } = options;
  const personal = options['personal'] === true;
  const by = options['messages'] === true || personal ? operatorName(options, terminal) : undefined;
  const all: Found[] = [];
  for (const manager of managers) {
    const { operations } = manager;
    const found = await operations.find(id, typeof from === 'string' ? from : undefined);
    for (const { transferId, flow, as, attempt } of found) {
      const shown = await operations.payment(transferId, flow);
      if (shown === undefined) continue;
      all.push({
        manager,
        ...(as !== 'transferId' && { foundBy: `${as}${attempt === undefined ? '' : `, attempt ${attempt}`}` }),
        shown,
        ...(by !== undefined && { kept: await operations.messages(transferId, { by, personal, flow }) }),
      });
    }
    // a quote that no transfer has spent, and what was refused before there was a record
    if (found.length > 0 || by === undefined) continue;
    const kept = await operations.messages(id, { by, personal });
    if (kept !== undefined) all.push({ manager, kept });
  }
  return all;
}

function print({ manager, foundBy, shown, kept }: Found, place: number, terminal: Terminal): void {
  if (place > 0) terminal.out('');
  if (foundBy !== undefined) terminal.out(style.dim(`Found by its ${foundBy}: transferId ${shown?.payment.id}`));
  if (shown === undefined) terminal.out(`${style.bold(manager.fspId)}  has no payment with this id, and messages about it`);
  else show({ manager, shown }, terminal);
  if (kept !== undefined) showMessages(kept, terminal);
}

function unknown(id: string, { from, messages }: CommandOptions): CommandFailed {
  const others = from === undefined ? ' For a quoteId or transactionId of another FSP add that FSP: --from FSP.' : '';
  const none = messages === true ? ' No message about it is kept.' : '';
  return new CommandFailed(
    EXIT_CODES.failed,
    `No payment has ${id} as its transferId, quoteId, homeTransactionId or Idempotency-Key.${others}${none}`,
  );
}
