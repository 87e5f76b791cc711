import type { Random } from '@payment-manager/runtime';
import type { FaultAction, FaultRule, MessageFacts } from './fault.ts';

/** A fault in force, and what it has done so far. */
export interface FaultInForce {
  readonly id: string;
  readonly rule: FaultRule;
  /** Messages that matched. */
  readonly matched: number;
  /** Messages that were struck. */
  readonly struck: number;
}

/** More faults at once than anyone can follow. */
const FAULTS_MAX = 1_000;

/** The faults of one hub or core. The oldest fault that strikes wins; a message is struck once. */
export interface FaultBook {
  add(rule: FaultRule): FaultInForce;
  list(): readonly FaultInForce[];
  /** One fault, or all. False when there is no such fault. */
  remove(id?: string): boolean;
  /** What shall happen to this message; undefined: nothing unusual. */
  strike(message: MessageFacts): FaultAction | undefined;
}

/** True when the rule is about this message at all. */
export function concerns(rule: FaultRule, message: MessageFacts): boolean {
  if (rule.direction !== message.direction) return false;
  if (rule.operation !== '*' && rule.operation !== message.operation) return false;
  return rule.fspId === undefined || rule.fspId === message.fspId;
}

/** True when the match number `ordinal` (from 1) is struck; `chance` is a number in [0, 1). */
export function strikes(rule: FaultRule, ordinal: number, chance: number): boolean {
  if (ordinal < rule.nth) return false;
  if (rule.count !== undefined && ordinal >= rule.nth + rule.count) return false;
  return chance < rule.probability;
}

/** Makes an empty book. `random` is only asked for faults with a probability below 1. */
export function faultBook(random: Random): FaultBook {
  const faults: { id: string; rule: FaultRule; matched: number; struck: number }[] = [];
  let ordinal = 0;
  return {
    add(rule) {
      if (faults.length >= FAULTS_MAX) throw new RangeError(`more than ${FAULTS_MAX} faults: remove some first`);
      ordinal += 1;
      const fault = { id: `fault-${ordinal}`, rule, matched: 0, struck: 0 };
      faults.push(fault);
      return { ...fault };
    },
    list: () => faults.map((fault) => ({ ...fault })),
    remove(id) {
      if (id === undefined) {
        faults.length = 0;
        return true;
      }
      const at = faults.findIndex((fault) => fault.id === id);
      if (at >= 0) faults.splice(at, 1);
      return at >= 0;
    },
    strike(message) {
      let action: FaultAction | undefined;
      for (const fault of faults) {
        if (!concerns(fault.rule, message)) continue;
        fault.matched += 1;
        if (action !== undefined) continue;
        const chance = fault.rule.probability < 1 ? random.fraction() : 0;
        if (!strikes(fault.rule, fault.matched, chance)) continue;
        fault.struck += 1;
        action = fault.rule.action;
      }
      return action;
    },
  };
}
