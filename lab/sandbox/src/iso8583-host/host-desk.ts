import type { Units } from '@payment-manager/fspiop';
import type { Clock } from '@payment-manager/runtime';
import { openCoreDatabase } from '../core/core-database.ts';
import { bankAccount, InsufficientFunds, type Ledger, openLedger } from '../core/ledger.ts';
import type { HostMessage } from './host-message.ts';

/** A customer of the host. */
export interface HostAccount {
  readonly id: string;
  /** The phone number that it is found by, too. */
  readonly alias: string;
  readonly name: string;
  /** In 1/10000 of the currency's unit. */
  readonly units: Units;
  /** Takes nothing. */
  readonly blocked?: boolean;
}

export interface HostDesk {
  readonly ledger: Ledger;
  /** Blocks an account, or lets it take money again. */
  block(id: string, blocked: boolean): void;
  /** What it answers: fields that differ from those of the request. */
  answer(message: HostMessage): Readonly<Record<number, string>>;
}

/** Two decimals: the host counts cents, the ledger 1/10000. */
const UNITS_PER_CENT = 100n;

/**
 * What a host does with messages. An advice or a reversal is executed once, whatever is repeated, and gets its first answer again. A reversal of what
 * was never there is remembered: the original is refused when it comes after all.
 */
export function openHostDesk({
  accounts,
  currency,
  clock,
}: {
  accounts: readonly HostAccount[];
  currency: string;
  clock: Clock;
}): HostDesk {
  const ledger = openBooks(accounts, currency, clock);
  const blocked = new Set(accounts.filter((each) => each.blocked === true).map(({ id }) => id));
  const scheme = bankAccount('scheme', currency);
  /** First answers of advices and reversals, by their numbers. */
  const said = new Map<string, Readonly<Record<number, string>>>();
  /** Debits by their RRN: what they took, and from whom; undefined: reversed before it came. */
  const debits = new Map<string, { readonly account: string; readonly units: Units } | undefined>();

  const accountOf = (text: string | undefined) => accounts.find(({ id, alias }) => id === text?.trim() || alias === text?.trim());

  function inquiry(message: HostMessage): Readonly<Record<number, string>> {
    const account = accountOf(message.fields.get(103));
    if (account === undefined) return { 39: '14' };
    return blocked.has(account.id) ? { 39: '62' } : { 39: '00', 62: account.name, 103: account.id };
  }

  function credit({ fields }: HostMessage): Readonly<Record<number, string>> {
    const account = accountOf(fields.get(103));
    if (account === undefined) return { 39: '14' };
    if (blocked.has(account.id)) return { 39: '62' };
    move(`credit ${numbersOf(fields)}`, scheme, account.id, centsIn(fields));
    return { 39: '00', 38: 'A00001' };
  }

  function debit({ fields }: HostMessage): Readonly<Record<number, string>> {
    const rrn = fields.get(37) ?? '';
    const account = accountOf(fields.get(102));
    if (account === undefined) return { 39: '14' };
    if (debits.has(rrn)) return { 39: '94' };
    try {
      move(`debit ${numbersOf(fields)}`, account.id, scheme, centsIn(fields));
    } catch (error) {
      if (error instanceof InsufficientFunds) return { 39: '51' };
      throw error;
    }
    debits.set(rrn, { account: account.id, units: centsIn(fields) });
    return { 39: '00', 38: 'A00002' };
  }

  function reversal({ fields }: HostMessage): Readonly<Record<number, string>> {
    const rrn = fields.get(37) ?? '';
    const original = debits.get(rrn);
    if (original === undefined) {
      debits.set(rrn, undefined);
      return { 39: '25' };
    }
    move(`reversal ${rrn}`, scheme, original.account, original.units);
    return { 39: '00' };
  }

  function move(key: string, from: string, to: string, units: Units): void {
    ledger.post({
      key,
      memo: key,
      lines: [
        { account: from, units: -units },
        { account: to, units },
      ],
    });
  }

  function once(message: HostMessage, work: (message: HostMessage) => Readonly<Record<number, string>>): Readonly<Record<number, string>> {
    const numbers = `${message.type.slice(0, 3)} ${numbersOf(message.fields)}`;
    const answer = said.get(numbers) ?? work(message);
    said.set(numbers, answer);
    return answer;
  }

  return {
    ledger,
    block: (id, isBlocked) => void (isBlocked ? blocked.add(id) : blocked.delete(id)),
    answer(message) {
      const code = message.fields.get(3) ?? '';
      if (message.type === '0800') return { 39: '00' };
      if (message.type === '0100' && code.startsWith('31')) return inquiry(message);
      if (message.type.startsWith('022') && code.startsWith('21')) return once(message, credit);
      if (message.type === '0200' && code.startsWith('50')) return debit(message);
      if (message.type.startsWith('042')) return once(message, reversal);
      return { 39: '12' };
    },
  };
}

/** Books with opening balances. */
function openBooks(accounts: readonly HostAccount[], currency: string, clock: Clock): Ledger {
  const ledger = openLedger(openCoreDatabase(':memory:'), clock);
  for (const kind of ['scheme', 'opening'] as const)
    ledger.openAccount({ id: bankAccount(kind, currency), holder: 'the bank', currency, kind });
  for (const { id, name, units } of accounts) {
    ledger.openAccount({ id, holder: name, currency, kind: 'customer' });
    const lines = [
      { account: bankAccount('opening', currency), units: -units },
      { account: id, units },
    ];
    if (units > 0n) ledger.post({ key: `opening ${id}`, memo: 'opening balance', lines });
  }
  return ledger;
}

function numbersOf(fields: HostMessage['fields']): string {
  return [7, 11, 37].map((number) => fields.get(number) ?? '').join(' ');
}

function centsIn(fields: HostMessage['fields']): Units {
  return BigInt(fields.get(4) ?? '0') * UNITS_PER_CENT;
}
