/** When a fault strikes among the messages that its rule is about, and what it does to them. */
export interface FaultSchedule {
  /** The first match that is struck, from 1. */
  readonly nth: number;
  /** How many matches from there on. Absent: all until the fault is removed. */
  readonly count?: number;
  /** Of each of these, 0 to 1. Absent: each is struck. */
  readonly probability?: number;
  readonly action: object;
}

/** A fault in force, and what it has done so far. */
export interface FaultInForce<Rule> {
  readonly id: string;
  readonly rule: Rule;
  /** Messages that matched. */
  readonly matched: number;
  /** Messages that were struck. */
  readonly struck: number;
}

/** The faults of one server. The oldest fault that strikes wins; a message is struck once. */
export interface FaultBook<Rule extends FaultSchedule, Message> {
  /** @throws RangeError when there are too many */
  add(rule: Rule): FaultInForce<Rule>;
  list(): readonly FaultInForce<Rule>[];
  /** One fault, or all. False when there is no such fault. */
  remove(id?: string): boolean;
  /** What shall happen to this message; undefined: nothing unusual. */
  strike(message: Message): Rule['action'] | undefined;
}

export interface FaultBookOptions<Rule, Message> {
  /** Whether the rule is about this message at all. */
  readonly concerns: (rule: Rule, message: Message) => boolean;
  /** More faults at once than anyone can follow. */
  readonly most: number;
  /** A number in [0, 1): asked only for faults with a probability below 1. */
  readonly chance: () => number;
}

/** True when the match number `ordinal` (from 1) is struck; `chance` is a number in [0, 1). */
export function strikes({ nth, count, probability = 1 }: FaultSchedule, ordinal: number, chance: number): boolean {
  if (ordinal < nth) return false;
  if (count !== undefined && ordinal >= nth + count) return false;
  return chance < probability;
}

/** Makes an empty book. */
export function faultBook<Rule extends FaultSchedule, Message>(options: FaultBookOptions<Rule, Message>): FaultBook<Rule, Message> {
  const { concerns, most, chance } = options;
  const faults: { id: string; rule: Rule; matched: number; struck: number }[] = [];
  let ordinal = 0;
  return {
    add(rule) {
      if (faults.length >= most) throw new RangeError(`more than ${most} faults: remove some first`);
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
      let action: Rule['action'] | undefined;
      for (const fault of faults) {
        if (!concerns(fault.rule, message)) continue;
        fault.matched += 1;
        if (action !== undefined) continue;
        const { probability = 1 } = fault.rule;
        if (!strikes(fault.rule, fault.matched, probability < 1 ? chance() : 0)) continue;
        fault.struck += 1;
        action = fault.rule.action;
      }
      return action;
    },
  };
}
