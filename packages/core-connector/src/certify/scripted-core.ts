import type { HttpClient, HttpOutcome, OutgoingRequest, Timers } from '@payment-manager/runtime';
import { readBody } from '../codec/body.ts';
import type { Namespaces } from '../codec/xml.ts';
import type { Expression } from '../expression/compile.ts';
import { Decimal } from '../expression/decimal.ts';
import { truthy, type Value, type ValueObject } from '../expression/value.ts';
import type { EffectKind } from '../language/operation-schema.ts';
import { withNames } from '../run/answer.ts';
import { fill, textIn } from '../run/fill.ts';
import { fillXml } from '../run/render-http.ts';
import { type CoreCall, type CoreDouble, paymentIn } from './core-double.ts';
import type { Fault } from './fault.ts';
import { type Entry, Ledger, type Posting } from './ledger.ts';
import { answered, answeredXml, failed, lost, spoilt } from './outcomes.ts';
import type { Plan, PlanAnswer, PlanCall } from './plan.ts';
import type { Tokens } from './tokens.ts';

/** What is kept under a key. `answer` undefined: it is still executed. */
interface Kept {
  answer: HttpOutcome | undefined;
  readonly until: number;
}

export interface ScriptedCoreDeps {
  readonly plan: Plan;
  readonly cfg: ValueObject;
  /** The path that goes before each path of the plan, e.g. of `https://core.test/api`. */
  readonly base: string;
  /** Prefixes by namespace, as the connector has them. */
  readonly namespaces: Namespaces;
  readonly time: Timers & { now(): number };
  readonly tokens: Tokens;
}

const LATENCY_MS = 5;

/** The core that a plan describes: it keeps a ledger, keeps keys with what was first answered under them, and has faults as it is told. */
export class ScriptedCore implements HttpClient, CoreDouble {
  readonly ledger: Ledger;
  readonly calls: CoreCall[] = [];
  readonly strays: string[] = [];
  readonly said = new Map<string, Set<string>>();
  readonly payments = new Set<string>();
  fault: (call: CoreCall) => Fault | undefined = () => undefined;
  readonly #kept = new Map<string, Kept>();
  readonly #deps: ScriptedCoreDeps;

  constructor(deps: ScriptedCoreDeps) {
    this.#deps = deps;
    const { holdsKeptMs } = deps.plan.core;
    this.ledger = new Ledger(
      deps.plan.accounts,
      holdsKeptMs === undefined ? undefined : { afterMs: holdsKeptMs, now: () => deps.time.now() },
    );
  }

  async request(request: OutgoingRequest): Promise<HttpOutcome> {
    const { time, tokens } = this.#deps;
    await this.#after(LATENCY_MS);
    if (tokens.isFor(request)) return tokens.give(request, time.now());
    const found = this.#find(request);
    if (found === undefined) {
      this.strays.push(`${request.method} ${request.url}`);
      return answered(404, { error: 'UNKNOWN_CALL' });
    }
    const payment = this.#paymentOf(request) ?? this.#paymentOfPosting(found);
    const { name, effect, renews } = found.call;
    const call: CoreCall = { name, effect, payment, ...(renews !== undefined && { renews: true }) };
    const fault = this.fault(call);
    if (fault === 'not-sent') return failed(false, 'CONNECT_REFUSED');
    if (fault === 'unauthorized' && tokens.used) tokens.revoke();
    this.calls.push(call);
    if (!tokens.accepts(request, time.now())) return answered(401, { error: 'UNAUTHORIZED' });
    return this.#answer(found, call, fault, request);
  }

  setCredentials(): void {}

  async close(): Promise<void> {}

  async #answer(found: Found, call: CoreCall, fault: Fault | undefined, request: OutgoingRequest): Promise<HttpOutcome> {
    if (call.effect !== undefined || call.renews) this.#note(found, request);
    switch (fault) {
      case 'lost-before':
        return lost();
      case 'silent':
        await this.#after(request.timeoutMs);
        return failed(true, 'ANSWER_TIMEOUT');
      case 'page':
      case 'error':
      case 'limit':
        return spoilt(fault, undefined);
      case 'refuse-repeat':
        return this.#said(found.call.refused, withNames(found.names, { reason: 'NO' }));
      case 'unauthorized':
        return answered(401, { error: 'UNAUTHORIZED' });
      case 'late':
        this.#begin(found);
        this.#deps.time.after(this.#deps.plan.core.lateMs, () => this.#apply(found, call, undefined));
        return lost();
      default:
        if (call.renews) return spoilt(fault, this.#renew(found));
        return spoilt(fault, call.effect === undefined ? this.#read(found) : this.#apply(found, call, fault));
    }
  }

  /** A renewal is executed once under its key. */
  #renew({ call, names }: Found): HttpOutcome {
    const key = text(call.key, names);
    const before = key === undefined ? undefined : this.#keptUnder(call, key)?.answer;
    if (before !== undefined) return before;
    const reason = this.ledger.renew(text(call.renews, names) ?? '');
    const answer = reason === undefined ? this.#said(call.done, names) : this.#said(call.refused, withNames(names, { reason }));
    if (key !== undefined) this.#keep(call, key, answer);
    return answer;
  }

  /** A core that is still executing a call knows its key already. */
  #begin({ call, names }: Found): void {
    const key = text(call.key, names);
    if (key !== undefined && call.busy !== undefined && this.#keptUnder(call, key) === undefined) this.#keep(call, key, undefined);
  }

  #apply(found: Found, { effect, payment }: CoreCall, fault: Fault | undefined): HttpOutcome {
    const { call, names, repeated } = found;
    const key = text(call.key, names);
    const before = key === undefined ? undefined : this.#keptUnder(call, key);
    if (before?.answer !== undefined) return before.answer;
    // its own key is there already where it is executed late
    if (before !== undefined && repeated) return this.#said(call.busy, names);
    const later = fault === 'taken' || fault === 'taken-refused' || fault === 'taken-for-ever';
    const refuse = fault === 'refuse' || fault === 'refuse-lost' ? 'NO' : undefined;
    const entry: Entry = {
      kind: effect as EffectKind,
      account: text(call.account, names),
      amount: number(call.amount, names),
      reference: text(call.reference, names),
      key,
      of: text(call.of, names),
      payment,
      said: names['body'],
      at: new Date(this.#deps.time.now()).toISOString(),
    };
    const posting = this.ledger.enter(entry, { ...(refuse !== undefined && { refuse }), later });
    const isRefused = 'reason' in posting;
    const answer = this.#said(isRefused ? call.refused : later ? call.taken : call.done, this.#withPosting(names, posting));
    if (!isRefused && later) this.#decideLater(found, posting, fault, key);
    if (key === undefined) return answer;
    if (!isRefused || this.#deps.plan.core.refusalsKept) this.#keep(call, key, answer);
    else this.#kept.delete(keyOf(call, key));
    return answer;
  }

  #withPosting(names: ValueObject, posting: Posting | { readonly reason: string }): ValueObject {
    if ('reason' in posting) return withNames(names, { reason: posting.reason });
    return withNames(names, { posting: this.ledger.see(posting), account: this.ledger.account(posting.account) });
  }

  /** What was taken is decided by itself, and a repeat under its key then gets the answer to what it came to. */
  #decideLater({ call, names }: Found, posting: Posting, fault: Fault | undefined, key: string | undefined): void {
    if (fault === 'taken-for-ever') return;
    this.#deps.time.after(this.#deps.plan.core.decidesMs, () => {
      this.ledger.decide(posting, fault === 'taken' ? 'DONE' : 'REFUSED');
      const done = posting.state === 'DONE';
      const seen = done ? this.#withPosting(names, posting) : withNames(names, { reason: 'NO' });
      if (key !== undefined) this.#keep(call, key, this.#said(done ? call.done : call.refused, seen));
    });
  }

  #read({ call, names }: Found): HttpOutcome {
    const here = withNames(names, { postings: this.ledger.seen });
    return this.#said(
      call.answers.find(({ when }) => when === undefined || truthy(when.evaluate(here))),
      here,
    );
  }

  #said(answer: PlanAnswer | undefined, names: ValueObject): HttpOutcome {
    if (answer === undefined) return answered(500, { error: 'NOT_DESCRIBED' });
    const status = Number(textIn(answer.status, names, 'the status'));
    if (answer.xml !== undefined) return answeredXml(status, fillXml(answer.xml, names));
    return answered(status, answer.body === undefined ? undefined : fill(answer.body, names));
  }

  #keptUnder(call: PlanCall, key: string): Kept | undefined {
    const kept = this.#kept.get(keyOf(call, key));
    return kept !== undefined && kept.until > this.#deps.time.now() ? kept : undefined;
  }

  #keep(call: PlanCall, key: string, answer: HttpOutcome | undefined): void {
    const { keysKeptMs } = this.#deps.plan.core;
    if (keysKeptMs > 0) this.#kept.set(keyOf(call, key), { answer, until: this.#deps.time.now() + keysKeptMs });
  }

  #note({ call, names }: Found, { method, url, body }: OutgoingRequest): void {
    const key = text(call.key, names) ?? text(call.reference, names);
    if (key === undefined) return;
    const said = this.said.get(keyOf(call, key)) ?? new Set();
    this.said.set(keyOf(call, key), said.add(`${method} ${url} ${body?.toString() ?? ''}`));
  }

  #paymentOf({ url, headers, body }: OutgoingRequest): string | undefined {
    return paymentIn(`${url} ${Object.values(headers).join(' ')} ${body?.toString() ?? ''}`, this.payments);
  }

  /** A call that only names the posting it captures, releases or reverses. */
  #paymentOfPosting({ call, names }: Found): string | undefined {
    const of = text(call.of ?? call.renews, names);
    return of === undefined ? undefined : this.ledger.find(of)?.payment;
  }

  #find(request: OutgoingRequest): Found | undefined {
    const url = new URL(request.url);
    const path = url.pathname.startsWith(this.#deps.base) ? url.pathname.slice(this.#deps.base.length) : url.pathname;
    const parts = path.split('/').map(decoded);
    for (const call of this.#deps.plan.calls) {
      if (call.method !== request.method || call.path.length !== parts.length) continue;
      const bound: Record<string, Value> = Object.create(null);
      const fits = call.path.every((part, index) => {
        if (typeof part === 'string') return part === parts[index];
        bound[part.parameter] = parts[index];
        return parts[index] !== '';
      });
      if (!fits) continue;
      const names = this.#names(request, url, bound);
      if (call.matches === undefined || truthy(call.matches.evaluate(names))) return { call, names, repeated: this.#isRepeat(call, names) };
    }
    return undefined;
  }

  #isRepeat(call: PlanCall, names: ValueObject): boolean {
    const key = text(call.key, names);
    return key !== undefined && this.#keptUnder(call, key) !== undefined;
  }

  #names({ headers, body }: OutgoingRequest, url: URL, path: Readonly<Record<string, Value>>): ValueObject {
    const content = body === undefined ? undefined : readBody(Buffer.from(body), headers['content-type'], this.#deps.namespaces).body;
    const accounts = this.ledger.accounts.map((each) => this.ledger.account(String(each['id'])) as ValueObject);
    return withNames(Object.create(null), {
      path,
      query: Object.assign(Object.create(null), Object.fromEntries(url.searchParams)),
      headers: Object.assign(Object.create(null), headers),
      body: content,
      accounts,
      cfg: this.#deps.cfg,
      now: new Date(this.#deps.time.now()).toISOString(),
    });
  }

  #after(ms: number): Promise<void> {
    return new Promise((resolve) => this.#deps.time.after(ms, () => resolve()));
  }
}

interface Found {
  readonly call: PlanCall;
  readonly names: ValueObject;
  /** There was something under its key when it came. */
  readonly repeated: boolean;
}

/** Keys are kept for each kind of call: one core keeps them for an action, none for all its actions together. */
function keyOf({ name }: PlanCall, key: string): string {
  return `${name} ${key}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function text(expression: Expression | undefined, names: ValueObject): string | undefined {
  const value = expression?.evaluate(names);
  return value instanceof Decimal || typeof value === 'string' ? String(value) : undefined;
}

function number(expression: Expression | undefined, names: ValueObject): Decimal | undefined {
  const value = expression?.evaluate(names);
  return value instanceof Decimal ? value : undefined;
}
