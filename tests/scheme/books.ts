import assert from 'node:assert/strict';
import { formatAmount, parseAmount, type Units } from '@payment-manager/fspiop';
import type { Core, Hub } from '@payment-manager/sandbox';
import { PAYEE, PAYER } from './running-scheme.ts';

/** The demo scheme: what Amara and Thandi have at the start, and what the payee's DFSP keeps of each payment, in USD. */
const AMARA = parseAmount('1000');
const THANDI = parseAmount('100');
const FEE = parseAmount('0.25');

/** What has happened, as the books must show it: amounts of payments (USD). */
export interface Expected {
  /** Committed at the hub, captured by the payer's core, credited by the payee's. */
  readonly committed?: readonly string[];
  /** Committed at the hub, and booked to the payee DFSP's suspense account: its core refused the customer's. */
  readonly suspended?: readonly string[];
  /** Credited by the payee's core although the hub aborted: an exception must say so. */
  readonly creditedOnly?: readonly string[];
  /** Committed at the hub, and still held by the payee's core: an exception must say so. */
  readonly heldByPayee?: readonly string[];
}

/**
 * Checks both cores' ledgers and the hub's positions against what has happened; no hold of any kind may be left. `feeEach`: what the payee's
 * DFSP keeps of each payment.
 */
export function assertBooks(payer: Core, payee: Core, hub: Hub, expected: Expected, feeEach: Units = FEE): void {
  payer.ledger.assertBalanced();
  payee.ledger.assertBalanced();
  const { committed = [], suspended = [], creditedOnly = [], heldByPayee = [] } = expected;
  const moved = sum(committed) + sum(suspended) + sum(heldByPayee);
  const credited = [...committed, ...creditedOnly];
  const booked = [...credited, ...suspended];
  const fees = feeEach * BigInt(booked.length);
  assert.deepEqual(
    {
      payer: usd(payer, ['amara', 'outgoing', 'scheme']),
      payee: usd(payee, ['thandi', 'sipho', 'suspense', 'incoming', 'fees', 'scheme']),
      hub: positions(hub),
    },
    {
      payer: { amara: text(AMARA - moved), outgoing: '0', scheme: text(moved) },
      payee: {
        thandi: text(THANDI + sum(credited) - feeEach * BigInt(credited.length)),
        sipho: '50',
        suspense: text(sum(suspended) - feeEach * BigInt(suspended.length)),
        incoming: text(sum(heldByPayee)),
        fees: text(fees),
        scheme: text(-sum(booked) - sum(heldByPayee)),
      },
      hub: { [PAYER]: `committed ${text(moved)}, reserved 0`, [PAYEE]: `committed ${text(-moved)}, reserved 0` },
    },
  );
}

/** Checks that no transfer was ever sent to the payee's core twice; answers how many were sent. */
export function assertCalledAtMostOnce(payee: Core): number {
  const calls = transferCalls(payee);
  const repeated = [...calls].filter(([, count]) => count > 1);
  assert.deepEqual(repeated, [], 'the core was called more than once for a transfer');
  return calls.size;
}

/** How often the core was called to take each transfer. */
export function transferCalls(payee: Core): Map<string, number> {
  const calls = new Map<string, number>();
  for (const call of payee.calls.list()) {
    if (call.operation !== 'POST /transfers') continue;
    const { transferId } = call.body as { transferId: string };
    calls.set(transferId, (calls.get(transferId) ?? 0) + 1);
  }
  return calls;
}

/** What an operator of this Payment Manager is shown: `code` of every exception, in order. */
export async function exceptionCodes(operationsUrl: string): Promise<string[]> {
  const response = await fetch(`${operationsUrl}/exceptions?limit=1000`);
  const { exceptions } = (await response.json()) as { exceptions: { code: string }[] };
  return exceptions.map(({ code }) => code).sort();
}

function usd(core: Core, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.map((name) => [name, core.ledger.account(`${name}:USD`) === undefined ? '0' : core.balance(`${name}:USD`)]),
  );
}

function positions(hub: Hub): Record<string, string> {
  return Object.fromEntries(
    [PAYER, PAYEE].map((fspId) => {
      const position = hub.directory.position(fspId, 'USD');
      return [fspId, `committed ${text(position?.committed ?? 0n)}, reserved ${text(position?.reserved ?? 0n)}`];
    }),
  );
}

function sum(amounts: readonly string[]): Units {
  return amounts.reduce((total, amount) => total + parseAmount(amount), 0n);
}

function text(units: Units): string {
  return units < 0n ? `-${formatAmount(-units)}` : formatAmount(units);
}
