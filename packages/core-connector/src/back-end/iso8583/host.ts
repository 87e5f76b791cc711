import type { Clock, Log, Timers } from '@payment-manager/runtime';
import { Iso8583Invalid } from '../../codec/iso8583/characters.ts';
import { fitted } from '../../codec/iso8583/field-format.ts';
import { formatOf, type Iso8583Message } from '../../codec/iso8583/message.ts';
import type { ValueObject } from '../../expression/value.ts';
import type { Iso8583Backend, NetworkMessage } from '../../language/backend.ts';
import { answerInWords, type CallAnswer, withAnswer } from '../../run/answer.ts';
import { draw, drawnText } from '../../run/drawn.ts';
import { RenderFailed, textIn } from '../../run/fill.ts';
import { holds } from '../../run/judge.ts';
import type { Drawn, Iso8583Request } from '../../run/render-iso8583.ts';
import type { Probed } from '../conditions.ts';
import type { HostAddress } from './host-address.ts';
import { Line, notSent, ours } from './line.ts';
import { type OpenWire, WireFailed } from './wire.ts';

export interface HostDeps {
  readonly backend: Iso8583Backend;
  readonly address: HostAddress;
  readonly zone: string;
  /** With `cfg`. */
  readonly root: ValueObject;
  readonly openWire: OpenWire;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

/** How long a host that cannot be reached is left alone: each time twice as long. */
const PAUSE_MS = 500;
const PAUSE_MAX_MS = 30_000;
const STANS = 999_999;

/**
 * A host, and the one connection to it: opened when the first message is to be sent, signed on, asked now and then whether it is there, and opened
 * anew when it is lost. While it is not there, nothing is sent, which is proven.
 */
export class Host {
  readonly #deps: HostDeps;
  #line: Line | undefined;
  #opening: Promise<Line | string> | undefined;
  #failures = 0;
  #againAt = 0;
  #count: number;
  #closed = false;

  constructor(deps: HostDeps) {
    this.#deps = deps;
    this.#count = Math.floor(deps.clock.now()) % STANS;
  }

  /** Sends a message; `drawn` undefined: it only reads, and gets numbers of its own. `sending` is told its fields before it leaves. */
  async exchange(
    { mti, fields, drawn }: Pick<Iso8583Request, 'mti' | 'fields' | 'drawn'>,
    patienceMs: number,
    sending: (fields: Iso8583Message['fields']) => void,
  ): Promise<CallAnswer> {
    const { clock } = this.#deps;
    const until = clock.monotonic() + patienceMs;
    const line = this.#line ?? (await this.#within(this.#open(), patienceMs));
    if (typeof line === 'string') return notSent(line);
    const leftMs = until - clock.monotonic();
    if (leftMs <= 0) return ours('there was no time left for the message');
    const message = this.#filled(line, mti, fields, drawn);
    sending(message.fields);
    return line.exchange(message, leftMs);
  }

  /** Is it there? It is asked, where the connector says how; else a connection is enough. */
  async probe(patienceMs: number): Promise<Probed> {
    const line = this.#line ?? (await this.#within(this.#open(), patienceMs));
    if (typeof line === 'string') return { ok: false, reason: line };
    const { echo } = this.#deps.backend;
    const fault = echo && (await this.#says(line, echo, patienceMs));
    return fault === undefined ? { ok: true } : { ok: false, reason: `the host does not say that it is there (${fault})` };
  }

  close(): void {
    this.#closed = true;
    this.#line?.end('it is closed');
  }

  #within(opening: Promise<Line | string>, patienceMs: number): Promise<Line | string> {
    return new Promise((resolve) => {
      const timer = this.#deps.timers.after(patienceMs, () => resolve('the host was not there in time'));
      void opening.then((line) => {
        timer.cancel();
        resolve(line);
      });
    });
  }

  /** The connection, or why there is none. Many who wait open one. */
  #open(): Promise<Line | string> {
    if (this.#closed) return Promise.resolve('it is closed');
    const waitMs = this.#againAt - this.#deps.clock.monotonic();
    if (this.#opening === undefined && waitMs > 0) return Promise.resolve('the host cannot be reached');
    this.#opening ??= this.#openOne().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #openOne(): Promise<Line | string> {
    const { backend, address, openWire, timers, log } = this.#deps;
    const line: Line = new Line({ ...this.#deps, ended: (reason) => this.#lost(line, reason) });
    try {
      line.use(await openWire(address, backend.timeouts.connectMs, timers, line));
      const fault = backend.signOn && (await this.#says(line, backend.signOn));
      if (fault !== undefined) throw new WireFailed(`the host has not taken the sign-on (${fault})`);
    } catch (error) {
      const known = error instanceof WireFailed || error instanceof RenderFailed || error instanceof Iso8583Invalid;
      const reason = known ? error.message : 'it cannot be opened';
      line.end(reason);
      return this.#failed(reason);
    }
    if (line.isOver || this.#closed) return this.#failed('the connection to the host was lost');
    this.#line = line;
    this.#failures = 0;
    log.info('core: connected', { backend: backend.name });
    this.#echoLater(line);
    return line;
  }

  #failed(reason: string): string {
    const { backend, clock, timers, log } = this.#deps;
    const pauseMs = Math.min(PAUSE_MS * 2 ** Math.min(this.#failures++, 10), PAUSE_MAX_MS);
    this.#againAt = clock.monotonic() + pauseMs;
    log.warn('core: no connection', { backend: backend.name, why: reason });
    timers.after(pauseMs, () => this.#again());
    return `the host cannot be reached: ${reason}`;
  }

  /** It is there again before it is needed. */
  #again(): void {
    if (!this.#closed && this.#line === undefined) void this.#open();
  }

  #lost(line: Line, reason: string): void {
    if (this.#line !== line) return;
    this.#line = undefined;
    this.#deps.log.warn('core: connection lost', { backend: this.#deps.backend.name, why: reason });
    this.#deps.timers.soon(() => this.#again());
  }

  #echoLater(line: Line): void {
    const { echo } = this.#deps.backend;
    if (echo === undefined) return;
    this.#deps.timers.after(echo.everyMs, async () => {
      if (line.isOver || this.#closed) return;
      const fault = await this.#says(line, echo);
      if (fault === undefined) this.#echoLater(line);
      else line.end(`the host does not say that it is there (${fault})`);
    });
  }

  /** A message about the connection. Undefined: the host has taken it; else why not. */
  async #says(
    line: Line,
    { mti, fields, ok }: NetworkMessage,
    patienceMs = this.#deps.backend.timeouts.totalMs,
  ): Promise<string | undefined> {
    const { backend, root } = this.#deps;
    const filled = fields.flatMap(([name, value]): [string, string][] => {
      const text = textIn(value, root, name);
      return text === undefined ? [] : [[name, fitted(formatOf(backend.packager, name), text)]];
    });
    const answer = await line.exchange(this.#filled(line, mti, Object.fromEntries(filled), undefined), patienceMs);
    if (answer.kind === 'failed') return answer.reason;
    return answer.kind === 'iso8583' && holds(ok, withAnswer(root, answer)) ? undefined : answerInWords(answer);
  }

  /** The message with what is drawn for it. */
  #filled(line: Line, mti: string, fields: Iso8583Message['fields'], drawn: Drawn | undefined): Iso8583Message {
    const { backend, zone } = this.#deps;
    const withThese = (these: Drawn): Iso8583Message => {
      const own = backend.drawn.map(([name, what]) => [name, drawnText(what, these, zone)]);
      return { mti, fields: { ...Object.fromEntries(own), ...fields } };
    };
    if (drawn !== undefined) return withThese(drawn);
    for (let tries = 1; ; tries++) {
      const message = withThese(this.#draw());
      if (tries > backend.limits.inFlight || !line.has(message)) return message;
    }
  }

  #draw(): Drawn {
    this.#count = (this.#count % STANS) + 1;
    const drawn = draw(`read ${this.#count}`, this.#deps.backend.name, this.#deps.clock.now()) as unknown as Drawn;
    return { ...drawn, stan: String(this.#count).padStart(6, '0') };
  }
}
