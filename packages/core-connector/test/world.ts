import assert from 'node:assert/strict';
import { type Journal, type MemoryJournal, memoryJournal } from '@payment-manager/journal';
import { type VirtualTime, virtualTime } from '@payment-manager/runtime';
import { mortal } from '../src/certify/mortal.ts';
import { parseExactJson } from '../src/codec/json.ts';
import type { ValueObject } from '../src/expression/value.ts';
import { compileConnector } from '../src/language/compile-connector.ts';
import { problemLine } from '../src/language/problem.ts';
import { CoreRecords, type Known } from '../src/record/core-records.ts';
import type { RunningConnector } from '../src/record/settings.ts';
import { oneVersion } from '../src/record/versions.ts';
import type { BackEnds } from '../src/record/walk.ts';
import { ScriptedCore } from './scripted-core.ts';
import { partsOf, through } from './through.ts';
import { twoPhaseConnector } from './two-phase-connector.ts';

const INPUT = parseExactJson('{"quote":{"payeeReceiveAmount":"99.50","to":{"idValue":"254711"},"facts":{}},"req":{}}') as ValueObject;
export const COMMITTED = 'transfer.finalise COMMITTED';
export const ABORTED = 'transfer.finalise ABORTED';

/** A connector on a core that keeps a ledger, in virtual time; it may be killed and started again on the same journal. */
export class World {
  readonly time: VirtualTime = virtualTime();
  readonly core = new ScriptedCore(this.time);
  readonly journal: MemoryJournal = memoryJournal();
  readonly alarms: string[] = [];
  readonly proofs = new Set<string>();
  readonly running: RunningConnector;
  /** Points at which it can be killed, counted: before and after each append and each call. */
  points = 0;
  /** The point at which it is killed; then it is started again at once. */
  killAt: number | undefined;
  kills = 0;
  records: CoreRecords;

  constructor(changed: Parameters<typeof twoPhaseConnector>[0] = {}, version = 'v1') {
    const { connector, problems } = compileConnector(twoPhaseConnector(changed));
    assert.deepEqual(problems.map(problemLine), []);
    this.running = { connector, version, cfg: { baseUrl: 'http://core' } };
    this.records = this.#process();
  }

  /** Asks for an operation as the payment would: again and again until it has ended, through deaths. `patience`: of one call. */
  async ask(operation: string, { deadlineMs = 30_000, times = 60, transferId = 'T1' } = {}): Promise<Known | undefined> {
    const deadline = this.time.now() + deadlineMs;
    let known: Known | undefined;
    for (let asked = 0; asked < times; asked++) {
      const until = operation === 'transfer.prepare' ? deadline : this.time.now() + deadlineMs;
      const running = this.records.run({ side: 'payee', transferId, operation, input: INPUT, deadline: until });
      const lives = this.records;
      known = await through(this.time, running, () => lives !== this.records);
      if (known !== undefined && known.kind !== 'pending') return known;
      await this.time.advance(10_000);
    }
    return known;
  }

  /** The process is gone at once, and another takes over what it has left. */
  async kill(): Promise<void> {
    this.kills++;
    const old = this.records;
    this.records = this.#process();
    void old.stop();
    await this.records.start();
  }

  /** A process on the journal: by itself, or as a replica beside others. */
  #process(): CoreRecords {
    const life: { dead: boolean } = { dead: false };
    /** True: it dies here. Nothing that it began is heard of any more. */
    const dies = (): boolean => {
      if (life.dead) return true;
      if (this.points++ !== this.killAt) return false;
      life.dead = true;
      this.time.soon(() => void this.kill());
      return true;
    };
    const { journal, backEnds } = mortal(dies, this.journal, this.core);
    return this.recordsOn(journal, backEnds);
  }

  /** Records of their own on a journal. */
  recordsOn(journal: Journal, backEnds: BackEnds): CoreRecords {
    return new CoreRecords({
      ...partsOf(this.time, this.points + 1, this.alarms),
      versions: oneVersion(this.running, backEnds),
      proofs: this.proofs,
      journal,
    });
  }
}
