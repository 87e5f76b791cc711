import type { Clock, Log, Timer, Timers } from '@payment-manager/runtime';
import { Iso8583Invalid } from '../../codec/iso8583/characters.ts';
import { framed, Unframing } from '../../codec/iso8583/frame.ts';
import { hasField, type Iso8583Message, packMessage, unpackMessage } from '../../codec/iso8583/message.ts';
import type { Iso8583Backend } from '../../language/backend.ts';
import type { CallAnswer } from '../../run/answer.ts';
import type { Wire, WireEvents } from './wire.ts';

/** A message that waits for its answer. */
interface Outstanding {
  readonly resolve: (answer: CallAnswer) => void;
  readonly timer: Timer;
}

export interface LineDeps {
  readonly backend: Iso8583Backend;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  /** It is of no use any more. */
  readonly ended: (reason: string) => void;
}

/** So many messages in a row without a byte from the host: the connection is dead, and only nobody has said so. */
const SILENT_MAX = 2;

/**
 * One connection to a host, over which messages go side by side. An answer belongs to the message whose type and matched fields (`match`) it has;
 * one that nobody waits for, e.g. because it is late, is dropped: it settles nothing, for its message counts as unknown and is settled by its rules.
 */
export class Line implements WireEvents {
  readonly #deps: LineDeps;
  readonly #outstanding = new Map<string, Outstanding>();
  readonly #unframing: Unframing;
  #wire: Wire | undefined;
  #silent = 0;
  #over = false;

  constructor(deps: LineDeps) {
    this.#deps = deps;
    this.#unframing = new Unframing(deps.backend.frame);
  }

  get isOver(): boolean {
    return this.#over;
  }

  /** The connection that it is over. */
  use(wire: Wire): void {
    if (this.#over) wire.close();
    else this.#wire = wire;
  }

  /** Is a message with these numbers under way? */
  has(message: Iso8583Message): boolean {
    return this.#outstanding.has(this.#keyOf(message, expectedType(message.mti)));
  }

  /** Sends a message, and waits for its answer. */
  exchange(message: Iso8583Message, patienceMs: number): Promise<CallAnswer> {
    const { backend, timers } = this.#deps;
    const wire = this.#wire;
    if (wire === undefined || this.#over) return Promise.resolve(notSent('there is no connection'));
    if (this.has(message)) return Promise.resolve(ours('another message with these numbers is under way'));
    let bytes: Buffer;
    try {
      bytes = framed(backend.frame, packMessage(backend.packager, message));
    } catch (error) {
      if (error instanceof Iso8583Invalid) return Promise.resolve(ours(error.message));
      throw error;
    }
    const key = this.#keyOf(message, expectedType(message.mti));
    return new Promise((resolve) => {
      const timer = timers.after(patienceMs, () => {
        this.#outstanding.delete(key);
        resolve({ kind: 'failed', sent: true, reason: 'the host has not answered in time' });
        if (++this.#silent >= SILENT_MAX) this.end('the host says nothing any more');
      });
      this.#outstanding.set(key, { resolve, timer });
      wire.write(bytes);
    });
  }

  data(bytes: Uint8Array): void {
    this.#silent = 0;
    try {
      for (const message of this.#unframing.take(bytes)) if (message.length > 0 && !this.#over) this.#received(message);
    } catch (error) {
      if (!(error instanceof Iso8583Invalid)) throw error;
      this.end(error.message);
    }
  }

  closed(reason: string): void {
    this.end(reason);
  }

  /** Whatever waits is unknown: it was written, and nobody knows whether it was read. */
  end(reason: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#wire?.close();
    for (const { resolve, timer } of this.#outstanding.values()) {
      timer.cancel();
      resolve({ kind: 'failed', sent: true, reason: `the connection to the host was lost: ${reason}` });
    }
    this.#outstanding.clear();
    this.#deps.ended(reason);
  }

  #received(bytes: Buffer): void {
    const { backend, log } = this.#deps;
    let message: Iso8583Message;
    try {
      message = unpackMessage(backend.packager, bytes);
    } catch (error) {
      if (!(error instanceof Iso8583Invalid)) throw error;
      log.warn('core: a message of the host cannot be read', { backend: backend.name, why: error.message });
      return;
    }
    if (Number(message.mti[2]) % 2 === 0) this.#asked(message);
    else this.#answered(message);
  }

  #answered(message: Iso8583Message): void {
    const { backend, log } = this.#deps;
    const key = this.#keyOf(message, message.mti.slice(0, 3));
    const waiting = this.#outstanding.get(key);
    if (waiting === undefined) {
      log.warn('core: an answer that nobody waits for is dropped', { backend: backend.name, mti: message.mti });
      return;
    }
    this.#outstanding.delete(key);
    waiting.timer.cancel();
    waiting.resolve({ kind: 'iso8583', ...message });
  }

  /** The host asks whether we are there. It is told; whatever else it asks is not for us. */
  #asked({ mti, fields }: Iso8583Message): void {
    const { backend, log } = this.#deps;
    if (mti[1] !== '8') {
      log.warn('core: a message of the host is not answered', { backend: backend.name, mti });
      return;
    }
    const code = hasField(backend.packager, 'DE39') ? { DE39: '00' } : {};
    const answer = { mti: `${expectedType(mti)}0`, fields: { ...fields, ...code } };
    this.#wire?.write(framed(backend.frame, packMessage(backend.packager, answer)));
  }

  /** Messages about the connection have but the first of the matched fields in common with their answers. */
  #keyOf({ mti, fields }: Iso8583Message, type: string): string {
    const { match } = this.#deps.backend;
    const names = mti[1] === '8' ? match.slice(0, 1) : match;
    return [type, ...names.map((name) => fields[name] ?? '')].join(' ');
  }
}

/** The type of the answer, without who sends it: 0200 and 0201 are answered by 0210. */
function expectedType(mti: string): string {
  return `${mti.slice(0, 2)}${Number(mti[2]) + 1}`;
}

/** Not sent, which is proven. */
export function notSent(reason: string): CallAnswer {
  return { kind: 'failed', sent: false, reason };
}

/** Not sent, which says nothing of the host. */
export function ours(reason: string): CallAnswer {
  return { kind: 'failed', sent: false, reason, own: true };
}
