import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { JournalEvent } from '@payment-manager/journal';
import { fulfilled, hubSays, patch, prepare, prepareFor, quoted } from '../../test/payee-scenes.ts';
import { byKind, SNAPSHOT, storedEvents } from '../../test/stored-events.ts';
import { makeWorld, transfersOf, type World } from '../../test/world.ts';
import { applyPayee } from './apply.ts';
import type { PayeeEvent } from './events.ts';
import { transferClaim } from './flow.ts';
import { payeeHistory } from './history.ts';
import type { PayeeState } from './state.ts';

const snapshot = (name: string) => fileURLToPath(new URL(`../../test/stored-events/${name}.snapshot`, import.meta.url));

async function eventsOfTransfer(world: World, id: string): Promise<readonly PayeeEvent[]> {
  const recordId = await world.journal.findByClaim(transferClaim(id));
  return (await storedEvents(world, recordId ?? '')) as readonly PayeeEvent[];
}

const EXTENSIONS = { extension: [{ key: 'e', value: 'x' }] };
const ERROR = { errorCode: '2001', errorDescription: 'why' };
const SUMMARY: PayeeState = {
  stage: 'aborted',
  quotedAt: 1,
  quoteCallbackSettled: true,
  preparedAt: 2,
  core: { attempt: 1, deadline: 3, startedAt: 2, asks: 0 },
  rung: 0,
  contradictions: [],
};

/** Kinds that hold nothing of a message: each as the flow writes it. With those that transfers are seen to write they are all there are. */
const OTHERS: { readonly [T in Exclude<PayeeEvent['type'], (typeof SEEN)[number]>]: Extract<PayeeEvent, { type: T }> } = {
  'quote-refused': { type: 'quote-refused', at: 1, errorInformation: ERROR },
  'core-transfer-refused': { type: 'core-transfer-refused', at: 1, errorInformation: ERROR },
  'core-transfer-unknown': { type: 'core-transfer-unknown', at: 1, reason: 'why', forgotten: true },
  'core-asked': { type: 'core-asked', at: 1, attempt: 0, found: 'not-found' },
  'core-quiet': { type: 'core-quiet', at: 1 },
  'core-said': { type: 'core-said', at: 1, found: 'reserve' },
  'confirmation-asked': { type: 'confirmation-asked', at: 1, nth: 0 },
  'confirmation-ended': { type: 'confirmation-ended', at: 1 },
  'notification-failed': { type: 'notification-failed', at: 1, attempt: 1, kind: 'unknown', reason: 'why' },
  'commit-withdrawn': { type: 'commit-withdrawn', at: 1 },
  'commit-held': { type: 'commit-held', at: 1 },
  'exception-raised': { type: 'exception-raised', at: 1, code: 'CORE_NOT_TOLD', reason: 'why' },
  contradicted: { type: 'contradicted', at: 1, source: 'switch', says: 'ABORTED', reason: 'why' },
  reported: { type: 'reported', at: 1, summary: SUMMARY },
  pruned: { type: 'pruned', at: 1, version: 12, head: 'hash', summary: SUMMARY },
  'person-acted': { type: 'person-acted', at: 1, act: { action: 'ask-hub' }, reason: 'why', by: 'who', nonce: 'n' },
};

/** Kinds that `writtenByTransfers` has. */
const SEEN = [
  'callback-settled',
  'core-transfer-ok',
  'core-transfer-started',
  'fulfil-decided',
  'hub-asked',
  'hub-error-said',
  'notification-acknowledged',
  'notification-started',
  'outcome-known',
  'prepare-received',
  'prepare-refused',
  'quote-answered',
  'quote-callback-settled',
  'quote-requested',
] as const;

/** One event of each kind that transfers come to, written by the connector itself. */
async function writtenByTransfers(): Promise<Readonly<Record<string, JournalEvent>>> {
  const world = await makeWorld();
  world.core.transfer = () => ({ kind: 'ok', value: { homeTransactionId: 'home-1', extensionList: EXTENSIONS } });
  const quote = await quoted(world, {
    quoteId: '00000000-0000-4000-8000-00000000aaaa',
    transactionId: '00000000-0000-4000-8000-00000000bbbb',
    note: 'a note',
    fees: { currency: 'USD', amount: '1' },
    geoCode: { latitude: '1', longitude: '2' },
    expiration: new Date(world.time.now() + 60_000).toISOString(),
    extensionList: EXTENSIONS,
  });
  const id = await prepare(world, prepareFor(world, quote, { extensionList: EXTENSIONS }));
  await hubSays(world, id, '2001');
  await patch(world, id, 'COMMITTED');
  // no quote belongs to it
  const stray = { ...prepareFor(world, quote), transferId: '00000000-0000-4000-8000-00000000cccc', condition: 'f'.repeat(43) };
  await prepare(world, stray, { source: 'stranger' });
  await world.time.advance(2_000);
  return byKind([...(await eventsOfTransfer(world, id)), ...(await eventsOfTransfer(world, stray.transferId))]);
}

test('payee: each kind of event is stored as it was before, whatever became of the APIs', async (t) => {
  const seen = await writtenByTransfers();
  assert.deepEqual(Object.keys(seen), SEEN);
  const all = { ...seen, ...OTHERS };
  t.assert.fileSnapshot(all, snapshot('payee'), SNAPSHOT);
  for (const event of payeeHistory(Object.values(all) as unknown as readonly PayeeEvent[])) assert.ok(event.what.length > 0);
});

test('payee: a stored prepare has no packet of its own, and gets that of its quote back to the character', async () => {
  const world = await makeWorld();
  const { id, body } = await fulfilled(world);
  const events = await eventsOfTransfer(world, id);
  const received = events.find((event) => event.type === 'prepare-received');
  assert.equal(received?.prepare.ilpPacket, undefined);
  const state = events.reduce<PayeeState | undefined>(applyPayee, undefined);
  assert.deepEqual(state?.prepare, body);
  // a process that loads the record has the whole of it, too
  await world.crash();
  assert.equal(transfersOf(world.calls).length, 1);
});

test('payee: a prepare with another packet than its quote keeps it, and is refused', async () => {
  const world = await makeWorld();
  const quote = await quoted(world);
  const other = (await quoted(world)).response.ilpPacket;
  const id = await prepare(world, prepareFor(world, quote, { ilpPacket: other }));
  const events = await eventsOfTransfer(world, id);
  assert.equal(events.find((event) => event.type === 'prepare-received')?.prepare.ilpPacket, other);
  assert.ok(events.some((event) => event.type === 'prepare-refused'));
});
