import type { Claim, StoredRecord } from '@payment-manager/journal';
import type { Input, Interrupted } from './flow.ts';

/** What `create` and `input` came to. */
export type Delivery<S> =
  | { readonly kind: 'taken'; readonly recordId: string; readonly state: S }
  /** Another record holds a claim that this one needs; nothing was stored. */
  | { readonly kind: 'claimed'; readonly claim: Claim; readonly recordId: string }
  /** No such record, or it could not be made because it exists. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'exists'; readonly recordId: string };

/** What only replicas have: the record was changed by another one, or (with `record`) came to belong to us. No input of a flow. */
export class Changed {
  readonly type = 'changed by another replica';
  readonly record: StoredRecord | undefined;

  constructor(record?: StoredRecord) {
    this.record = record;
  }
}

/** What a record takes, one at a time. */
export type AnyInput<I> = I | Interrupted | Changed;

/** Answers of actions, and interruptions, bear the action's key. */
export function isActionAnswer(input: Input): input is Input & { key: string } {
  return 'key' in input && typeof (input as { key?: unknown }).key === 'string';
}
