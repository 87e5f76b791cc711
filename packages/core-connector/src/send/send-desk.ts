import { type AllowedCoreAct, type CoreDesk, type CoreShown, isSeen, saidFact } from '@payment-manager/mojaloop-connector/core-client';
import { plainValues } from '../door/plain-values.ts';
import type { SendEvent } from './events.ts';
import type { Sends } from './sends.ts';

type Line = CoreShown['history'][number];

/** The desk of the records at the core, with what our customers' payments know and need beside it. */
export function deskWithSends(core: CoreDesk, sends: Sends): CoreDesk {
  const needs = async (side: string, transferId: string): Promise<boolean> =>
    side === 'payer' && (await sends.state(transferId))?.exception !== undefined;
  return {
    async shown(side, transferId) {
      const shown = await core.shown(side, transferId);
      const state = side === 'payer' ? await sends.state(transferId) : undefined;
      if (state === undefined) return shown;
      const { exception, hold, stage } = state;
      const { exceptions = [], known = [], said = [], history = [], allowed = [] } = shown ?? {};
      return {
        exceptions: exception === undefined ? exceptions : [...exceptions, exception.code],
        known: [
          `customer's payment: ${stage}, hold: ${hold}`,
          ...known,
          ...(exception ? [`exception ${exception.code}: ${exception.reason}`] : []),
        ],
        said: [saidFact('send', { stage, hold }), ...said, ...(exception ? [saidFact('exception', { code: exception.code })] : [])],
        history: [...history, ...(await sends.events(transferId)).map(lineOf)],
        allowed: exception === undefined || allowed.length > 0 ? allowed : [DONE],
      };
    },
    askNow: (side, transferId) => core.askNow(side, transferId),
    async act(side, transferId, act, person) {
      if (act.seen !== DONE.seen && (await core.act(side, transferId, act, person))) return true;
      return act.action === DONE.action && isSeen(DONE, act) && (await needs(side, transferId)) && sends.doneByHand(transferId, person);
    },
  };
}

const DONE: AllowedCoreAct = { action: 'core-done', what: 'send', seen: 'send' };

/** No values: these may be persons' or secret. */
function lineOf(event: SendEvent): Line {
  const { at } = event;
  const told = { event: `send:${event.type}`, values: plainValues(event) } as const;
  const us = (what: string): Line => ({ at, who: 'us', what, ...told });
  switch (event.type) {
    case 'send-begun':
      return us('a customer pays');
    case 'checked':
      return { at, who: 'core', what: `the customer may pay, fee ${event.fee}`, ...told };
    case 'payment-known':
      return us('begun in the scheme');
    case 'offered':
      return us('a price is on offer');
    case 'accepted':
      return us(
        `the price is accepted by ${event.by === 'customer' ? 'the customer' : 'the limit that the customer set'}: ${event.total} in all`,
      );
    case 'accepting':
      return us('the money is held, the price is accepted');
    case 'taken':
      return us('accepted in the scheme');
    case 'given-up':
      return us(`given up${event.code === undefined ? '' : ` (${event.code})`}`);
    case 'committed':
      return us('committed');
    case 'not-committed':
      return us(`not committed${event.code === undefined ? '' : ` (${event.code})`}`);
    case 'captured':
    case 'released':
      return { at, who: 'core', what: `the hold is ${event.type}`, ...told };
    case 'rejected':
      return us('the offer is refused in the scheme');
    case 'exception-raised':
      return us(`exception ${event.code}: ${event.reason}`);
    case 'person-acted':
      return { at, who: 'person', what: `${event.by}: done by hand: ${event.reason}`, ...told };
    case 'restored':
      return us('the journal was put back to an older copy: how far it had come is not known');
  }
}
