import { messageSchema } from '@payment-manager/fspiop';
import { type TSchema, Type } from 'typebox';
import { addressableFspId } from './payment-schemas.ts';

/** Bodies of the pass-through calls (docs/protocol.md, 16.3): a message of the protocol, and whom it is for. */

/**
 * The newest form of a message with unknown members refused, as the SDK does. What an older version does not know is
 * left out when it is sent (docs/protocol.md, 3).
 */
function strictMessage(operation: 'POST /quotes' | 'POST /transfers', title: string): TSchema {
  return { ...strict(messageSchema(operation, '2.0') as Node), title } as TSchema;
}

interface Node {
  readonly title?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
}

function strict(node: Node): Node {
  if (node.items !== undefined) return { ...node, items: strict(node.items) };
  if (node.properties === undefined) return node;
  const properties = Object.fromEntries(Object.entries(node.properties).map(([name, member]) => [name, strict(member)]));
  // another schema than the tolerant one, so without its name
  const { title: _title, ...rest } = node;
  return { ...rest, properties, additionalProperties: false } as Node;
}

const fspId = { ...addressableFspId, description: 'The DFSP that the message is for (FSPIOP-Destination)' };

/** Body of `POST /quotes`. */
export const QuoteHelperRequest = Type.Object(
  { fspId, quotesPostRequest: strictMessage('POST /quotes', 'OutgoingQuotesPostRequest') },
  { additionalProperties: false, title: 'QuoteHelperRequest' },
);

/** Body of `POST /simpleTransfers`. */
export const SimpleTransferRequest = Type.Object(
  { fspId, transfersPostRequest: strictMessage('POST /transfers', 'OutgoingTransfersPostRequest') },
  { additionalProperties: false, title: 'SimpleTransferRequest' },
);
