import type { Timers } from '@payment-manager/runtime';
import { parseExactJson } from '../src/codec/json.ts';
import { Decimal } from '../src/expression/decimal.ts';
import type { Value, ValueObject } from '../src/expression/value.ts';
import type { BackEnds } from '../src/record/walk.ts';
import type { CallAnswer } from '../src/run/answer.ts';
import { asHttp, type RenderedRequest } from '../src/run/render.ts';
import type { HttpRequest } from '../src/run/render-http.ts';

/**
 * What happens to a call: it is not sent; it is lost before the core applies it; applied, and the answer is lost; applied only later, and the
 * answer is lost; applied, and the answer is cut; refused; answered by a gateway without having come to the core; taken and decided later.
 */
export type Fault = 'not-sent' | 'lost-before' | 'lost-after' | 'late' | 'cut' | 'refuse' | 'gateway' | 'pending';

interface Hold {
  readonly id: string;
  readonly key: string;
  readonly amount: Decimal;
  state: 'PENDING' | 'HELD' | 'CAPTURED' | 'RELEASED' | 'FAILED';
}

const LATE_MS = 40_000;

/** A core that keeps a ledger and behaves as it is told: keys are kept with what was first answered under them, refusals too. */
export class ScriptedCore implements BackEnds {
  readonly holds: Hold[] = [];
  /** Suspense postings by key. */
  readonly suspense = new Map<string, Decimal>();
  /** Every call that came, `POST /holds/H1/capture`. */
  readonly calls: string[] = [];
  /** Bodies of calls that move money by their key: a repeat says the same. */
  readonly said = new Map<string, Set<string>>();
  /** Decides the fault of the next call; undefined: none. */
  fault: (call: string) => Fault | undefined = () => undefined;
  /** The state of the payee's account. */
  account = 'OPEN';
  keepsRefusals = true;
  /** Does it know a hold by its key? A core that does not executes each call. */
  honoursKeys = true;
  readonly #answers = new Map<string, CallAnswer>();
  readonly #timers: Timers;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  async call(asked: RenderedRequest, _deadline: number, purpose: 'read' | 'money'): Promise<CallAnswer> {
    const request = asHttp(asked);
    const name = `${request.method} ${request.path}`;
    const fault = this.fault(name);
    if (fault === 'not-sent') return { kind: 'failed', sent: false, reason: 'refused' };
    this.calls.push(name);
    const key = request.headers.find(([header]) => header === 'Idempotency-Key')?.[1];
    if (purpose === 'money' && key !== undefined) this.#note(key, request);
    await new Promise<void>((resolve) => this.#timers.after(5, resolve));
    if (fault === 'lost-before') return lost();
    if (fault === 'gateway') return { kind: 'answer', status: 502, headers: {}, body: undefined, readable: false };
    if (fault === 'late') {
      this.#timers.after(LATE_MS, () => this.#apply(request, key, undefined));
      return lost();
    }
    const answer = this.#apply(request, key, fault);
    if (fault === 'lost-after') return lost();
    if (fault === 'cut' && answer.kind === 'answer') return { ...answer, body: undefined, readable: false };
    return answer;
  }

  #note(key: string, { method, path, body }: HttpRequest): void {
    const said = this.said.get(key) ?? new Set();
    this.said.set(key, said.add(`${method} ${path} ${body?.text ?? ''}`));
  }

  #apply(request: HttpRequest, key: string | undefined, fault: Fault | undefined): CallAnswer {
    const known = key !== undefined && (this.honoursKeys || !request.path.startsWith('/accounts'));
    const before = known ? this.#answers.get(key) : undefined;
    if (before !== undefined) return before;
    const answer = fault === 'refuse' ? answered(422, { code: 'NO' }) : this.#do(request, key ?? '', fault === 'pending');
    const refused = answer.kind === 'answer' && answer.status === 422;
    if (key !== undefined && !(refused && !this.keepsRefusals)) this.#answers.set(key, answer);
    return answer;
  }

  #do({ method, path, body }: HttpRequest, key: string, pending: boolean): CallAnswer {
    const content = body === undefined ? {} : (parseExactJson(body.text) as ValueObject);
    const [, resource, id = '', action] = path.split('/');
    if (resource === 'accounts' && method === 'GET') return answered(200, { id: 'A1', status: this.account, owner: 'Ann' });
    if (resource === 'holds' && method === 'GET') return this.#enquiry(id);
    if (resource === 'accounts') {
      const hold: Hold = {
        id: `H${this.holds.length + 1}`,
        key,
        amount: content['amount'] as Decimal,
        state: pending ? 'PENDING' : 'HELD',
      };
      this.holds.push(hold);
      if (pending)
        this.#timers.after(LATE_MS, () => {
          hold.state = 'HELD';
        });
      return pending ? answered(202, {}) : answered(201, { id: hold.id, account: 'A1' });
    }
    if (resource === 'reversals') {
      const taken = this.holds.filter((each) => each.key === content['reference'] && each.state === 'HELD');
      for (const hold of taken) hold.state = 'RELEASED';
      return taken.length > 0 ? answered(200, {}) : answered(404, { code: 'NOT_FOUND' });
    }
    if (resource === 'suspense') {
      this.suspense.set(key, content['amount'] as Decimal);
      return answered(201, {});
    }
    const hold = this.holds.find((each) => each.id === id);
    if (hold?.state !== 'HELD') return answered(422, { code: 'NOT_HELD' });
    if (action === 'renew') return answered(200, {});
    hold.state = action === 'capture' ? 'CAPTURED' : 'RELEASED';
    return answered(200, {});
  }

  #enquiry(key: string): CallAnswer {
    const hold = this.holds.find((each) => each.key === key);
    if (hold === undefined) return answered(404, {});
    if (hold.state === 'PENDING') return answered(200, { state: 'PENDING' });
    return answered(200, { id: hold.id, account: 'A1', kind: 'HOLD', amount: hold.amount });
  }

  /** The core keeps its keys no longer. */
  forgetKeys(): void {
    this.#answers.clear();
  }

  /** What the ledger says: money held, booked to customers, and in suspense. */
  get totals(): { readonly held: string; readonly booked: string; readonly suspense: string } {
    const sum = (amounts: readonly Decimal[]): string => amounts.reduce((all, each) => all.add(each), Decimal.of(0n)).toString();
    const of = (...states: Hold['state'][]) => this.holds.filter(({ state }) => states.includes(state)).map(({ amount }) => amount);
    return { held: sum(of('HELD', 'PENDING')), booked: sum(of('CAPTURED')), suspense: sum([...this.suspense.values()]) };
  }
}

function lost(): CallAnswer {
  return { kind: 'failed', sent: true, reason: 'the connection was lost' };
}

function answered(status: number, body: Readonly<Record<string, Value>>): CallAnswer {
  return { kind: 'answer', status, headers: {}, body: Object.assign(Object.create(null), body), readable: true };
}
