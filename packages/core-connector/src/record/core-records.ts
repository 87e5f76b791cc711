import { hash as sha256 } from 'node:crypto';
import { Engine, type EngineDeps, type Perform } from '@payment-manager/engine';
import type { AttentionRow, StoredRecord } from '@payment-manager/journal';
import { restoredOf } from '@payment-manager/mojaloop-connector/core-client';
import { writeExactJson } from '../codec/json.ts';
import type { ValueObject } from '../expression/value.ts';
import { CORE_KIND, callbackClaim, coreClaim } from './claims.ts';
import { EngineLife } from './engine-life.ts';
import type { CoreEvent, Ended, PersonActed, Side } from './events.ts';
import { coreFlow, foreignReason, goesOn } from './flow.ts';
import type { BeginInput, CoreAction, CoreInput } from './inputs.ts';
import { owedByCore } from './owed.ts';
import { type PerformDeps, performCore } from './perform.ts';
import { Remembered } from './remembered.ts';
import { ownSealer } from './sealed-start.ts';
import { excludedBy, takes } from './settings.ts';
import type { CoreState } from './state.ts';
import { versionedJournal, versionsIn } from './versioned-journal.ts';
import { type ConnectorVersion, versionOf } from './versions.ts';
import { walk, writeInput } from './walk.ts';

/** Payments under way are fewer. */
const TRACES_MOST = 20_000;

/** An operation that is asked for. */
export interface Asked {
  readonly side: Side;
  readonly transferId: string;
  /** `transfer.prepare`, `transfer.finalise COMMITTED`, … */
  readonly operation: string;
  /** `req`, `quote` or `send`. */
  readonly input: ValueObject;
  /** Wall clock, milliseconds since the epoch: an operation that may be refused begins nothing from then on. */
  readonly deadline: number;
  /** Of the connector that made the price; absent: the one that runs now. A payment that has a record keeps the version of that. */
  readonly version?: string;
  /** When the payment began; only of an outcome. */
  readonly paymentBegunAt?: number;
  /** `traceparent` (W3C) that its calls bear. */
  readonly trace?: string | undefined;
}

/** What is known of an operation when whoever asked has to go on. */
export type Known =
  | { readonly kind: 'ended'; readonly ended: Ended }
  /** It goes on; asking again joins it. */
  | { readonly kind: 'pending'; readonly reason: string }
  | { readonly kind: 'stuck'; readonly reason: string }
  /** The same transferId with another content. */
  | { readonly kind: 'other-content' }
  /** Its contrary was done, or its outcome is there already. */
  | { readonly kind: 'excluded'; readonly by: string };

/** The records that payments have at the core. Every operation that moves money goes through one. */
export class CoreRecords extends EngineLife<CoreState, CoreInput, CoreEvent, CoreAction> {
  readonly #deps: PerformDeps & EngineDeps;
  readonly #perform: Perform<CoreAction, CoreInput>;
  /** Of the latest payments, by record: not stored, so that what is owed after a restart bears one again when it is asked for again. */
  readonly #traces: Remembered<string>;

  constructor(deps: PerformDeps & EngineDeps) {
    const traces = new Remembered<string>(TRACES_MOST);
    const traceOf: PerformDeps['traceOf'] = ({ side, transferId }) => traces.get(recordId(side, transferId));
    const own = { ...deps, sealer: ownSealer(deps.sealer), traceOf };
    const journal = versionedJournal(deps.journal, deps.versions);
    const perform = performCore(own);
    super(new Engine(coreFlow({ ...own, restored: restoredOf(deps.journal) }), perform, { ...own, journal }));
    this.#traces = traces;
    this.#deps = own;
    this.#perform = perform;
  }

  /** Does an operation, or joins the one that is done already; waits until it has ended or the deadline is there. */
  run(asked: Asked): Promise<Known> {
    this.traced(asked.side, asked.transferId, asked.trace);
    // nearly every prepare is the first word of its payment: that there is a record already is found out by making one
    return this.#run(asked, takes(asked.operation) && this.engine.known(coreClaim(asked.side, asked.transferId)) === undefined);
  }

  /** What is called for the payment from now on bears this trace. */
  traced(side: Side, transferId: string, trace: string | undefined): void {
    if (trace !== undefined) this.#traces.set(recordId(side, transferId), trace);
  }

  async #run(asked: Asked, isFirst: boolean): Promise<Known> {
    const input = writeInput(asked.input);
    const hash = takes(asked.operation) ? sha256('sha256', input, 'base64url') : '';
    const known = isFirst ? undefined : await this.state(asked.side, asked.transferId);
    if (known !== undefined) {
      const verdict = this.#verdict(known, asked.operation, hash);
      if (verdict !== undefined && verdict.kind !== 'pending') return verdict;
    }
    if (known?.operations[asked.operation] === undefined) {
      const begun = await this.#begin(asked, input, hash, known);
      // what the steps say counts only where there is no record
      if (begun !== undefined) return isFirst ? this.#unlessKnown(asked, begun) : begun;
    }
    const id = recordId(asked.side, asked.transferId);
    const waitMs = Math.max(0, asked.deadline - this.#deps.clock.now());
    const ended = await this.engine.watch(id, (state) => finalOf(this.#verdict(state, asked.operation, hash)), waitMs);
    if (ended !== undefined) return ended;
    const last = await this.state(asked.side, asked.transferId);
    const verdict = last && this.#verdict(last, asked.operation, hash);
    return verdict ?? { kind: 'ended', ended: { kind: 'refused', code: '3303', message: 'there was no time left' } };
  }

  async #unlessKnown(asked: Asked, begun: Known): Promise<Known> {
    return (await this.state(asked.side, asked.transferId)) === undefined ? begun : this.#run(asked, false);
  }

  #verdict(state: CoreState, operation: string, hash: string): Known | undefined {
    const verdict = verdictOf(state, operation, hash);
    if (verdict?.kind !== 'pending' || !goesOn(state) || this.#deps.versions.of(versionOf(state)) !== undefined) return verdict;
    return { kind: 'stuck', reason: foreignReason(state) };
  }

  /** What is known of the payment at the core; undefined: nothing was begun for it. */
  async state(side: Side, transferId: string): Promise<CoreState | undefined> {
    const state = await this.engine.state(recordId(side, transferId), true);
    if (state === undefined || this.#deps.versions.of(versionOf(state)) !== undefined) return state;
    // one that a person has to look at may be in memory for long; its version may have been let go of since
    if (goesOn(state) || state.stuck !== undefined || state.exception !== undefined) await this.#deps.versions.ensure([versionOf(state)]);
    return state;
  }

  /** What needs a person of the payment's record. */
  async attention(side: Side, transferId: string): Promise<readonly AttentionRow[]> {
    const rows = await this.#deps.journal.attention({ label: transferId, limit: 20 });
    return rows.filter((row) => row.recordId === recordId(side, transferId));
  }

  /** What happened, oldest first, at most the last 1,000; none of a record that was pruned. */
  async events(side: Side, transferId: string): Promise<readonly CoreEvent[]> {
    const { events = [] } = (await this.#deps.journal.load(recordId(side, transferId))) ?? {};
    return (events as readonly CoreEvent[]).filter(({ type }) => (type as string) !== 'pruned').slice(-1_000);
  }

  /** The core has called back. `unknown`: nothing was begun under this reference; `over`: nothing follows. Durable when it resolves. */
  async calledBack(callback: string, reference: string): Promise<'taken' | 'over' | 'unknown'> {
    const id = await this.engine.find(callbackClaim(callback, reference));
    if (id === undefined) return 'unknown';
    const before = (await this.engine.state(id, true))?.events;
    await this.engine.input(id, { type: 'called-back', callback, reference });
    return (await this.engine.state(id))?.events === before ? 'over' : 'taken';
  }

  /** The transferId of the payment that a callback is about; undefined: nothing was begun under this reference. */
  async paymentOf(callback: string, reference: string): Promise<string | undefined> {
    const id = await this.engine.find(callbackClaim(callback, reference));
    return id === undefined ? undefined : (await this.engine.state(id, true))?.transferId;
  }

  /**
   * A person has looked at an effect that nobody else could settle: at this call of it, and no later one. `facts`: what the core calls it, e.g.
   * `{"holdId":"H-1"}`.
   */
  async resolve(
    side: Side,
    transferId: string,
    { facts, ...word }: { readonly effect: string; readonly attempt: number; readonly as: 'ok' | 'refused'; readonly facts?: ValueObject },
    person: PersonActed,
  ): Promise<boolean> {
    const input: CoreInput = { type: 'resolve', ...word, person, ...(facts !== undefined && { facts: writeExactJson(facts) }) };
    return this.#person(side, transferId, input);
  }

  /** A person has done by hand what an operation could not do; whoever waits for it is told that it is done. */
  async doneByHand(side: Side, transferId: string, operation: string, person: PersonActed): Promise<boolean> {
    return this.#person(side, transferId, { type: 'done-by-hand', operation, person });
  }

  /** Makes the next enquiries of the record now: their answers count as if their time had come. */
  async askNow(side: Side, transferId: string): Promise<void> {
    const state = await this.state(side, transferId);
    const running = state && this.#deps.versions.of(versionOf(state))?.running;
    if (state === undefined || running === undefined) return;
    for (const action of owedByCore(running, state)) {
      if (action.type !== 'ask') continue;
      const id = recordId(side, transferId);
      const answer = await this.#perform(action, { recordId: id, resumed: false, signal: new AbortController().signal });
      if (answer !== undefined) await this.engine.input(id, answer);
    }
  }

  async #person(side: Side, transferId: string, input: CoreInput): Promise<boolean> {
    const before = await this.state(side, transferId);
    const { kind } = await this.engine.input(recordId(side, transferId), input);
    const now = await this.state(side, transferId);
    return kind === 'taken' && before?.events !== now?.events;
  }

  override adopt(record: StoredRecord): boolean {
    if (record.kind !== CORE_KIND) return false;
    // its version may be one that only the replica that is gone has had in memory
    void this.#deps.versions.ensure(versionsIn(record)).then(() => this.engine.adopt(record));
    return true;
  }

  /**
   * Goes over the steps before there is anything to write: what moves no money needs no record, and what does is begun with its first start
   * in one append. The hub's outcome is always written: whatever comes after it must find it.
   */
  async #begin(asked: Asked, input: string, hash: string, known: CoreState | undefined): Promise<Known | undefined> {
    const { side, transferId, operation, deadline } = asked;
    const limit = takes(operation) ? deadline : undefined;
    const wanted = known === undefined ? asked.version : versionOf(known);
    const version = await this.#version(wanted);
    if (version === undefined) return this.#withoutVersion(asked, hash, input, known, wanted ?? '');
    const { sealer, clock } = this.#deps;
    const of = { side, transferId, operation, input, deadline: limit, effects: known?.effects ?? {}, trace: asked.trace };
    const end = await walk({ ...version, sealer, clock }, of);
    if (known === undefined && takes(operation)) {
      if (end.kind === 'reply') return { kind: 'ended', ended: end };
      if (end.kind === 'refused') return { kind: 'ended', ended: end };
      if (end.kind === 'failed') {
        const { code, silent } = end;
        return { kind: 'ended', ended: { kind: 'refused', code, ...(silent && { silent }) } };
      }
      if (end.kind === 'stuck') return { kind: 'stuck', reason: end.reason };
    }
    const begin: BeginInput = {
      type: 'begin',
      transferId,
      side,
      operation,
      hash,
      version: version.running.version,
      input,
      ...(limit !== undefined && { deadline: limit }),
      ...(asked.paymentBegunAt !== undefined && { paymentBegunAt: asked.paymentBegunAt }),
      worked: { basis: known?.events ?? 0, end },
    };
    const id = recordId(side, transferId);
    const made = known === undefined ? await this.engine.create(id, begin) : await this.engine.input(id, begin);
    // somebody else was faster: this one joins
    if (made.kind === 'exists' || made.kind === 'claimed') await this.engine.input(id, { ...begin, worked: { basis: -1, end } });
    return undefined;
  }

  /** Undefined: it is not kept, or cannot be run. */
  async #version(wanted: string | undefined): Promise<ConnectorVersion | undefined> {
    const { versions } = this.#deps;
    if (wanted === undefined) return versions.current();
    if (versions.of(wanted) === undefined) await versions.ensure([wanted]);
    return versions.of(wanted);
  }

  /** Nothing is begun. The hub's outcome is written all the same: it is gone on with when the version is there again. */
  async #withoutVersion(
    { side, transferId, operation }: Asked,
    hash: string,
    input: string,
    known: CoreState | undefined,
    version: string,
  ): Promise<Known> {
    const message = `the version ${version} of the connector is not there`;
    if (known === undefined && takes(operation)) return { kind: 'ended', ended: { kind: 'refused', code: '2001', message } };
    const begin: BeginInput = { type: 'begin', transferId, side, operation, hash, version, input };
    const id = recordId(side, transferId);
    await (known === undefined ? this.engine.create(id, begin) : this.engine.input(id, begin));
    return { kind: 'stuck', reason: message };
  }
}

/** Records are found by what they are for. */
export function recordId(side: Side, transferId: string): string {
  return `core-${side}-${transferId}`;
}

/** What a record says of an operation; undefined: it does not have it, and may. */
function verdictOf(state: CoreState, operation: string, hash: string): Known | undefined {
  const found = state.operations[operation];
  if (found === undefined) {
    const by = excludedBy(operation).find((other) => state.operations[other] !== undefined);
    return by === undefined ? undefined : { kind: 'excluded', by };
  }
  if (found.undoes === undefined && found.hash !== hash) return { kind: 'other-content' };
  if (found.ended !== undefined) return { kind: 'ended', ended: found.ended };
  if (state.stuck !== undefined) return { kind: 'stuck', reason: state.stuck.reason };
  if (state.running !== operation) return { kind: 'pending', reason: `${state.running ?? 'another operation'} came after it` };
  const unsettled = Object.values(state.effects).find(
    ({ status }) => status === 'unknown' || status === 'pending' || status === 'not-sent',
  );
  return { kind: 'pending', reason: unsettled === undefined ? 'it goes on' : `${unsettled.name}: ${unsettled.reason ?? unsettled.status}` };
}

function finalOf(known: Known | undefined): Known | undefined {
  return known?.kind === 'pending' ? undefined : known;
}
