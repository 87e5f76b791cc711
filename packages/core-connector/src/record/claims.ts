import type { Claim, Journal } from '@payment-manager/journal';
import type { CoreEvent, Side } from './events.ts';

/** The kind of the records at the core. */
export const CORE_KIND = 'core';

/** What no other record may have, by an event. */
export function coreClaims(event: CoreEvent): readonly Claim[] {
  if (event.type === 'operation-begun') return [coreClaim(event.side, event.transferId)];
  const { key, awaits } = (event.type === 'effect-started' ? event.first : undefined) ?? {};
  return awaits === undefined || key === undefined ? [] : [callbackClaim(awaits, key)];
}

/** One record for each side of a transfer: a DFSP may pay itself. */
export function coreClaim(side: Side, transferId: string): Claim {
  return { kind: CORE_KIND, scope: side, value: transferId };
}

/** By what a callback finds the record that it is about: its reference is written with the start, before the call. */
export function callbackClaim(callback: string, reference: string): Claim {
  return { kind: 'core-callback', scope: callback, value: reference };
}

/** Made once a connector is used with a journal: without one, most starts need not look further. */
export const USED_ID = 'core-connector-used';
const PAGE = 500;

/** TransferIds (or ids of records), some of them, whose records at the core, or of `kinds` besides, are open: nobody but a connector goes on with them. */
export async function openAtCore(journal: Journal, kinds: readonly string[] = []): Promise<readonly string[]> {
  if ((await journal.load(USED_ID)) === undefined) return [];
  for (let after: string | undefined; ; ) {
    const page = await journal.openRecords(PAGE, after);
    const found = page
      .filter(({ kind }) => kind === CORE_KIND || kinds.includes(kind))
      .map(({ recordId }) => recordId.replace(/^core-pay(ee|er)-/, ''));
    if (found.length > 0 || page.length < PAGE) return found.slice(0, 5);
    after = page.at(-1)?.recordId;
  }
}
