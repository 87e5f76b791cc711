import type { Action, Input, Interrupted } from '@payment-manager/engine';
import type { AskJudgement, MoneyJudgement } from '../run/judge.ts';
import type { PersonActed, Side } from './events.ts';
import type { CoreState } from './state.ts';

/** Where a walk ended, as a record takes it: an effect to be started comes with its request sealed. */
export type RecordedEnd =
  | { readonly kind: 'reply'; readonly reply: string; readonly facts: string }
  | { readonly kind: 'refused'; readonly code: string; readonly message?: string; readonly notFound?: true }
  | { readonly kind: 'failed'; readonly code: string; readonly reason: string; readonly silent?: true }
  | { readonly kind: 'start'; readonly effect: string; readonly key: string; readonly amount?: string; readonly sealed: string }
  | { readonly kind: 'waits'; readonly effect: string }
  | { readonly kind: 'stuck'; readonly reason: string };

/** A walk's end, and the state that it was worked out from (`CoreState.events`). */
export interface Worked {
  readonly basis: number;
  readonly end: RecordedEnd;
}

/** An operation is asked for. What is known of it already comes with it. */
export interface BeginInput extends Input {
  readonly type: 'begin';
  readonly transferId: string;
  readonly side: Side;
  readonly operation: string;
  readonly hash: string;
  /** Of the connector, for a record that is made. */
  readonly version: string;
  readonly input: string;
  readonly deadline?: number;
  /** When the payment began, where whoever asks knows it. Milliseconds since the epoch. */
  readonly paymentBegunAt?: number;
  readonly worked?: Worked;
}

export type CoreInput =
  | BeginInput
  | ({ readonly type: 'advanced'; readonly key: string } & Worked)
  /** `next`: how it goes on if this is the end of the effect. */
  | { readonly type: 'called'; readonly key: string; readonly judgement: MoneyJudgement; readonly next?: Worked }
  /** `proven`: this enquiry has found something at this back end before. */
  | { readonly type: 'asked'; readonly key: string; readonly judgement: AskJudgement; readonly proven: boolean }
  | { readonly type: 'reversed'; readonly key: string; readonly ok: boolean; readonly reason: string }
  /** `until`: of the renewal that was asked for, milliseconds since the epoch. */
  | { readonly type: 'renewed'; readonly key: string; readonly until: number; readonly ok: boolean; readonly reason: string }
  | { readonly type: 'due'; readonly key: string }
  /** The core has called back about the effect with this key. */
  | { readonly type: 'called-back'; readonly callback: string; readonly reference: string }
  /** A person has looked. */
  | {
      readonly type: 'resolve';
      readonly effect: string;
      /** Which call of it. */
      readonly attempt: number;
      readonly as: 'ok' | 'refused';
      readonly facts?: string;
      readonly person: PersonActed;
    }
  /** A person has done by hand what an operation could not do. */
  | { readonly type: 'done-by-hand'; readonly operation: string; readonly person: PersonActed }
  | Interrupted;

interface OfEffect extends Action {
  readonly effect: string;
  readonly state: CoreState;
}
/** Goes over the steps of the running operation: reads only. */
export interface AdvanceAction extends Action {
  readonly type: 'advance';
  readonly operation: string;
  readonly state: CoreState;
}
/** Moves money: begun once. */
export interface CallAction extends OfEffect {
  readonly type: 'call';
}
export interface AskAction extends OfEffect {
  readonly type: 'ask';
}
/** Takes back what may be there. It may be sent again by its nature. */
export interface ReverseAction extends OfEffect {
  readonly type: 'reverse';
}
/** Has the core keep a hold for longer. It may be sent again by its nature. */
export interface RenewAction extends OfEffect {
  readonly type: 'renew';
  /** Milliseconds since the epoch. */
  readonly until: number;
}
export interface TimerAction extends Action {
  readonly type: 'timer';
}
export type CoreAction = AdvanceAction | CallAction | AskAction | ReverseAction | RenewAction | TimerAction;
