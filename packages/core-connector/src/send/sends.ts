import { Engine, type EngineDeps } from '@payment-manager/engine';
import { contentHash } from '@payment-manager/fspiop';
import type { SendAnswer, SendDoor, StartSend } from '@payment-manager/mojaloop-connector/payer';
import type { Random } from '@payment-manager/runtime';
import { EngineLife } from '../record/engine-life.ts';
import { homeClaim, keyClaim, SEND_KIND, transferClaim } from './claims.ts';
import type { SendEvent } from './events.ts';
import { sendFlow } from './flow.ts';
import type { SendAction, SendInput } from './inputs.ts';
import { performSend, type SendPerformDeps } from './perform.ts';
import type { SendState } from './state.ts';
import { sendView } from './view.ts';

export interface SendsDeps extends SendPerformDeps, EngineDeps {
  readonly random: Random;
  /** Does the same homeTransactionId mean the same payment? */
  readonly deduplicateHomeTransactionId: boolean;
  /** How long a caller waits for a price, and how long for an end. Milliseconds. */
  readonly waitMs: number;
  /** New payments are refused otherwise. */
  readonly admit: () => boolean;
}

/** The payments that our customers make: one record for each. */
export class Sends extends EngineLife<SendState, SendInput, SendEvent, SendAction> implements SendDoor {
  readonly #deps: SendsDeps;

  constructor(deps: SendsDeps) {
    super(new Engine(sendFlow(deps.settings), performSend(deps), deps));
    this.#deps = deps;
  }

  async send({ request, maxFee, idempotencyKey, trace }: StartSend): Promise<SendAnswer> {
    const { random, deduplicateHomeTransactionId: byHomeId } = this.#deps;
    const hash = contentHash({ request, ...(maxFee !== undefined && { maxFee }) });
    if (!this.#mayBegin()) return this.#repeated(hash, request.homeTransactionId, idempotencyKey);
    const id = `${SEND_KIND}-${random.uuid()}`;
    const made = await this.engine.create(id, {
      type: 'begin',
      request,
      hash,
      key: id,
      byHomeId,
      ...(idempotencyKey !== undefined && { idempotencyKey }),
      ...(maxFee !== undefined && { maxFee }),
      ...(trace !== undefined && { trace }),
    });
    if (made.kind === 'taken') return this.#rest(id);
    return made.kind === 'claimed' ? this.#same(made.recordId, hash) : BUSY;
  }

  async decide(transferId: string, accept: boolean): Promise<SendAnswer | undefined> {
    const id = await this.engine.find(transferClaim(transferId));
    if (id === undefined) return undefined;
    await this.engine.input(id, { type: 'decide', accept });
    return this.#rest(id);
  }

  async ask(transferId: string): Promise<SendAnswer | undefined> {
    const id = await this.engine.find(transferClaim(transferId));
    const state = id === undefined ? undefined : await this.engine.state(id, true);
    if (id === undefined || state === undefined) return undefined;
    if (state.stage === 'open') await this.engine.input(id, { type: 'seen', seen: await this.#deps.payments.ask(transferId) });
    const now = (await this.engine.state(id)) ?? state;
    return { kind: 'payment', payment: sendView(now), timedOut: false };
  }

  /** What is known of the payment with this transferId. */
  async state(transferId: string): Promise<SendState | undefined> {
    const id = await this.engine.find(transferClaim(transferId));
    return id === undefined ? undefined : this.engine.state(id, true);
  }

  /** What happened, oldest first; none of one that was pruned. */
  async events(transferId: string): Promise<readonly SendEvent[]> {
    const id = await this.engine.find(transferClaim(transferId));
    const { events = [] } = (id === undefined ? undefined : await this.#deps.journal.load(id)) ?? {};
    return (events as readonly SendEvent[]).filter(({ type }) => (type as string) !== 'pruned');
  }

  /** A person has done by hand what was left. False: nothing needs one. */
  async doneByHand(transferId: string, person: { readonly by: string; readonly reason: string }): Promise<boolean> {
    const id = await this.engine.find(transferClaim(transferId));
    if (id === undefined || (await this.engine.state(id, true))?.exception === undefined) return false;
    await this.engine.input(id, { type: 'done-by-hand', ...person });
    return true;
  }

  /** After a restore nothing is begun until a person has looked (docs/money-rules.md, 8). */
  #mayBegin(): boolean {
    return this.#deps.settings.restored?.()?.standing !== true && this.#deps.admit();
  }

  /** Only new work is refused: what is known already has its answer. */
  async #repeated(hash: string, homeTransactionId: string, idempotencyKey: string | undefined): Promise<SendAnswer> {
    const byKey = idempotencyKey === undefined ? undefined : await this.engine.find(keyClaim(idempotencyKey));
    const byHome = this.#deps.deduplicateHomeTransactionId ? homeClaim(homeTransactionId) : undefined;
    const id = byKey ?? (byHome && (await this.engine.find(byHome)));
    return id === undefined ? BUSY : this.#same(id, hash);
  }

  async #same(id: string, hash: string): Promise<SendAnswer> {
    const state = await this.engine.state(id, true);
    // it was just being made, and was not
    if (state === undefined) return BUSY;
    if (state.hash === hash) return this.#rest(id);
    return {
      kind: 'conflict',
      message: 'the Idempotency-Key or homeTransactionId was used with other content before',
      payment: sendView(state),
    };
  }

  /** Waits until there is something to tell: a price, an end, an exception; or until the time is over. */
  async #rest(id: string): Promise<SendAnswer> {
    const { waitMs } = this.#deps;
    const goesOn = ({ stage }: SendState): boolean => stage === 'checking' || stage === 'quoting';
    const priced = await this.engine.watch(id, (state) => (goesOn(state) ? undefined : state), waitMs);
    const rested = priced && (await this.engine.watch(id, (state) => (isAtRest(state) ? state : undefined), waitMs));
    const state = rested ?? (await this.engine.state(id));
    if (state === undefined) throw new Error('a payment vanished');
    return { kind: 'payment', payment: sendView(state), timedOut: rested === undefined };
  }
}

const BUSY: SendAnswer = { kind: 'busy', retryAfterSeconds: 1, message: 'no new payment is taken now; repeat the very same request' };

function isAtRest({ stage, outcome, exception }: SendState): boolean {
  return stage === 'offered' || outcome === 'committed' || outcome === 'not-committed' || exception !== undefined;
}
