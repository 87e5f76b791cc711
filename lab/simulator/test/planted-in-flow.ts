import type { CoreCapabilities } from '@payment-manager/mojaloop-connector';
import type { Broken } from '../src/index.ts';

/** A fault planted in a flow by wrapping it; what is found must say so. */
export interface PlantedInFlow {
  readonly name: string;
  readonly broken: Broken;
  /** The core with which it shows, where that is not the one that can do least. */
  readonly core?: Partial<CoreCapabilities>;
  /** It shows where a journal was put back. */
  readonly afterRestore?: true;
  /** What the explorer must complain about. */
  readonly complaint: RegExp;
}

/** The hub's word whoever says it. */
export const FROM_HUB = 'switch';
