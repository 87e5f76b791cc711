/** Members that are instants, or follow from one: what matters of them is in the owed actions' times and in the borders. */
const INSTANTS = new Set([
  'at',
  'startedAt',
  'stageAt',
  'askedAt',
  'inquiredAt',
  'preparedAt',
  'quotedAt',
  'since',
  'unknownAt',
  'unknownSince',
  'deadline',
  'completedTimestamp',
  'expiration',
  'restoredAt',
  'forgottenExpiration',
]);
/** Members that are shown or sent and that no decision looks at: dates of messages, sentences with numbers in them, codes. */
const NOT_DECISIVE = new Set([
  'headers',
  'partyHeaders',
  'quoteResponseHeaders',
  'payeeReceiveAmount',
  'fulfilHeaders',
  'reason',
  'abortedReason',
  'errorInformation',
  'refusal',
  'quoteError',
  'timeout',
  'quoteCallbackSettled',
  'coreSaid',
  'acted',
  // of the prepare it counts only whether something became of it
  'prepareSent',
]);
/** Counters that go on for ever: from this number on nothing new comes of them. Each is above every number that a flow compares with. */
const COUNTERS: Readonly<Record<string, number>> = { rung: 2, asks: 4, attempt: 4, asked: 2 };

/** The number of a state: equal for states that are equal but for time. */
export type Timeless = (state: object) => number;

/**
 * Numbers for the states of one model. States are immutable, and share most of what is in them: each object is looked at once,
 * and its text has the numbers of the objects in it.
 */
export function timelessNumbers(): Timeless {
  const numbers = new Map<string, number>();
  const known = new WeakMap<object, number>();

  function numberOf(object: object): number {
    const before = known.get(object);
    if (before !== undefined) return before;
    const text = Array.isArray(object) ? `[${object.map((item) => written(item)).join()}]` : members(object);
    const number = numbers.get(text) ?? numbers.size;
    if (number === numbers.size) numbers.set(text, number);
    known.set(object, number);
    return number;
  }

  function members(object: object): string {
    let text = '';
    for (const [name, value] of Object.entries(object)) {
      if (value === undefined) continue;
      if (NOT_DECISIVE.has(name)) text += `${name}:X,`;
      else if (INSTANTS.has(name)) text += `${name}:T,`;
      else text += `${name}:${written(typeof value === 'number' ? Math.min(value, COUNTERS[name] ?? value) : value)},`;
    }
    return text;
  }

  const written = (value: unknown): string =>
    typeof value === 'object' && value !== null ? `#${numberOf(value)}` : String(JSON.stringify(value));

  return numberOf;
}

/** The same of states less what no decision looks at any more. `forget` gives the same for the same state. */
export function forgetting<S extends object>(timeless: Timeless, forget: (state: S) => object): Timeless {
  const known = new WeakMap<object, number>();
  return (state) => {
    const before = known.get(state);
    if (before !== undefined) return before;
    const number = timeless(forget(state as S));
    known.set(state, number);
    return number;
  };
}
