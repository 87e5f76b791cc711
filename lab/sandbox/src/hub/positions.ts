import type { Units } from '@payment-manager/fspiop';

/** A participant's account with the hub in one currency. Amounts in 1/10000 of the currency's unit. */
export interface Position {
  readonly fspId: string;
  readonly currency: string;
  /** What it owes (positive) or is owed (negative) from committed transfers. */
  readonly committed: Units;
  /** What open transfers would add. Never below zero. */
  readonly reserved: Units;
  /** committed + reserved may not pass it. */
  readonly netDebitCap: Units;
}

/** A change of one position; absent members are zero. */
export interface PositionChange {
  readonly fspId: string;
  readonly currency: string;
  readonly committed?: Units;
  readonly reserved?: Units;
}

/** True when the participant may owe `amount` more. */
export function isWithinCap(position: Position, amount: Units): boolean {
  return position.committed + position.reserved + amount <= position.netDebitCap;
}

/** What a transfer does to positions: a hold at the prepare, the move at the commit, or nothing left at the abort. */
export function positionChanges(
  step: 'reserve' | 'commit' | 'abort',
  transfer: { readonly payerFsp: string; readonly payeeFsp: string; readonly currency: string },
  amount: Units,
): readonly PositionChange[] {
  const { payerFsp, payeeFsp, currency } = transfer;
  switch (step) {
    case 'reserve':
      return [{ fspId: payerFsp, currency, reserved: amount }];
    case 'commit':
      return [
        { fspId: payerFsp, currency, reserved: -amount, committed: amount },
        { fspId: payeeFsp, currency, committed: -amount },
      ];
    case 'abort':
      return [{ fspId: payerFsp, currency, reserved: -amount }];
  }
}

/** The changed position. */
export function withChange(position: Position, change: PositionChange): Position {
  return {
    ...position,
    committed: position.committed + (change.committed ?? 0n),
    reserved: position.reserved + (change.reserved ?? 0n),
  };
}
