import type { HistoryLine } from '@payment-manager/management-api/types';
import type { HappeningTexts, Told, Values } from '../text/happenings/en.ts';
import type { Tone } from './mark.tsx';

/** Where a step happened. */
export type Place = HistoryLine['who'];

/** A step of a payment's way, as it is shown. */
export interface Step {
  readonly at: number;
  readonly place: Place;
  readonly text: string;
  /** How it is meant: `bad` is where it failed, `open` where nobody knew how it went on. */
  readonly tone: Tone | undefined;
  /** Since the step before, milliseconds. */
  readonly sinceMs: number;
  /** How often it was done again; the last time is shown. */
  readonly repeats: number;
  /** FSPIOP's code, where it tells of an error. */
  readonly error?: string;
  /** As the product tells it, with every detail. */
  readonly exact: string;
}

/** Asked or told again and again: one step, with how often. */
const REPEATED: ReadonlySet<string> = new Set(['hub-asked', 'confirmation-asked', 'core-asked', 'core-transfer-started', 'inquired']);

/** The steps of a payment, oldest first: what repeats is one step. `money` writes an amount. */
export function stepsOf(
  history: readonly HistoryLine[],
  direction: 'out' | 'in',
  texts: HappeningTexts,
  money: (amount: string, currency?: string) => string,
): readonly Step[] {
  const steps: Step[] = [];
  for (const line of history) {
    const { at, who, what, event = '' } = line;
    const last = steps.at(-1);
    const values = shownValues(line.values ?? {}, money);
    const told = (texts[direction] as Readonly<Record<string, Told>>)[event] ?? texts.core[event];
    const step: Step = {
      at,
      place: who,
      text: told === undefined || line.values === undefined ? what : told(values),
      tone: toneOf(event, values),
      sinceMs: last === undefined ? 0 : Math.max(0, at - last.at),
      repeats: 0,
      ...(values['error'] !== undefined && { error: values['error'] }),
      exact: what,
    };
    const before = history[history.indexOf(line) - 1]?.event;
    if (last !== undefined && event === before && REPEATED.has(event))
      steps[steps.length - 1] = { ...step, sinceMs: last.sinceMs + step.sinceMs, repeats: last.repeats + 1 };
    else steps.push(step);
  }
  return steps;
}

function shownValues(values: Values, money: (amount: string, currency?: string) => string): Values {
  const { amount, currency } = values;
  return amount === undefined ? values : { ...values, amount: money(amount, currency) };
}

const BAD: ReadonlySet<string> = new Set([
  'failed',
  'not-committed',
  'quote-refused',
  'prepare-refused',
  'core-transfer-refused',
  'exception-raised',
  'contradicted',
  'commit-held',
  'core:stuck',
  'core:exception-raised',
  'send:exception-raised',
]);
const OPEN: ReadonlySet<string> = new Set([
  'core-transfer-unknown',
  'inquired',
  'hub-asked',
  'hub-error-said',
  'confirmation-asked',
  'confirmation-ended',
  'restored',
  'core-asked',
  'core:effect-unknown',
  'send:restored',
]);

/** Whether a line tells of what the connector did at the core, step by step. */
export const isOfConnector = ({ event = '' }: HistoryLine): boolean => event.includes(':');

function toneOf(event: string, values: Values): Tone | undefined {
  if (BAD.has(event)) return 'bad';
  if (OPEN.has(event)) return 'open';
  if (event === 'fulfilled') return 'good';
  // a receipt is no outcome
  if (event === 'outcome-known') return values['said'] === 'acknowledgement' ? 'open' : values['state'] === 'COMMITTED' ? 'good' : 'bad';
  if (event === 'prepare-sent' && values['outcome'] !== 'acknowledged') return values['outcome'] === 'refused' ? 'bad' : 'open';
  if (event === 'callback-settled' && values['acknowledged'] !== 'true') return 'open';
  if (event === 'notification-failed') return 'wait';
  return undefined;
}
