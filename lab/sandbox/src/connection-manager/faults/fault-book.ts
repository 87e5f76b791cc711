import type { Flaw } from '../certificates/hub-authority.ts';
import type { ConnectionManagerFault, ConnectionManagerFaultRule } from './fault.ts';

/** A fault in force, and what it has done so far. */
export interface FaultInForce {
  readonly id: string;
  readonly rule: ConnectionManagerFaultRule;
  readonly matched: number;
  readonly struck: number;
}

const FAULTS_MAX = 100;
/** What `*` does not mean: a server in trouble still says that it is healthy, and another server gives the tokens. */
const APART = ['GET /health', 'POST /token'];

/** The faults of one Connection Manager. The oldest that strikes wins; a request is struck once. */
export interface FaultBook {
  /** @throws RangeError when there are too many */
  add(rule: ConnectionManagerFaultRule): FaultInForce;
  list(): readonly FaultInForce[];
  /** One fault, or all. False when there is no such fault. */
  remove(id?: string): boolean;
  strike(operation: string, fspId: string | undefined): ConnectionManagerFault | undefined;
  /** What is wrong with the next certificate for a DFSP, whoever has it signed. */
  flaw(fspId: string): Flaw | undefined;
}

/** Makes an empty book. */
export function faultBook(): FaultBook {
  let faults: { id: string; rule: ConnectionManagerFaultRule; matched: number; struck: number }[] = [];
  let last = 0;
  const struck = (concerns: (fault: FaultInForce) => boolean): ConnectionManagerFault | undefined => {
    for (const fault of faults.filter(concerns)) {
      fault.matched++;
      const { nth, count = Number.POSITIVE_INFINITY } = fault.rule;
      if (fault.matched < nth || fault.matched >= nth + count) continue;
      fault.struck++;
      return fault.rule.action;
    }
    return undefined;
  };
  return {
    add(rule) {
      if (faults.length >= FAULTS_MAX) throw new RangeError(`more than ${FAULTS_MAX} faults: remove some first`);
      last++;
      const fault = { id: `fault-${last}`, rule, matched: 0, struck: 0 };
      faults.push(fault);
      return { ...fault };
    },
    list: () => faults.map((fault) => ({ ...fault })),
    remove(id) {
      const before = faults.length;
      faults = id === undefined ? [] : faults.filter((fault) => fault.id !== id);
      return id === undefined || faults.length < before;
    },
    strike(operation, fspId) {
      return struck(({ rule }) => {
        const isMeant = rule.operation === operation || (rule.operation === '*' && !APART.includes(operation));
        return isMeant && rule.action.kind !== 'flaw' && (rule.fspId === undefined || rule.fspId === fspId);
      });
    },
    flaw(fspId) {
      const action = struck(({ rule }) => rule.action.kind === 'flaw' && (rule.fspId === undefined || rule.fspId === fspId));
      return action?.kind === 'flaw' ? action.flaw : undefined;
    },
  };
}
