import { claimedId, type Found, type KeptMessage, type Messages, type Unreadable, type Wanted } from '@payment-manager/messages';
import type { Connector, PaymentTrace } from '@payment-manager/mojaloop-connector';
import type { HttpResponse, World } from '@payment-manager/runtime';
import Type from 'typebox';
import { answer } from '../access/answer.ts';
import { type PresentKeys, type ShownMessage, type ShownMessages, shownMessage, verifyMessages } from '../messages/index.ts';
import { ID_PATTERN, words } from './read-body.ts';
import { RequestRefused, type Route, withBody } from './route.ts';

/** The stored messages, and what they are verified with. */
export interface MessagesDoor extends Pick<World, 'log'> {
  /** Undefined: none are kept. */
  readonly messages: Pick<Messages, 'find' | 'erase'> | undefined;
  readonly traces: Connector['traces'];
  /** Absent: none of what is kept is signed. */
  readonly keys?: PresentKeys;
}

const SHOW_BODY = Type.Object({
  by: words(100),
  personal: Type.Optional(Type.Boolean()),
  flow: Type.Optional(Type.Enum(['payer', 'payee'])),
});
const ERASE_BODY = Type.Object({ party: Type.String({ minLength: 3, maxLength: 400 }), by: words(100), reason: words(500) });
const IS_ID = new RegExp(ID_PATTERN);
const IS_PARTY = /^[A-Z_]{1,32}\/[^/]{1,128}(?:\/[^/]{1,128})?$/;
/** What one answer holds; bodies beyond are left out. */
const ANSWER_BYTES_MAX = 3_000_000;
const EVER_MS = Date.UTC(9999, 11, 31);

/**
 * - `POST /payments/{id}/messages` `{by, personal?, flow?}`: the messages of a payment, verified; persons' data only with `personal`. Of an id
 *   without a payment what names it. Answers `{messages, remarks}`; the remarks say why some may be missing. It is a POST, for who looks is told to
 *   the log, and needs the right to act
 * - `POST /messages/erase` `{party, by, reason}`: removes a person's messages; `party` is `TYPE/ID`, whatever the sub-id, or `TYPE/ID/SUB`. Answers
 *   `{erased, remarks}`; the remarks say where some may be left
 */
export function messagesRoutes(door: MessagesDoor): readonly Route[] {
  return [
    withBody({
      method: 'POST',
      path: '/payments/{id}/messages',
      acts: true,
      body: SHOW_BODY,
      async handle({ params, body }) {
        const id = params['id'] ?? '';
        if (!IS_ID.test(id)) throw new RequestRefused('An id has 1 to 64 letters, digits or dashes.', { code: 'BAD_ID' });
        const traces = (await door.traces(id)).filter(({ payment }) => body.flow === undefined || payment.flow === body.flow);
        const { personal = false, by } = body;
        door.log.warn('messages of a payment are shown', { payment: id, by, personal });
        const looks = traces.length > 0 ? traces.map(lookOf) : [anyWith(id)];
        return readable(door, async (messages) => {
          const found = await shown(door, messages, looks, personal);
          const { messages: all, remarks, unreadable } = found;
          if (all.length > 0 || traces.length > 0) return answer(200, { messages: all, remarks });
          if (unreadable !== undefined) return answer(503, { code: 'MESSAGES_UNREADABLE', message: unreadSaid(unreadable) });
          return answer(404, { code: 'UNKNOWN_PAYMENT', message: 'No payment has this transferId, and no message names it.' });
        });
      },
    }),
    withBody({
      method: 'POST',
      path: '/messages/erase',
      acts: true,
      body: ERASE_BODY,
      async handle({ body: { party, by, reason } }) {
        if (!IS_PARTY.test(party)) throw new RequestRefused('party must be TYPE/ID or TYPE/ID/SUB, like MSISDN/27713803912.');
        return readable(door, async (messages) => {
          const erased = await messages.erase(party);
          door.log.warn('messages of a person were erased', { messages: erased.messages, by, reason });
          const { unreadable } = erased;
          const remarks =
            unreadable === undefined
              ? []
              : [
                  `${unreadSaid(unreadable)} Messages of this person may be left in them, until \`messages.keepDays\` or ./pm prune removes their day.`,
                ];
          return answer(200, { erased: erased.messages, remarks });
        });
      },
    }),
  ];
}

/** A payment’s messages in one role of it, verified, and why some may be missing; persons’ data only with `personal`. None where nothing is kept. Rejects with what the store says. */
export async function messagesOf(
  door: MessagesDoor,
  id: string,
  { flow, personal }: { readonly flow?: 'payer' | 'payee'; readonly personal: boolean },
): Promise<ShownMessages> {
  if (door.messages === undefined) return { messages: [], remarks: [] };
  const traces = (await door.traces(id)).filter(({ payment }) => flow === undefined || payment.flow === flow);
  const { messages, remarks } = await shown(door, door.messages, traces.map(lookOf), personal);
  return { messages, remarks };
}

/** What is looked for, and whether the hub has said COMMITTED. */
interface Look {
  readonly wanted: Wanted;
  readonly committed: boolean;
}

function lookOf({ payment, wanted }: PaymentTrace): Look {
  // also what was refused and only said that it is of this payment
  const ids = [...wanted.ids, ...wanted.ids.map(claimedId)];
  return { wanted: { ...wanted, ids }, committed: payment.hub === 'COMMITTED' };
}

/** Of an id without a payment: a quote that no transfer has spent, or what was refused before there was a record. */
function anyWith(id: string): Look {
  return {
    wanted: { ids: [id, claimedId(id)], parties: [], fromMs: 0, toMs: EVER_MS, partiesFromMs: 0, partiesUntilMs: 0 },
    committed: false,
  };
}

async function readable(
  { messages }: MessagesDoor,
  use: (messages: NonNullable<MessagesDoor['messages']>) => Promise<HttpResponse>,
): Promise<HttpResponse> {
  if (messages === undefined) return answer(409, { code: 'MESSAGES_NOT_KEPT', message: 'No messages are kept: messages.keepDays is 0.' });
  try {
    return await use(messages);
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    if (typeof code !== 'string') throw error;
    return answer(503, {
      code: 'MESSAGES_UNAVAILABLE',
      message: `The store of messages cannot be read or changed now (${code}). Repeat it.`,
    });
  }
}

interface Shown extends ShownMessages {
  readonly unreadable?: Unreadable;
}

async function shown(
  { keys }: MessagesDoor,
  messages: NonNullable<MessagesDoor['messages']>,
  looks: readonly Look[],
  personal: boolean,
): Promise<Shown> {
  const all: ShownMessage[] = [];
  const remarks = new Set<string>();
  let unreadable: Unreadable | undefined;
  let bytes = 0;
  for (const { wanted, committed } of looks) {
    const found = await messages.find(wanted);
    unreadable ??= found.unreadable;
    for (const remark of remarksOn(found)) remarks.add(remark);
    const checks = keys === undefined ? [] : await verifyMessages(found.messages, keys);
    found.messages.forEach((message, place) => {
      bytes += message.body.length + (message.answer?.body.length ?? 0);
      const fits = bytes <= ANSWER_BYTES_MAX ? message : withoutBodies(message);
      all.push(shownMessage(fits, checks[place] ?? [], { personal, committed }));
    });
  }
  return { messages: all, remarks: [...remarks], ...(unreadable && { unreadable }) };
}

/** How it was answered stays. */
function withoutBodies({ answer: of, ...message }: KeptMessage): KeptMessage {
  return {
    ...message,
    bodyLeftOut: message.bodyLeftOut ?? message.body.length,
    ...(of && { answer: { ...of, body: Buffer.alloc(0), bodyLeftOut: of.bodyLeftOut ?? of.body.length } }),
  };
}

function remarksOn({ messages, leftOut, unreadable, unwritten }: Found): readonly string[] {
  return [
    ...(leftOut === 0 ? [] : [`These are the first and the last ${messages.length / 2}; ${leftOut} between them are left out.`]),
    ...(unreadable === undefined ? [] : [`${unreadSaid(unreadable)} Messages of this payment may be in them.`]),
    ...(unwritten ? ['The store has not taken yet what was said last: it may be missing here. Look again.'] : []),
  ];
}

function unreadSaid({ frames, why }: Unreadable): string {
  return `${frames} stored ${frames === 1 ? 'batch' : 'batches'} of messages could not be read. ${why}`;
}
