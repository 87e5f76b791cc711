import assert from 'node:assert/strict';
import { type Journal, type MemoryJournal, memoryJournal } from '@payment-manager/journal';
import { restoredOf } from '@payment-manager/mojaloop-connector/core-client';
import type { SendAnswer, StartSend } from '@payment-manager/mojaloop-connector/payer';
import { createMetrics, seededRandom, type VirtualTime, virtualTime } from '@payment-manager/runtime';
import { mortal, mortalPayments } from '../src/certify/mortal.ts';
import { ScriptedScheme } from '../src/certify/scripted-scheme.ts';
import { compileConnector } from '../src/language/compile-connector.ts';
import { problemLine } from '../src/language/problem.ts';
import { CoreRecords } from '../src/record/core-records.ts';
import { oneVersion } from '../src/record/versions.ts';
import type { BackEnds } from '../src/record/walk.ts';
import type { Payments } from '../src/send/payments.ts';
import { Sends } from '../src/send/sends.ts';
import type { SendSettings } from '../src/send/settings.ts';
import { ScriptedCore } from './scripted-core.ts';
import { SEND_CHECK, SEND_END, SEND_HOLD } from './send-connector.ts';
import { partsOf, through } from './through.ts';
import { twoPhaseConnector } from './two-phase-connector.ts';

export const REQUEST: StartSend['request'] = {
  homeTransactionId: 'home-1',
  from: { idType: 'MSISDN', idValue: '254700' },
  to: { idType: 'MSISDN', idValue: '254711' },
  amountType: 'SEND',
  currency: 'KES',
  amount: '100',
  transactionType: 'TRANSFER',
};

interface Life {
  readonly sends: Sends;
  readonly records: CoreRecords;
  readonly mark: { dead: boolean };
}

/** Payments of our customers between a core that keeps a ledger and a scheme, in virtual time; the process may be killed and started again. */
export class SendWorld {
  readonly time: VirtualTime = virtualTime();
  readonly core = new ScriptedCore(this.time);
  readonly scheme = new ScriptedScheme(this.time, () => `00000000-0000-4000-8000-${String(++this.#ids).padStart(12, '0')}`);
  #ids = 0;
  journal: MemoryJournal = memoryJournal();
  readonly alarms: string[] = [];
  readonly settings: SendSettings;
  /** Points at which it can be killed: before and after each append and each call of core and scheme. */
  points = 0;
  killAt: number | undefined;
  kills = 0;
  life: Life;
  readonly #proofs = new Set<string>();
  readonly #hold: string;
  #lives = 0;

  constructor({ hold = SEND_HOLD, settings = {} }: { readonly hold?: string; readonly settings?: Partial<SendSettings> } = {}) {
    this.#hold = hold;
    this.settings = { clockSkewMs: 2_000, restored: () => restoredOf(this.journal)(), ...settings };
    this.scheme.commission = '1';
    this.scheme.held = () => this.core.totals.held;
    this.life = this.#begin();
  }

  get sends(): Sends {
    return this.life.sends;
  }

  /** Lets time go on until the promise is there; undefined: the process that would have answered has died. */
  through<T>(promise: Promise<T>): Promise<T | undefined> {
    const { life } = this;
    return through(this.time, promise, () => life !== this.life);
  }

  /** Asks as the DFSP would: the very same request again where there was no answer. */
  async send(start: StartSend): Promise<Extract<SendAnswer, { kind: 'payment' }>> {
    for (let asked = 0; asked < 20; asked++) {
      const answer = await this.through(this.sends.send(start));
      if (answer?.kind === 'payment') return answer;
      assert.notEqual(answer?.kind, 'conflict');
      await this.time.advance(1_000);
    }
    throw new Error('there is no answer');
  }

  async decide(transferId: string, accept = true): Promise<SendAnswer | undefined> {
    for (let asked = 0; asked < 20; asked++) {
      const { kills } = this;
      const answer = await this.through(this.sends.decide(transferId, accept));
      if (kills === this.kills) return answer;
    }
    throw new Error('there is no answer');
  }

  /** The journal is put back to an older copy, and a process begins on it. */
  async putBack(copy: MemoryJournal): Promise<void> {
    this.journal = (await copy.restoredCopy({ sign: 'restore', reason: 'the disk broke', at: this.time.now() })) as MemoryJournal;
    await this.kill();
  }

  /** The process is gone at once, and another takes over what it has left. */
  async kill(): Promise<void> {
    this.kills++;
    const { sends, records, mark } = this.life;
    mark.dead = true;
    this.life = this.#begin();
    void sends.stop();
    void records.stop();
    await this.life.records.start();
    await this.life.sends.start();
  }

  #begin(): Life {
    const mark = { dead: false };
    const dies = (): boolean => {
      if (mark.dead) return true;
      if (this.points++ !== this.killAt) return false;
      mark.dead = true;
      this.time.soon(() => void this.kill());
      return true;
    };
    const { journal, backEnds } = mortal(dies, this.journal, this.core);
    return { ...this.process(journal, backEnds, mortalPayments(dies, this.scheme)), mark };
  }

  /** What a process has of its own, on a journal: by itself, or as a replica beside others. */
  process(journal: Journal, backEnds: BackEnds, payments: Payments): Pick<Life, 'sends' | 'records'> {
    const { connector, problems } = compileConnector(twoPhaseConnector({ more: [SEND_CHECK, this.#hold, SEND_END] }));
    assert.deepEqual(problems.map(problemLine), []);
    const common = {
      ...partsOf(this.time, this.points + 1, this.alarms),
      versions: oneVersion({ connector, version: 'v1', cfg: { baseUrl: 'http://core' } }, backEnds),
      journal,
    };
    const records = new CoreRecords({ ...common, proofs: this.#proofs });
    const sends = new Sends({
      ...common,
      metrics: createMetrics(),
      records,
      payments,
      random: seededRandom(1_000 + this.#lives++ + this.points),
      fspId: 'us',
      settings: this.settings,
      deduplicateHomeTransactionId: true,
      waitMs: 30_000,
      admit: () => true,
    });
    return { sends, records };
  }
}
