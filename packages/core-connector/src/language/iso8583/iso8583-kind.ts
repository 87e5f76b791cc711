import type { Iso8583Backend } from '../backend.ts';
import type { BackEndKind } from '../kind/back-end-kind.ts';
import { expressionsIn } from '../kind/expressions.ts';
import type { Iso8583Call, MoneyStep } from '../operation.ts';
import type { Place } from '../problem.ts';
import { compileIso8583Backend } from './compile-iso8583-backend.ts';
import { compileIso8583Call } from './compile-iso8583-call.ts';
import { ISO8583_ANSWER } from './iso8583-answer.ts';

/** Hosts that speak ISO 8583. */
export const ISO8583: BackEndKind<Iso8583Backend, Iso8583Call> = {
  answer: ISO8583_ANSWER,
  compileBackend: compileIso8583Backend,
  compileCall: compileIso8583Call,
  onlyReads,
  nameOf: ({ mti }) => `a message ${mti}`,
  expressionsOf: ({ fields }) => fields.flatMap(([, value]) => expressionsIn(value)),
  moneyRules,
};

/** An authorisation message whose processing code says inquiry (30 to 39), and messages about the connection. */
function onlyReads({ mti, fields }: Iso8583Call): boolean {
  if (mti[1] === '8') return true;
  const code = fields.find(([name]) => name === 'DE3')?.[1];
  return mti[1] === '1' && code?.kind === 'text' && /^3\d{5}$/.test(code.text);
}

/** What a host keeps under the numbers of a message, it keeps for its repeats; what it cannot be asked about, it is told to reverse. */
function moneyRules(
  call: Iso8583Call,
  { settle }: MoneyStep,
  at: (key: string) => Place,
  refuse: (place: Place, message: string) => void,
): void {
  const { key, ask, reverse } = settle;
  if (!['1', '2', '4'].includes(call.mti[1] ?? '')) refuse(at('call'), `a message ${call.mti} moves no money`);
  if (key !== undefined && call.repeat === undefined)
    refuse(at('call'), `what is settled by repeats says with \`repeat\` that it is one: ${call.mti.slice(0, 3)}1`);
  if (ask !== undefined && ask.call.kind === 'iso8583' && !onlyReads(ask.call))
    refuse(at('settle'), `an enquiry by a message ${ask.call.mti} may move money`);
  if (reverse?.call.kind !== 'iso8583') return;
  const reversal = reverse.call;
  if (reversal.mti[1] !== '4' || reversal.repeat === undefined)
    refuse(at('settle'), 'a reversal is a message 0420 (or 0400), and its repeats are 0421 (or 0401)');
  const names = reversal.fields.flatMap(([, value]) => expressionsIn(value)).flatMap(({ reads }) => [...reads]);
  if (!names.some((name) => name === 'effect.stan' || name === 'effect.rrn'))
    refuse(at('settle'), 'a reversal says which message it takes back: by effect.stan or effect.rrn, e.g. in DE90');
}
