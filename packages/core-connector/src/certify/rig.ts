import { type MemoryJournal, memoryJournal } from '@payment-manager/journal';
import type { CoreDoor } from '@payment-manager/mojaloop-connector/core-client';
import type { SendAnswer } from '@payment-manager/mojaloop-connector/payer';
import {
  createMetrics,
  createSealer,
  noFailpoints,
  type RecordedLog,
  recordedLog,
  seededRandom,
  type VirtualTime,
  virtualTime,
} from '@payment-manager/runtime';
import type { BackEndDeps } from '../back-end/back-end.ts';
import { openBackEnds } from '../back-end/back-ends.ts';
import { connectorCore } from '../door/connector-core.ts';
import type { Iso8583Backend } from '../language/backend.ts';
import type { CompiledConnector } from '../language/compile-connector.ts';
import type { MoneyStep } from '../language/operation.ts';
import { CoreRecords } from '../record/core-records.ts';
import type { RunningConnector } from '../record/settings.ts';
import type { CoreState } from '../record/state.ts';
import { oneVersion } from '../record/versions.ts';
import { Sends } from '../send/sends.ts';
import type { SendState } from '../send/state.ts';
import type { CoreDouble } from './core-double.ts';
import { httpCore, settingsOf } from './http-core.ts';
import { mortal, mortalPayments } from './mortal.ts';
import type { Paid } from './paid.ts';
import type { Plan } from './plan.ts';
import type { ScriptedCore } from './scripted-core.ts';
import { ScriptedDatabase } from './scripted-database.ts';
import { scriptedHost } from './scripted-host.ts';
import { ScriptedScheme } from './scripted-scheme.ts';
import { withTestKeys } from './test-keys.ts';
import type { Tokens } from './tokens.ts';

/** What is certified. */
export interface Candidate {
  readonly connector: CompiledConnector;
  readonly plan: Plan;
  /** Fixtures that stand beside it, by their path. */
  readonly fixtures?: ReadonlyMap<string, string>;
  /** Of a core that is a database: the statements that make its tables. */
  readonly schema?: string;
}

/** A money step, with the operation that it is of. */
export type Effect = MoneyStep & { readonly operation: string };

/** A process of the connector, until it is killed. */
interface Life {
  readonly records: CoreRecords;
  readonly door: CoreDoor;
  /** Payments of our own customers. */
  readonly sends: Sends;
  /** Resolves when it was killed and another has taken over; nothing more is heard of it. */
  readonly died: Promise<'died'>;
  readonly tell: () => void;
  readonly mark: { dead: boolean };
  /** Its connections, where it keeps some to the core, are lost with it. */
  readonly hangUp: () => void;
}

/** Timers, in one case: more than anything that has an end. */
const TOO_LONG = 500_000;
const SKEW_MS = 2_000;
/** How long our customers' callers wait. */
const SEND_WAIT_MS = 30_000;
/** Turns without a timer after which nothing goes on any more. */
const IDLE = 20;

/** The connector on its real engine, over a scripted core, in virtual time; it may be killed and started again on the same journal. */
export class Rig {
  readonly time: VirtualTime = virtualTime();
  readonly journal: MemoryJournal = memoryJournal();
  readonly log: RecordedLog = recordedLog();
  readonly core: CoreDouble;
  /** How the connector reaches it. */
  readonly reached: Pick<BackEndDeps, 'client' | 'database' | 'openWire'>;
  readonly tokens: Tokens;
  /** The other side of our customers' payments. */
  readonly scheme: ScriptedScheme;
  readonly running: RunningConnector;
  readonly plan: Plan;
  /** Points at which it can be killed, counted: before and after each append and each call. */
  points = 0;
  /** Is it killed at this point? */
  killed: (point: number) => boolean = () => false;
  kills = 0;
  /** Payments beside those that are looked at. */
  readonly others: Paid[] = [];
  life: Life;
  /** Enquiries that have found something: the product keeps them, too. */
  readonly #proofs = new Set<string>();
  readonly #random;

  constructor(candidate: Candidate, seed = 1) {
    const { connector, plan } = candidate;
    this.plan = plan;
    this.#random = seededRandom(seed);
    const cfg = settingsOf(connector, plan);
    this.running = { connector: withTestKeys(connector), version: 'certify', cfg };
    const { core: overHttp, tokens } = httpCore(connector, plan, this.time);
    this.tokens = tokens;
    const database = databaseOf(candidate, this.time);
    this.core = database ?? overHttp;
    this.reached = { client: () => overHttp, ...(database !== undefined && { database: () => database }), ...hostOf(connector, overHttp) };
    this.scheme = new ScriptedScheme(this.time, () => this.transferId());
    this.life = this.#begin();
  }

  /** Asks the door; `died`: the process was killed before there was an answer. */
  through<T>(ask: (door: CoreDoor) => Promise<T>): Promise<T | 'died'> {
    const { life } = this;
    return Promise.race([ask(life.door), life.died]);
  }

  /** Lets time go on until the promise has settled. @throws Error when nothing goes on any more. */
  async drive<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const done = promise.finally(() => {
      settled = true;
    });
    done.catch(() => {});
    // what was begun gets as far as its first timer
    await this.time.advance(0);
    for (let steps = 0, idle = 0; !settled && idle < IDLE && steps < TOO_LONG; steps++) {
      if (await this.time.runNext()) idle = 0;
      else {
        idle++;
        await this.time.advance(0);
      }
    }
    if (!settled) throw new Error('it has no end');
    return done;
  }

  /** Waits, in virtual time. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.time.after(ms, () => resolve()));
  }

  /** The process is gone at once, and another takes over what it has left. */
  kill(): void {
    const { life } = this;
    if (life.mark.dead) return;
    life.mark.dead = true;
    this.kills++;
    life.hangUp();
    this.time.soon(() => {
      this.life = this.#begin();
      void life.sends.stop();
      void life.records.stop();
      void this.life.records
        .start()
        .then(() => this.life.sends.start())
        .then(life.tell);
    });
  }

  /** The money steps of the payee's side. */
  get effects(): readonly Effect[] {
    return effectsOf(this.running.connector).filter(({ operation }) => !operation.startsWith('send.'));
  }

  /** The money steps of the payer's side. */
  get payerEffects(): readonly Effect[] {
    return effectsOf(this.running.connector).filter(({ operation }) => operation.startsWith('send.'));
  }

  /** What the record says of a payment to our customer. */
  stateOf(transferId: string): Promise<CoreState | undefined> {
    return this.life.records.state('payee', transferId);
  }

  /** Asks our customers' payments; undefined: the process was killed before there was an answer. */
  async throughSends(ask: (sends: Sends) => Promise<SendAnswer | undefined>): Promise<SendAnswer | undefined> {
    const { life } = this;
    const answer = await Promise.race([ask(life.sends), life.died]);
    return answer === 'died' ? undefined : answer;
  }

  /** What a payment of our customer has come to. */
  sendState(transferId: string): Promise<SendState | undefined> {
    return this.life.sends.state(transferId);
  }

  /** What its record at the core says. */
  payerState(transferId: string): Promise<CoreState | undefined> {
    return this.life.records.state('payer', transferId);
  }

  /** A transferId that the core has never seen. */
  transferId(): string {
    const id = this.#random.uuid();
    this.core.payments.add(id);
    return id;
  }

  #begin(): Life {
    let tell: () => void = () => {};
    const died = new Promise<'died'>((resolve) => {
      tell = () => resolve('died');
    });
    const { running, time, log } = this;
    const mark = { dead: false };
    const dies = (): boolean => {
      if (!mark.dead && this.killed(this.points++)) this.kill();
      return mark.dead;
    };
    const http = openBackEnds({ running, ...this.reached, clock: time, timers: time, log });
    const { journal, backEnds } = mortal(dies, this.journal, http);
    const versions = oneVersion(running, backEnds);
    const sealer = createSealer(new Uint8Array(32), seededRandom(this.points + 1));
    const metrics = createMetrics();
    const common = {
      versions,
      sealer,
      journal,
      clock: time,
      timers: time,
      log,
      metrics,
      failpoints: noFailpoints,
      alarm: (code: string, label: string, reason: string) => log.warn('alarm', { code, label, reason }),
      restingRecords: 10,
    };
    const records = new CoreRecords({ ...common, proofs: this.#proofs });
    const sends = new Sends({
      ...common,
      records,
      payments: mortalPayments(dies, this.scheme),
      random: this.#random,
      fspId: 'us',
      settings: { clockSkewMs: SKEW_MS },
      deduplicateHomeTransactionId: true,
      waitMs: SEND_WAIT_MS,
      admit: () => true,
    });
    const door = connectorCore({ versions, sealer, clock: time, records, fspId: 'us', log, metrics });
    const hangUp = (): void => {
      if (this.reached.openWire !== undefined) void http.close();
    };
    return { records, sends, door, died, tell, mark, hangUp };
  }
}

/** The money steps of a connector, with the operation that each is of. */
export function effectsOf({ operations }: CompiledConnector): readonly Effect[] {
  return operations.flatMap(({ name, on, steps }) =>
    steps.flatMap((step) => (step.kind === 'money' ? [{ ...step.money, operation: on === undefined ? name : `${name} ${on}` }] : [])),
  );
}

/** How a host that speaks ISO 8583 is reached. */
function hostOf({ backends }: CompiledConnector, core: ScriptedCore): Pick<BackEndDeps, 'openWire'> {
  const backend = [...backends.values()].find((each): each is Iso8583Backend => each.kind === 'iso8583');
  return backend === undefined ? {} : { openWire: scriptedHost(core, backend) };
}

/** The core, where it is a database. */
function databaseOf({ plan, schema = '' }: Candidate, time: VirtualTime): ScriptedDatabase | undefined {
  const { database } = plan;
  return database && new ScriptedDatabase({ plan, database, schema, time });
}
