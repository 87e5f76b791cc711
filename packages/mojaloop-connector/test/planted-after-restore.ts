import { parseAmount } from '@payment-manager/fspiop';
import { type Journal, type JournalMark, memoryJournal } from '@payment-manager/journal';
import { prepare, prepareFor, quoted as quotedByUs, told } from './payee-scenes.ts';
import { committed, FULFILMENT, partyAnswers, paymentRequest, quoteAnswers, transferFails } from './payer-scenes.ts';
import { makeWorld, transfersOf, type World, within } from './world.ts';

/** What must never be seen after a restore. */
export type RestoreViolation = 'paid twice' | 'another attempt' | 'executed twice' | 'refused what was executed' | 'a quote was given';

/** A fault planted in what the connector is given after a restore, or in what a person does. */
export interface PlantedAfterRestore {
  readonly name: string;
  readonly journal?: (restored: Journal) => Journal;
  /** Another key than before. */
  readonly otherKey?: true;
  /** The report is not read in. */
  readonly noReport?: true;
  readonly seen: RestoreViolation | undefined;
}

const withMark = (change: (mark: JournalMark) => Partial<JournalMark>) => (journal: Journal) =>
  journal.mark === undefined ? journal : { ...journal, mark: { ...journal.mark, ...change(journal.mark) } };
const last = (mark: JournalMark, change: object) => ({ last: () => ({ ...mark.last(), ...change }) as ReturnType<JournalMark['last']> });
const lifted = { at: 1, by: 'nobody', reason: 'none' };

export const plantedAfterRestore: readonly PlantedAfterRestore[] = [
  { name: 'nothing is planted', seen: undefined },
  { name: 'the mark is not seen', journal: ({ mark: _unseen, ...journal }) => journal, seen: 'executed twice' },
  { name: 'the mark counts as lifted at once', journal: withMark((mark) => last(mark, { lifted })), seen: 'a quote was given' },
  { name: 'what is older than the mark is not known', journal: withMark((mark) => last(mark, { at: 0 })), seen: 'another attempt' },
  { name: 'no report, and another transferId: both lines are gone', noReport: true, otherKey: true, seen: 'paid twice' },
  { name: 'no report alone: the transferId is the second line', noReport: true, seen: undefined },
  { name: 'another transferId alone: the tombstone is the first line', otherKey: true, seen: undefined },
];

const ada = { by: 'Ada', reason: 'a test' };

/** A failed payment, a copy, a payment and a transfer that is credited, a restore: what the world sees of repeats, under the mark and after it. */
export async function violationsAfterRestore(planted: PlantedAfterRestore): Promise<ReadonlySet<RestoreViolation>> {
  const seen = new Set<RestoreViolation>();
  const journal = memoryJournal();
  const first = await makeWorld({}, { journal });
  const paid = new Map<string, Set<string>>();

  // the hub: a transferId that it has is refused, any other is paid
  async function pays(world: World, homeTransactionId: string): Promise<string | undefined> {
    const start = world.connector.payer.start({ request: paymentRequest({ homeTransactionId }) });
    await world.time.advance(0);
    if (world.messages('GET', '/parties/MSISDN/222').length > 0) await partyAnswers(world);
    const answer = await within(world, 15_000, start);
    if (answer.kind !== 'payment' || answer.payment.stage !== 'party-offered') return undefined;
    const { transferId } = answer.payment;
    for (const decision of [{ acceptParty: true }, { acceptQuote: true }]) {
      void world.connector.payer.resume(transferId, decision);
      await world.time.advance(0);
      if ('acceptParty' in decision) await quoteAnswers(world);
    }
    const ids = paid.get(homeTransactionId) ?? new Set();
    if (ids.has(transferId)) await transferFails(world, transferId, '3106');
    else await committed(world, transferId, { fulfilment: FULFILMENT });
    paid.set(homeTransactionId, ids.add(transferId));
    return transferId;
  }

  const failing = first.connector.payer.start({ request: paymentRequest({ homeTransactionId: 'failed' }) });
  await first.time.advance(15_000);
  await failing;
  const quote = await quotedByUs(first);
  const kept = journal.copy();
  const transferId = await pays(first, 'after');
  if (transferId === undefined) throw new Error('the payment was not made');
  const body = prepareFor(first, quote);
  await prepare(first, body);
  await first.connector.stop();
  await first.time.advance(1_000);

  const marked = await kept.restoredCopy({ sign: 'restore', reason: 'a test', at: first.time.now() });
  const restored = await makeWorld(
    {},
    {
      journal: planted.journal?.(marked) ?? marked,
      time: first.time,
      seed: 31,
      ...(planted.otherKey && { transferIdKey: Buffer.alloc(32, 9) }),
    },
  );
  await restored.time.advance(1);
  const looks = async (): Promise<void> => {
    await pays(restored, 'after');
    if ((paid.get('after')?.size ?? 0) > 1) seen.add('paid twice');
    const attempts = restored.messages('GET', '/parties/MSISDN/222').length;
    void restored.connector.payer.start({ request: paymentRequest({ homeTransactionId: 'failed' }) });
    await restored.time.advance(0);
    if (restored.messages('GET', '/parties/MSISDN/222').length > attempts) seen.add('another attempt');
    await prepare(restored, body);
    if (transfersOf(restored.calls).some(({ request }) => request.transferId === body.transferId)) seen.add('executed twice');
    if (told(restored, body.transferId).some((word) => word.startsWith('error'))) seen.add('refused what was executed');
  };
  await looks();
  await quotedByUs(restored).then(
    () => seen.add('a quote was given'),
    () => undefined,
  );
  await accounted(restored, planted, transferId, body.transferId);
  await restored.connector.restored.lift(ada);
  await looks();
  await restored.connector.stop();
  return seen;
}

/** The core's report with both payments, or the word that there was none. */
async function accounted({ connector }: World, { noReport }: PlantedAfterRestore, sentId: string, receivedId: string): Promise<void> {
  const { restored } = connector;
  if (noReport) {
    await restored.nothingMissing(ada);
    return;
  }
  const row = { amount: parseAmount('100'), currency: 'USD', state: 'COMMITTED' } as const;
  await restored.take(
    [
      { ...row, transferId: sentId, direction: 'out', homeTransactionId: 'after' },
      { ...row, transferId: receivedId, direction: 'in' },
    ],
    'core',
  );
  await restored.readIn({ from: 'core', transfers: 2, made: 2, digest: 'd', by: 'Ada' });
}
