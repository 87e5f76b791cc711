import type { StoredPrepare } from './stored-messages.ts';

/** A prepare as an event keeps it. Without a packet: it has the packet of its quote, to the character, which the record has already. */
export type PrepareOfQuote = Omit<StoredPrepare, 'ilpPacket'> & { ilpPacket?: string };

/** What the quote of a record says of the packet. */
type Quoted = { readonly ilpPacket: string } | undefined;

/** For the event: without the packet where it is the quote's. A packet is a sixth of what a payment stores. */
export function withPacketOnce(prepare: StoredPrepare, quote: Quoted): PrepareOfQuote {
  if (prepare.ilpPacket !== quote?.ilpPacket) return prepare;
  const { ilpPacket: _quoted, ...rest } = prepare;
  return rest;
}

/** The prepare as it was. Throws where neither event nor quote has a packet: then an event is missing. */
export function withPacket(prepare: PrepareOfQuote, quote: Quoted): StoredPrepare {
  const ilpPacket = prepare.ilpPacket ?? quote?.ilpPacket;
  if (ilpPacket === undefined) throw new Error('a prepare without a packet, and no quote that has it');
  return { ...prepare, ilpPacket };
}
