import type { Dfsp } from './parties.ts';

/** What can happen to one exchange of HTTP. */
export const NETWORK_FAULTS = {
  /** Refused before a byte left. */
  'connect-refused': ['to-hub', 'from-hub', 'to-core', 'from-core'],
  /** The TLS handshake fails, as while a certificate is being changed: no byte left. */
  'tls-refused': ['to-hub', 'from-hub', 'to-core', 'from-core'],
  /** Sent, never arrives, never answered. */
  'request-lost': ['to-hub', 'from-hub', 'to-core', 'from-core'],
  /** The connection breaks before the request is read. */
  reset: ['to-hub', 'from-hub', 'to-core', 'from-core'],
  /** Done, and the answer is lost. */
  'answer-lost': ['to-hub', 'from-hub', 'to-core', 'from-core'],
  /** Arrives much later, perhaps after every deadline. */
  slow: ['to-hub', 'from-hub', 'to-core', 'from-core'],
  /** Arrives twice. */
  duplicate: ['to-hub', 'from-hub', 'to-core', 'from-core'],
  /** Acknowledged and lost. */
  swallowed: ['to-hub', 'from-hub'],
  /** Acknowledged, and handled much later: after what was sent later. */
  late: ['to-hub', 'from-hub'],
  /** Answered by an error, not done. */
  'error-not-done': ['to-hub', 'from-hub', 'to-core', 'from-core'],
  /** Done, and answered by an error. */
  'done-then-error': ['to-hub', 'from-hub', 'to-core', 'from-core'],
  /** Answered by an error, and done all the same, later. */
  'error-then-done': ['to-hub', 'from-hub', 'to-core'],
  /** One character of the body is another one. */
  corrupted: ['to-hub', 'from-hub'],
  /** A success that says nothing. */
  'empty-answer': ['to-core'],
  /** Our own HTTP client throws instead of telling what became of it: nothing left, or all was done. */
  throws: ['to-hub', 'to-core'],
  /** The core refuses in proper form, and has executed (or will): it contradicts itself (docs/money-rules.md, 1). */
  'done-then-refused': ['to-core'],
  'refused-then-done': ['to-core'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type NetworkFault = keyof typeof NETWORK_FAULTS;

/** What happens at an instant (`at`, ms of virtual time since the start). `id` names it for the shrinker; `which`: 0 for all replicas of the DFSP, else one. */
export type Mishap = { readonly id: string; readonly at: number } & (
  | { readonly kind: 'crash'; readonly dfsp: Dfsp; readonly which: number; readonly downMs: number }
  /** Dies where the code passes its failpoints the nth time from `at` on: between a commit and the message that it promises. */
  | { readonly kind: 'crash-inside'; readonly dfsp: Dfsp; readonly which: number; readonly nth: number; readonly downMs: number }
  /** Stands still for longer or shorter than its lease, and then goes on with what it had in hand. */
  | { readonly kind: 'stall'; readonly dfsp: Dfsp; readonly which: number; readonly ms: number }
  /** The same with the nth append on its way: between a commit and the call that it promises. */
  | { readonly kind: 'stall-inside'; readonly dfsp: Dfsp; readonly which: number; readonly nth: number; readonly ms: number }
  /** Of several replicas one does not reach the store any more, and reaches everybody else. */
  | { readonly kind: 'cut-off'; readonly dfsp: Dfsp; readonly which: number; readonly ms: number }
  /** The nth commit from `at` on is stored or not, at once or later, and its writer is not told. */
  | { readonly kind: 'commit-lost'; readonly dfsp: Dfsp; readonly nth: number }
  /** Commits fail, reads work. */
  | { readonly kind: 'disk-full'; readonly dfsp: Dfsp; readonly ms: number }
  /** The store is out of reach. */
  | { readonly kind: 'store-down'; readonly dfsp: Dfsp; readonly ms: number }
  /** The wall clock of one DFSP, or of one of its replicas, is wrong for a while. */
  | { readonly kind: 'clock-jump'; readonly dfsp: Dfsp; readonly which: number; readonly byMs: number; readonly ms: number }
  | { readonly kind: 'key-rotation'; readonly dfsp: Dfsp }
  /** The DFSP's certificates change: connections of the old ones break, and for a while not every peer takes the new ones. */
  | { readonly kind: 'certificate-rotation'; readonly dfsp: Dfsp; readonly ms: number }
  | { readonly kind: 'outage'; readonly host: string; readonly ms: number; readonly how: 'connect-refused' | 'request-lost' }
  /** The hub says a final word that is not true, to one side, about the transfer that is the nth (modulo) of those it knows. */
  | { readonly kind: 'false-word'; readonly to: Dfsp; readonly word: FalseWord; readonly nth: number }
  /** The hub sends an error about a transfer to its payee that decides nothing, as it does for a repeat or a fulfil that it cannot use. */
  | { readonly kind: 'doubt'; readonly code: string; readonly patched: boolean; readonly nth: number }
  /** A participant that has no part in it speaks about a transfer, properly signed. */
  | { readonly kind: 'stranger'; readonly to: Dfsp; readonly word: FalseWord; readonly nth: number }
  /** The hub has an error about a question of the payer's Payment Manager, and about nothing else. */
  | { readonly kind: 'question-error'; readonly code: string; readonly nth: number }
  /** The payee's DFSP asks about a transfer that it did not start, and a participant without a part in it answers, too. */
  | { readonly kind: 'foreign-question'; readonly word: FalseWord; readonly nth: number }
);

export type FalseWord = 'error-3303' | 'error-5105' | 'committed' | 'aborted' | 'wrong-fulfilment';

export type MishapKind = Mishap['kind'];
export type FaultKind = NetworkFault | MishapKind;
