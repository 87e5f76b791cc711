import { isFromBefore } from '@payment-manager/mojaloop-connector/core-client';
import type { SendAction } from './inputs.ts';
import type { Offer } from './payments.ts';
import { PRICE_MS, type SendSettings } from './settings.ts';
import type { SendState } from './state.ts';

/** Timers. */
export const NO_PRICE = 'end:quoting';
export const EXPIRES = 'end:offered';
export const HELD_LATE = 'end:holding';
export const NOBODY_SAYS = 'tell:open';
export const RESTORED = 'restored';

/** From then on a price is not accepted, and nothing held for it: its expiration is no further away than clocks differ and the core needs. */
export function notAfterOf({ clockSkewMs }: SendSettings, { minimumMs = 0 }: Pick<SendState, 'minimumMs'>, { expiration }: Offer): number {
  return expiration - clockSkewMs - minimumMs;
}

/** What is still to be done for a payment of our customer. Everything joins what was begun before. */
export function owedBySend(settings: SendSettings, state: SendState): readonly SendAction[] {
  const { stage, begunAt, restoredAt, offer, rejects } = state;
  const over = stage === 'ended' || stage === 'unheld';
  if (!over && isFromBefore(settings.restored, restoredAt ?? begunAt)) return [timer(RESTORED, 0)];
  const act = (type: Exclude<SendAction['type'], 'timer'>): SendAction => ({ key: type, type, repeatable: true, state });
  const notAfter = offer === undefined ? 0 : notAfterOf(settings, state, offer);
  const refusing = rejects ? [act('reject')] : [];
  switch (stage) {
    case 'checking':
      return [act('check')];
    case 'quoting':
      return [act('start'), timer(NO_PRICE, state.stageAt + PRICE_MS)];
    case 'offered':
      return [timer(EXPIRES, notAfter)];
    case 'holding':
      return [act('hold'), timer(HELD_LATE, notAfter)];
    case 'accepting':
      return [act('accept'), ...telling(settings, state)];
    case 'open':
      return [...(state.transferId === undefined ? [] : [act('outcome')]), ...telling(settings, state)];
    case 'capturing':
      return [act('capture')];
    case 'releasing':
      return [act('release'), ...refusing];
    case 'unheld':
    case 'ended':
      return refusing;
  }
}

/** Where nobody else does, a person is told after some time. What a restored journal has forgotten the other side cannot tell of. */
function telling({ tellAfterMs }: SendSettings, { offer, exception, restoredAt, transferId }: SendState): readonly SendAction[] {
  if (exception !== undefined) return [];
  if (transferId === undefined && restoredAt !== undefined) return [timer(NOBODY_SAYS, restoredAt)];
  if (tellAfterMs === undefined) return [];
  return [timer(NOBODY_SAYS, (offer?.expiration ?? restoredAt ?? 0) + tellAfterMs)];
}

function timer(key: string, notBefore: number): SendAction {
  return { key, type: 'timer', repeatable: true, notBefore };
}
