import type { Step } from '@payment-manager/connection-manager-client/onboarding';
import type { Lack } from '@payment-manager/local-scheme';
import { printable, style } from '@payment-manager/payment-manager';

const NAME_WIDTH = 10;
const INDENT = ' '.repeat(NAME_WIDTH + 2);

/** A step of a DFSP's way into the scheme: done, or failed with what to do. */
export function stepLines(fspId: string, { state, reason, message, nextStep, details = [] }: Step): readonly string[] {
  const name = fspId.padEnd(NAME_WIDTH);
  if (state === 'Ready') return [`${style.dim(name)}  ${printable(message)}`];
  const more = [...details, ...(nextStep === undefined ? [] : [`next: ${nextStep}`])];
  return [`${style.bad(name)}  ${reason}: ${printable(message)}`, ...more.map((line) => INDENT + printable(line))];
}

/** What could not be waited for, and what to do. Nothing when all are connected. */
export function lackLines(lacks: readonly Lack[]): readonly string[] {
  const [first] = lacks;
  if (first === undefined) return [];
  return [
    style.warn('Not every DFSP is connected; payments fail until they are. The connection continues by itself when it can:'),
    ...lacks.flatMap(({ fspId, what, nextStep }) => [
      `${style.warn(fspId.padEnd(NAME_WIDTH))}  ${printable(what)}`,
      ...(nextStep === undefined ? [] : [`${INDENT}next: ${printable(nextStep)}`]),
    ]),
    `What the hub’s operator can do: ./pm hub. Check again: ./pm onboard --fsp ${first.fspId}`,
  ];
}
