import { type FaultBook, faultBook } from '../../faults/fault-book.ts';
import type { ConnectionManagerFaultRule } from './fault.ts';

/** What a fault of a Connection Manager can strike: a request, or the next certificate for a DFSP, whoever has it signed. */
export type Struck =
  | { readonly kind: 'request'; readonly operation: string; readonly fspId: string | undefined }
  | { readonly kind: 'certificate'; readonly fspId: string };

/** The faults of one Connection Manager. */
export type ServerFaults = FaultBook<ConnectionManagerFaultRule, Struck>;

const FAULTS_MAX = 100;
/** What `*` does not mean: a server in trouble still says that it is healthy, and another server gives the tokens. */
const APART = ['GET /health', 'POST /token'];

function concerns(rule: ConnectionManagerFaultRule, struck: Struck): boolean {
  if (rule.fspId !== undefined && rule.fspId !== struck.fspId) return false;
  if (struck.kind === 'certificate') return rule.action.kind === 'flaw';
  const isMeant = rule.operation === struck.operation || (rule.operation === '*' && !APART.includes(struck.operation));
  return isMeant && rule.action.kind !== 'flaw';
}

/** No faults yet. */
export function serverFaults(): ServerFaults {
  return faultBook({ concerns, most: FAULTS_MAX, chance: () => 0 });
}
