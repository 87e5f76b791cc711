import { partyPath } from '@payment-manager/fspiop';
import { questionDue } from '../transfer/ladder.ts';
import type { Message, SendAction, TimerAction } from '../transfer/message.ts';
import { isFromBefore } from '../transfer/restored.ts';
import type { PayerSettings } from './settings.ts';
import { isFinal, type PayerState, prepareExpiration } from './state.ts';

export type PayerAction = SendAction | TimerAction;

/** Why a message could not be sent tells more than that nothing came: it has this long to be told first. */
const SENDING_FIRST_MS = 100;

/** The timer after which the ladder's questions begin. */
export const BEGIN_LADDER = 'begin:ladder';

/** The timer at which a payment from before a restore becomes one that is asked about. */
export const RESTORED = 'restored';

/** Is it from before the last restore, and not yet written down that nobody knows how it went on? */
export function mustBeAskedAbout({ restored }: PayerSettings, state: PayerState): boolean {
  return !isFinal(state) && isFromBefore(restored, state.restoredAt ?? state.startedAt);
}

/** What the world is still owed for a payment: a message to send, or an instant at which something ends. */
export function owedByPayer(settings: PayerSettings, state: PayerState): readonly PayerAction[] {
  if (mustBeAskedAbout(settings, state)) return [timer(RESTORED, 0)];
  switch (state.stage) {
    case 'lookup': {
      const until = state.stageAt + settings.timeouts.callbackMs;
      return [send('send:lookup', lookupMessage(settings, state), until), timer('end:lookup', until + SENDING_FIRST_MS)];
    }
    case 'party-offered':
      return [timer('end:party-offer', state.stageAt + settings.timeouts.offerMs)];
    case 'quoting': {
      const until = state.stageAt + settings.timeouts.callbackMs;
      return [send('send:quote', quoteMessage(settings, state), until), timer('end:quote', until + SENDING_FIRST_MS)];
    }
    case 'quote-offered':
      return [
        timer('end:quote-offer', Math.min(state.stageAt + settings.timeouts.offerMs, Date.parse(state.quoteResponse?.expiration ?? ''))),
      ];
    case 'open':
      return owedWhileOpen(settings, state);
    case 'completed':
    case 'failed':
    case 'aborted':
      return owedForConfirmation(settings, state);
  }
}

/** The prepare until it is known to have arrived; then the ladder of questions, for as long as it takes. */
function owedWhileOpen(settings: PayerSettings, state: PayerState): readonly PayerAction[] {
  const expiration = prepareExpiration(state);
  const actions: PayerAction[] = [];
  // what may have left since the copy is asked about, and not sent again
  if (state.prepareSent === undefined && state.restoredAt === undefined)
    actions.push(send('send:prepare', prepareMessage(settings, state), expiration));
  const firstAt = expiration + settings.clockSkewMs;
  // that we ask is on disk before the first question leaves: from then on an error of the hub may be the answer to it
  if (state.inquiredAt === undefined && state.askedAt === undefined) return [...actions, timer(BEGIN_LADDER, firstAt)];
  const due = questionDue(settings.ladder, state.transferId, state.rung, firstAt, state.askedAt);
  actions.push({
    key: `send:ask:${state.rung}`,
    type: 'send',
    repeatable: true,
    notBefore: due,
    message: inquiryMessage(settings, state.transferId),
  });
  if (state.rung >= settings.ladder.rungs && state.exception === undefined)
    actions.push(timer('end:ladder', (state.askedAt ?? due) + settings.timeouts.callbackMs));
  return actions;
}

function owedForConfirmation(settings: PayerSettings, state: PayerState): readonly PayerAction[] {
  if (state.confirmation === undefined || state.confirmation.confirmed) return [];
  return [
    {
      ...send(
        `send:confirm:${state.confirmation.nonce}`,
        inquiryMessage(settings, state.transferId),
        state.confirmation.askedAt + settings.timeouts.callbackMs,
      ),
    },
  ];
}

function lookupMessage(settings: PayerSettings, state: PayerState): Message {
  const to = state.request?.to;
  if (to === undefined) throw new Error('a look-up without a payee');
  return {
    operation: 'GET /parties',
    path: partyPath('parties', partyOf(to)),
    version: settings.versions.parties,
    trace: state.trace,
    // a payee FSP that the DFSP names is asked directly; else the hub finds it
    ...(to.fspId !== undefined && { destination: to.fspId }),
  };
}

/** The party that is looked up, as the protocol's paths name it. */
function partyOf(to: { idType: string; idValue: string; idSubValue?: string }): { type: string; id: string; subId?: string } {
  return { type: to.idType, id: to.idValue, ...(to.idSubValue !== undefined && { subId: to.idSubValue }) };
}

function quoteMessage(settings: PayerSettings, state: PayerState): Message {
  return {
    operation: 'POST /quotes',
    path: '/quotes',
    version: settings.versions.quotes,
    trace: state.trace,
    destination: state.destination ?? '',
    body: state.quoteRequest ?? {},
  };
}

function prepareMessage(settings: PayerSettings, state: PayerState): Message {
  return {
    operation: 'POST /transfers',
    path: '/transfers',
    version: settings.versions.transfers,
    trace: state.trace,
    destination: state.destination ?? '',
    body: state.prepare ?? {},
  };
}

/** `GET /transfers/{id}`: the hub answers, so no destination is named. */
export function inquiryMessage(settings: Pick<PayerSettings, 'versions'>, transferId: string): Message {
  return { operation: 'GET /transfers', path: `/transfers/${transferId}`, version: settings.versions.transfers };
}

function send(key: string, message: Message, until: number): SendAction {
  return { key, type: 'send', repeatable: true, message, until };
}

function timer(key: string, at: number): TimerAction {
  return { key, type: 'timer', repeatable: true, notBefore: at };
}

/** Topics on which a payment waits for a callback that does not name it. */
export function payerTopics(state: PayerState): readonly string[] {
  if (state.stage !== 'lookup' || state.request === undefined) return [];
  return [partyTopic(partyOf(state.request.to))];
}

/** The topic of a look-up: type, identifier and sub-id, which is all that its callback names. */
export function partyTopic(party: { type: string; id: string; subId?: string }): string {
  return JSON.stringify(['party', party.type, party.id, party.subId ?? '']);
}
