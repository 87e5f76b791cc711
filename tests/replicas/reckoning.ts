import { parseAmount, type Units } from '@payment-manager/fspiop';
import type { BookedPosting, Core, Payment, Scheme } from '@payment-manager/sandbox';

/** What became of the payments, by all books. Every list but the first is empty when nothing is wrong. */
export interface Reckoning {
  readonly payments: number;
  readonly completed: number;
  /** Failed for the DFSP, and by every book no money moved. */
  readonly failed: number;
  /** Committed at the hub, and not credited to the payee, not debited from the payer, or told the DFSP as failed. */
  readonly lost: readonly string[];
  /** Credited or debited more than once. */
  readonly doubled: readonly string[];
  /** Credited or debited although the hub did not commit, or told as completed. */
  readonly invented: readonly string[];
  /** No end for the DFSP, or money that the payee's core still holds. */
  readonly unfinished: readonly string[];
  /** Of the hub's positions and the ledgers as a whole. */
  readonly imbalances: readonly string[];
}

const ALL = 1_000_000;

/** Holds each payment of the payer's core against the hub, and against both ledgers. */
export async function reckon(scheme: Scheme, payer: Core, payee: Core): Promise<Reckoning> {
  payer.ledger.assertBalanced();
  payee.ledger.assertBalanced();
  const debits = bookedBy(payer, /^payment\/(?<id>[^/]+)\/end$/, 'scheme:USD');
  const credits = bookedBy(
    payee,
    /^(?:transfer\/(?<id>[^/]+)\/\d+\/(?:commit|credit)|bank\/H-(?<id>.+)-payee-hold\/capture)$/,
    'incoming:USD',
  );
  const found = { lost: [] as string[], doubled: [] as string[], invented: [] as string[], unfinished: [] as string[] };
  const payments = payer.payer.all(ALL);
  let [completed, moved] = [0, 0n];
  const paid = new Set<string>();
  for (const payment of payments) {
    const { paymentId, transferId = '' } = payment;
    const committed = transferId !== '' && (await scheme.hub.findTransfer(transferId))?.state === 'COMMITTED';
    const credited = credits.get(transferId)?.length ?? 0;
    const debited = (debits.get(paymentId) ?? []).filter((units) => units !== 0n);
    const told = payment.state === 'COMPLETED';
    paid.add(transferId);
    if (!isFinal(payment)) found.unfinished.push(paymentId);
    if (committed && (credited === 0 || debited.length === 0 || !told)) found.lost.push(paymentId);
    if (credited > 1 || debited.length > 1) found.doubled.push(paymentId);
    if (!committed && (credited > 0 || debited.length > 0 || told)) found.invented.push(paymentId);
    if (committed) moved += parseAmount(payment.transferAmount ?? payment.amount);
    if (committed && told) completed++;
  }
  found.unfinished.push(...heldBy(payee));
  for (const transferId of credits.keys()) if (!paid.has(transferId)) found.invented.push(transferId);
  const failed = payments.length - completed - new Set(Object.values(found).flat()).size;
  return { payments: payments.length, completed, failed, ...found, imbalances: imbalances(scheme, payer, payee, moved) };
}

/** By payment or transfer, the `id` in the posting's key: what each booking moved on the account. */
function bookedBy(core: Core, key: RegExp, account: string): Map<string, Units[]> {
  const booked = new Map<string, Units[]>();
  for (const posting of core.ledger.postings(ALL)) {
    const id = key.exec(posting.key)?.groups?.['id'];
    if (id !== undefined) booked.set(id, [...(booked.get(id) ?? []), unitsOn(posting, account)]);
  }
  return booked;
}

/** Transfers that a core holds money for. */
function heldBy(core: Core): string[] {
  const held = new Map<string, Units>();
  for (const posting of core.ledger.postings(ALL)) {
    const id = /^(?:transfer\/(?<id>[^/]+)|bank\/H-(?<id>.+)-payee-hold)\//.exec(posting.key)?.groups?.['id'];
    if (id !== undefined) held.set(id, (held.get(id) ?? 0n) + unitsOn(posting, 'incoming:USD'));
  }
  return [...held].flatMap(([id, units]) => (units === 0n ? [] : id));
}

function unitsOn({ lines }: BookedPosting, account: string): Units {
  return lines.filter((line) => line.account === account).reduce((sum, line) => sum + line.units, 0n);
}

function isFinal({ state }: Payment): boolean {
  return state === 'COMPLETED' || state === 'ABORTED' || state === 'ERROR_OCCURRED';
}

/** Nothing is held, and all three say that the same sum moved. */
function imbalances(scheme: Scheme, payer: Core, payee: Core, moved: Units): string[] {
  const units = (core: Core, account: string): Units => core.ledger.account(account)?.units ?? 0n;
  const position = (core: Core) => scheme.hub.directory.position(core.settings.fspId, 'USD') ?? { committed: 0n, reserved: 0n };
  const expected: readonly (readonly [string, Units, Units])[] = [
    ['held by the payer', units(payer, 'outgoing:USD'), 0n],
    ['held by the payee', units(payee, 'incoming:USD'), 0n],
    ['owed by the payer', units(payer, 'scheme:USD'), moved],
    ['owed to the payee', units(payee, 'scheme:USD'), -moved],
    ['reserved at the hub', position(payer).reserved + position(payee).reserved, 0n],
    ['committed for the payer', position(payer).committed, moved],
    ['committed for the payee', position(payee).committed, -moved],
  ];
  return expected.filter(([, is, must]) => is !== must).map(([what, is, must]) => `${what}: ${is} instead of ${must}`);
}
