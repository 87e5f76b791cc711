import type { HttpClient, HttpOutcome } from '@payment-manager/runtime';
import type { OpenWire, WireEvents } from '../back-end/iso8583/wire.ts';
import { readBody } from '../codec/body.ts';
import { fitted } from '../codec/iso8583/field-format.ts';
import { framed, Unframing } from '../codec/iso8583/frame.ts';
import { formatOf, hasField, type Iso8583Message, packMessage, unpackMessage } from '../codec/iso8583/message.ts';
import type { Value } from '../expression/value.ts';
import { isObject } from '../expression/value.ts';
import type { Iso8583Backend } from '../language/backend.ts';

/** How long the core waits before it says that it says nothing; the line says nothing anyhow. */
const SILENCE_MS = 1;
const SILENT: readonly string[] = ['ANSWER_TIMEOUT', 'CONNECTION_LOST'];

/**
 * The core of a plan as a host that speaks ISO 8583. A message is asked of the core as `POST /0220` with its fields as the body, a repeat as what it
 * repeats; the body of the answer are the fields that differ from those of the request. What happens to a call on its way back:
 *
 * | to the core | on the line |
 * |---|---|
 * | there is no connection | it is lost, with whatever else is under way |
 * | no answer in time, or a lost one | none |
 * | an answer that is too large | a length that is |
 * | a status of 400 and above with an error | the response code 96 |
 * | a body that cannot be read | a message without its end |
 */
export function scriptedHost(core: HttpClient, backend: Iso8583Backend): OpenWire {
  return async (_address, _connectMs, _timers, events) => {
    const unframing = new Unframing(backend.frame);
    const line = { isOpen: true };
    return {
      write(bytes) {
        if (line.isOpen)
          for (const message of unframing.take(bytes)) void answer(core, backend, unpackMessage(backend.packager, message), line, events);
      },
      close() {
        line.isOpen = false;
      },
    };
  };
}

interface Open {
  isOpen: boolean;
}

async function answer(core: HttpClient, backend: Iso8583Backend, asked: Iso8583Message, line: Open, events: WireEvents): Promise<void> {
  const outcome = asked.mti[1] === '8' ? undefined : await core.request(requestOf(asked));
  if (!line.isOpen) return;
  // one connection is for all: with each lost answer it would lose theirs, too
  if (outcome?.kind === 'failed' && SILENT.includes(outcome.code)) return;
  if (outcome?.kind === 'failed' && !outcome.sent) {
    line.isOpen = false;
    events.closed(outcome.code);
    return;
  }
  events.data(bytesOf(backend, asked, outcome));
}

function requestOf({ mti, fields }: Iso8583Message): Parameters<HttpClient['request']>[0] {
  return {
    method: 'POST',
    url: `http://host.test/${mti.slice(0, 3)}0`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fields),
    timeoutMs: SILENCE_MS,
  };
}

function bytesOf(backend: Iso8583Backend, asked: Iso8583Message, outcome: HttpOutcome | undefined): Buffer {
  const { frame, packager } = backend;
  if (outcome?.kind === 'failed') return Buffer.from('ffffffff', 'hex');
  const said = outcome === undefined ? { DE39: '00' } : fieldsOf(outcome);
  const own = Object.entries(said ?? { DE39: '00' }).map(([name, value]) => [name, fitted(formatOf(packager, name), value)]);
  const fields = { ...asked.fields, ...Object.fromEntries(own) };
  const answered = packMessage(packager, {
    mti: `${asked.mti.slice(0, 2)}${Number(asked.mti[2]) + 1}0`,
    fields: withinPackager(backend, fields),
  });
  return framed(frame, said === undefined ? answered.subarray(0, answered.length - 1 - (answered.length >> 2)) : answered);
}

function withinPackager({ packager }: Iso8583Backend, fields: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => hasField(packager, name)));
}

/** Undefined: an answer that cannot be read. */
function fieldsOf({ status, headers, body }: Extract<HttpOutcome, { kind: 'answer' }>): Readonly<Record<string, string>> | undefined {
  const read = readBody(body, headers['content-type'], {});
  if (!read.readable) return undefined;
  if (status >= 400) return { DE39: '96' };
  return isObject(read.body) ? textsOf(read.body) : undefined;
}

function textsOf(body: Readonly<Record<string, Value>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(body).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])));
}
