import { type Core, type FaultRule, parseFault, type Scheme, type SchemeOptions } from '@payment-manager/sandbox';
import type { Expected } from '../../scheme/books.ts';
import type { Overrides } from '../../scheme/configuration.ts';
import type { RunningScheme } from '../../scheme/running-scheme.ts';

/** What the payee's core does at the prepare. */
export type CoreMode = 'reserve' | 'credit';

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
  /** Default: both. */
  readonly modes?: readonly CoreMode[];
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
