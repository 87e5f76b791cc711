import { type Core, type FaultRule, parseFault, type Scheme, type SchemeOptions } from '@payment-manager/sandbox';
import type { Expected } from '../../scheme/books.ts';
import type { Overrides } from '../../scheme/configuration.ts';
import type { RunningScheme } from '../../scheme/running-scheme.ts';

/** Without a connector: what the payee's core does at the prepare. Else the connector by which it is reached; these book when the hub has committed. */
export type CoreMode = 'reserve' | 'credit' | 'rest-core' | 'fineract-savings';
export const BY_BACKEND_API: readonly CoreMode[] = ['reserve', 'credit'];
export const BOOKS_AFTERWARDS: readonly CoreMode[] = ['reserve', 'rest-core', 'fineract-savings'];
export const ALL_MODES: readonly CoreMode[] = ['reserve', 'credit', 'rest-core', 'fineract-savings'];

/** Which calls of the payee's core a payment makes, as its faults name them. A Fineract takes nothing at the prepare: it is looked at. */
export const CORE_CALLS: Readonly<Record<CoreMode, Readonly<Record<'party' | 'quote' | 'prepare' | 'outcome', string>>>> = {
  reserve: { party: 'GET /parties', quote: 'POST /quoterequests', prepare: 'POST /transfers', outcome: 'PUT /transfers' },
  credit: { party: 'GET /parties', quote: 'POST /quoterequests', prepare: 'POST /transfers', outcome: 'PUT /transfers' },
  'rest-core': {
    party: 'GET /bank/accounts',
    quote: 'GET /bank/accounts',
    prepare: 'POST /bank/holds',
    outcome: 'POST /bank/holds/capture',
  },
  'fineract-savings': {
    party: 'GET /fineract/interoperation',
    quote: 'GET /fineract/savingsaccounts',
    prepare: 'GET /fineract/savingsaccounts',
    outcome: 'POST /fineract/deposit',
  },
};

/** What must be true after a scene, besides what must always be true. */
export interface Outcome extends Expected {
  /** Codes of the exceptions that an operator is shown; usually none. */
  readonly payerExceptions?: readonly string[];
  readonly payeeExceptions?: readonly string[];
  /** True: the payee's core goes on refusing to hear how it ended, so the payment stays open before a person. */
  readonly payeeStaysOpen?: boolean;
  /** True: the core honours our key, and was therefore called again. */
  readonly coreMayBeCalledAgain?: boolean;
}

/** One row of the matrix: a scheme of its own, what goes wrong in it, and how it must end. */
export interface Scene {
  readonly name: string;
  /** Default: all. */
  readonly modes?: readonly CoreMode[];
  /** About the core, or each day's: always in all of them. */
  readonly inAllModes?: boolean;
  readonly payer?: Overrides;
  readonly payee?: Overrides;
  /** True: whoever is only slow is waited for; the times are as many times longer as the machine is slower. */
  readonly nobodyLate?: boolean;
  readonly scheme?: Partial<SchemeOptions>;
  readonly run: (scheme: RunningScheme, mode: CoreMode) => Promise<Outcome>;
}

type Fault = Pick<FaultRule, 'operation' | 'action'> & Partial<FaultRule>;

/** Puts a fault into the hub: `in` strikes what arrives there, `out` what it sends. */
export function hubFault(scheme: Scheme, fault: Fault): void {
  scheme.hub.faults.add(parseFault(fault));
}

/** Puts a fault before a core. */
export function coreFault(core: Core, fault: Fault): void {
  core.faults.add(parseFault(fault));
}
