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

/**
 * The prepare as it was. Where neither event nor quote has a packet, an event is missing: then it is empty, as in what is left of a pruned
 * payment. No hub takes a prepare like that, and no core is called for it; one damaged record must not keep a process from loading the others.
 */
export function withPacket(prepare: PrepareOfQuote, quote: Quoted): StoredPrepare {
  return { ...prepare, ilpPacket: prepare.ilpPacket ?? quote?.ilpPacket ?? '' };
}
