import type { Step } from './explore.ts';

/** The mark of a journal that was put back to an older copy, as a flow asks for it. */
export interface Mark {
  /** What was begun before it may have gone on since the copy. */
  readonly at: number;
  /** Nobody has lifted it. */
  readonly standing: boolean;
}

/** What the product sees of a mark; tests break it. */
export type SeesMark = (mark: Mark) => Mark | undefined;

/** Flows by the mark that they see: each keeps what a state owes, so none can serve two marks. */
export function flowsByMark<F>(make: (restored: () => Mark | undefined) => F, sees: SeesMark = (mark) => mark): (mark?: Mark) => F {
  const made = new Map<string, F>();
  return (mark) => {
    const key = mark === undefined ? '' : `${mark.at} ${mark.standing}`;
    const flow = made.get(key) ?? make(() => mark && sees(mark));
    made.set(key, flow);
    return flow;
  };
}

/** What a node knows of a copy of its journal. */
export interface Restorable<S> {
  readonly record: { readonly durable: S };
  /** A copy was made when the record stood so. */
  readonly copy?: S | undefined;
  readonly mark?: Mark | undefined;
}

/**
 * A copy is made once, at any time; the journal is put back to it once, at any time after that; and a person lifts the mark at any time. Nothing may
 * depend on any of it. `putBack` makes the node as it is then.
 */
export function restoreSteps<N extends Restorable<object>>(node: N, putBack: (copy: NonNullable<N['copy']>) => N): readonly Step<N>[] {
  const { copy, mark, record } = node;
  if (mark?.standing === true)
    return [{ label: 'a person lifts the mark', to: { ...node, mark: { ...mark, standing: false } }, mishap: true }];
  if (mark !== undefined) return [];
  if (copy === undefined) return [{ label: 'a copy is made', to: { ...node, copy: record.durable }, mishap: true }];
  return [{ label: 'the journal is put back to the copy', to: putBack(copy as NonNullable<N['copy']>), mishap: true }];
}
