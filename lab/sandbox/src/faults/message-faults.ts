import type { Random } from '@payment-manager/runtime';
import type { FaultRule, MessageFacts } from './fault.ts';
import { type FaultBook, faultBook } from './fault-book.ts';

/** The faults of one hub or core. */
export type MessageFaults = FaultBook<FaultRule, MessageFacts>;

const FAULTS_MAX = 1_000;

/** True when the rule is about this message at all. */
export function concerns(rule: FaultRule, message: MessageFacts): boolean {
  if (rule.direction !== message.direction) return false;
  if (rule.operation !== '*' && rule.operation !== message.operation) return false;
  return rule.fspId === undefined || rule.fspId === message.fspId;
}

/** No faults yet. */
export function messageFaults(random: Random): MessageFaults {
  return faultBook({ concerns, most: FAULTS_MAX, chance: () => random.fraction() });
}
