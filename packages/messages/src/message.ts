/** A message, as it was sent or as it arrived, and what became of it. */
export interface Message {
  /** When it was sent, or had arrived. Milliseconds since the epoch. */
  readonly at: number;
  readonly direction: 'in' | 'out';
  /** With whom. Peers speak through the hub. */
  readonly side: 'hub' | 'core';
  /** Of a core behind a connector: which of its back ends. Its paths and bodies are of any form. */
  readonly backEnd?: string;
  /** Of HTTP; else what is spoken: `SQL`, `ISO8583`. */
  readonly method: string;
  /** Path with query of what arrived; the whole URL of what was sent over HTTP, else what it is called, without a value. */
  readonly target: string;
  /** As handed over: without what the HTTP client itself adds (`host`, `content-length`). */
  readonly headers: Readonly<Record<string, string>>;
  /** Its bytes; a text stands for its UTF-8. */
  readonly body?: Uint8Array | string | undefined;
  /** Of what is sent until it is taken: which attempt, from 1. */
  readonly attempt?: number;
  /** From `at` to the answer. */
  readonly tookMs: number;
  readonly answer?: Answer | undefined;
  /** Why there is no answer: a code of the HTTP client. */
  readonly failure?: string | undefined;
  /** What it is about: transferId, quoteId, transactionId, condition as they are, a party as `TYPE/ID` or `TYPE/ID/SUB`. */
  readonly ids: readonly string[];
  /** Present where the body was too large to be kept: its size in bytes. */
  readonly bodyLeftOut?: number;
}

/** The answer to a message. */
export interface Answer {
  /** 0: it was not spoken over HTTP, and `says` says what came. */
  readonly status: number;
  /** In few words, without a value of the payment. */
  readonly says?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string | undefined;
  /** Present where the body was too large to be kept: its size in bytes. */
  readonly bodyLeftOut?: number;
}

/** Takes what was said. Never throws, never waits, and nothing depends on whether it is kept. */
export interface MessageLog {
  record(message: Message): void;
}

/** A message as it was kept. */
export interface KeptMessage extends Omit<Message, 'body' | 'answer'> {
  readonly body: Buffer;
  readonly answer?: Omit<Answer, 'body'> & { readonly body: Buffer };
}

/** A body above it is left out. */
export const BODY_BYTES_MAX = 262_144;

/** Whether an id is a party: `TYPE/ID` or `TYPE/ID/SUB`. */
export function isParty(id: string): boolean {
  return id.includes('/');
}

/** Of `TYPE/ID/SUB` the `TYPE/ID`; undefined: the id has no sub-id. */
export function wholeParty(id: string): string | undefined {
  const sub = id.lastIndexOf('/');
  return sub > 0 && id.indexOf('/') < sub ? id.slice(0, sub) : undefined;
}

const CLAIMED = 'said:';

/**
 * An id that was only said, as an id of a message: a DFSP's own id of a payment, which need not be of one alone, or one in a body that was refused, which may
 * be of anybody's payment. By it the message is found; erasing follows it to no others.
 */
export function claimedId(id: string): string {
  return `${CLAIMED}${id}`;
}

/** Whether an id is of one payment, quote or transaction alone. */
export function isOfOne(id: string): boolean {
  return id !== '' && !isParty(id) && !id.startsWith(CLAIMED);
}
