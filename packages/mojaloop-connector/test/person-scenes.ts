import type { PaymentDetail, Resolution, ResolveAnswer } from '../src/exceptions/exceptions-door.ts';
import type { PersonAction } from '../src/transfer/person.ts';
import { type World, within } from './world.ts';

/** A person acts; the answer after at most the time that callbacks have. */
export function person(world: World, id: string, act: PersonAction, more: Partial<Resolution> = {}): Promise<ResolveAnswer> {
  const answer = world.connector.desk.resolve({ id, act, reason: 'ticket 4711', by: 'Ada', ...more });
  return within(world, world.settings.timeouts.callbackMs + 1_000, answer);
}

/** What may be done now, in short: `settle COMMITTED ABORTED`, `resend-outcome ABORTED confirm`. */
export async function allowed(world: World, id: string): Promise<string[]> {
  return (await world.connector.desk.exception(id))?.allowed.map(short) ?? [];
}

function short(one: PaymentDetail['allowed'][number]): string {
  if (one.action === 'settle') return `settle ${one.as.join(' ')}`;
  return one.action === 'resend-outcome' ? `resend-outcome ${one.outcome}${one.needsConfirmation ? ' confirm' : ''}` : one.action;
}

/** The exceptions that stand, as codes. */
export async function exceptionCodes(world: World): Promise<string[]> {
  return (await world.connector.exceptions({ limit: 10 })).map(({ code }) => code);
}
