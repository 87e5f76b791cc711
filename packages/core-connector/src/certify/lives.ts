import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { CoreDoor } from '@payment-manager/mojaloop-connector/core-client';
import type { SendAnswer } from '@payment-manager/mojaloop-connector/payer';
import { systemTimers } from '@payment-manager/runtime';
import type { Payments, Seen } from '../send/payments.ts';
import type { Pace } from './fast-time.ts';
import type { SendsAsked } from './send-payment.ts';
import type { CorePlace } from './served-core.ts';

/** What a process is begun with. */
export interface LifeBegins {
  /** Of the connector. */
  readonly folder: string;
  /** The file of its journal. */
  readonly journal: string;
  readonly place: CorePlace;
  readonly pace: Pace;
  /** It kills itself at this point of its life; absent: at none. */
  readonly killAt?: number;
}

/** What it is asked: to die so many points from now, or one of the questions of the door or of our customers' payments; or what the scheme says is told. */
export type AskedOfLife =
  | { readonly killIn: number }
  | { readonly said: number; readonly seen: Seen }
  | { readonly id: number; readonly what: keyof CoreDoor | 'open' | `sends.${keyof SendsAsked}`; readonly args: readonly unknown[] };

/** A question to the scheme. */
export type SchemeCall = Exclude<keyof Payments, 'tellsPersons'>;

/** What it tells, and what it asks the scheme, which outlives it. */
export type LifeTells =
  | { readonly ready: true }
  | { readonly id: number; readonly answer?: unknown }
  | { readonly asks: number; readonly call: SchemeCall; readonly args: readonly unknown[] };

/** How the next process is to end: at a point of its own, or after so many real milliseconds, wherever it is; undefined: not before it is told. */
export type Death = { readonly atPoint: number } | { readonly afterMs: number } | undefined;

/** The process was killed before there was an answer. */
class Died extends Error {}

const PROGRAM = fileURLToPath(new URL('./killed.main.ts', import.meta.url));

/** Processes of one connector, one after the other, on one journal: each is begun when the one before was killed. */
export class Lives {
  /** Told of each death by SIGKILL. */
  died: () => void = () => {};
  kills = 0;
  readonly #begins: Omit<LifeBegins, 'killAt'>;
  readonly #nextDeath: () => Death;
  readonly #scheme: Payments;
  readonly #waiting = new Map<number, { readonly resolve: (answer: unknown) => void; readonly reject: (error: Error) => void }>();
  #asked = 0;
  #stopping = false;
  #child: ChildProcess;
  #ready: Promise<void>;
  /** A process that ended by itself. */
  #broken: Error | undefined;

  /** `scheme`: the other side of our customers' payments. */
  constructor(begins: Omit<LifeBegins, 'killAt'>, nextDeath: () => Death, scheme: Payments) {
    this.#begins = begins;
    this.#scheme = scheme;
    this.#nextDeath = nextDeath;
    [this.#child, this.#ready] = this.#begin(undefined);
  }

  /** The door of whichever process lives when it is asked. Its answers reject when that process dies. */
  readonly door: CoreDoor = {
    findParty: (...args) => this.#ask('findParty', args),
    quote: (...args) => this.#ask('quote', args),
    transfer: (...args) => this.#ask('transfer', args),
    notify: (...args) => this.#ask('notify', args),
    ask: (...args) => this.#ask('ask', args),
  };

  /** Our customers' payments, as the door. */
  readonly sends: SendsAsked = {
    send: (...args) => this.#ask('sends.send', args),
    decide: (...args) => this.#ask('sends.decide', args),
    ask: (...args) => this.#ask('sends.ask', args),
  };

  /** Asks our customers' payments; undefined: there was no answer any more. @throws Error when a process has ended by itself. */
  async throughSends(ask: (sends: SendsAsked) => Promise<SendAnswer | undefined>): Promise<SendAnswer | undefined> {
    const answer = await ask(this.sends).catch(orDied);
    return answer === 'died' ? undefined : answer;
  }

  /** Asks; `died`: there was no answer any more. @throws Error when a process has ended by itself. */
  async through<T>(ask: (door: CoreDoor) => Promise<T>): Promise<T | 'died'> {
    return ask(this.door).catch(orDied);
  }

  async openCount(): Promise<number | 'died'> {
    return this.#ask<number>('open', []).catch(orDied);
  }

  /** Deaths begin with the process that lives now. */
  async begins(): Promise<void> {
    await this.#ready;
    this.#meet(this.#nextDeath());
  }

  /** Kills the one that lives, and none follows. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await gone;
  }

  #begin(death: Death): [ChildProcess, Promise<void>] {
    const child = fork(PROGRAM, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] });
    const ready = new Promise<void>((resolve, reject) => {
      child.once('exit', (code, signal) => {
        this.#ended(code, signal);
        reject(this.#broken ?? new Died());
      });
      child.on('message', (message: LifeTells) => {
        if ('id' in message) this.#answered(message.id, message.answer);
        else if ('asks' in message) void this.#askScheme(child, message);
        else {
          resolve();
          if (death !== undefined && 'afterMs' in death) this.#meet(death);
        }
      });
    });
    ready.catch(() => {});
    const killAt = death !== undefined && 'atPoint' in death ? { killAt: death.atPoint } : {};
    child.send({ ...this.#begins, ...killAt } satisfies LifeBegins);
    return [child, ready];
  }

  #meet(death: Death): void {
    const child = this.#child;
    if (death === undefined) return;
    if ('atPoint' in death) child.send({ killIn: death.atPoint } satisfies AskedOfLife);
    else systemTimers.after(death.afterMs, () => void child.kill('SIGKILL'));
  }

  #ended(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#stopping) return;
    if (signal !== 'SIGKILL') this.#broken = new Error(`the process of the connector has ended by itself (${code ?? signal})`);
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(this.#broken ?? new Died());
    if (this.#broken !== undefined) return;
    this.kills++;
    this.died();
    [this.#child, this.#ready] = this.#begin(this.#nextDeath());
  }

  /** Whoever asked may be dead by then. */
  async #askScheme(child: ChildProcess, { asks, call, args }: Extract<LifeTells, { asks: number }>): Promise<void> {
    const seen = await (this.#scheme[call] as (...given: readonly unknown[]) => Promise<Seen>).apply(this.#scheme, args as unknown[]);
    child.send({ said: asks, seen } satisfies AskedOfLife, () => {});
  }

  #answered(id: number, answer: unknown): void {
    this.#waiting.get(id)?.resolve(answer);
    this.#waiting.delete(id);
  }

  async #ask<T>(what: Extract<AskedOfLife, { what: string }>['what'], args: readonly unknown[]): Promise<T> {
    await this.#ready;
    return new Promise<T>((resolve, reject) => {
      const id = ++this.#asked;
      this.#waiting.set(id, { resolve: resolve as (answer: unknown) => void, reject });
      // a process that has just been killed takes nothing any more, and its end is told
      this.#child.send({ id, what, args } satisfies AskedOfLife, () => {});
    });
  }
}

function orDied(error: unknown): 'died' {
  if (error instanceof Died) return 'died';
  throw error;
}
