import type { ActionContext, Perform } from '@payment-manager/engine';
import { idsOfMessage } from '@payment-manager/mojaloop-connector/core-client';
import type { Sealer, World } from '@payment-manager/runtime';
import { writeExactJson } from '../codec/json.ts';
import { sendMinimumMs } from '../door/capabilities.ts';
import { objectWith } from '../door/terms.ts';
import { isObject, memberOf } from '../expression/value.ts';
import type { CoreRecords, Known } from '../record/core-records.ts';
import { pauseMs } from '../record/settings.ts';
import type { ConnectorVersions } from '../record/versions.ts';
import { walkToEnd } from '../record/walk.ts';
import type { Checked, HoldEnd, SendAction, SendInput } from './inputs.ts';
import { notAfterOf } from './owed.ts';
import type { Payments, Seen } from './payments.ts';
import { REJECT_MS, type SendSettings } from './settings.ts';
import type { SendState } from './state.ts';
import { amountIn, sendInput } from './terms.ts';

export interface SendPerformDeps extends Pick<World, 'clock' | 'timers' | 'failpoints'> {
  readonly payments: Payments;
  readonly records: Pick<CoreRecords, 'run' | 'state'>;
  readonly versions: ConnectorVersions;
  readonly sealer: Sealer;
  readonly fspId: string;
  readonly settings: SendSettings;
}

const CHECK_MS = 20_000;
/** One wait for a price or an outcome; then it is waited anew. */
const WAIT_MS = 60_000;

/** Does what a payment of our customer owes. Each may be done again: whoever is asked joins what was begun. */
export function performSend(deps: SendPerformDeps): Perform<SendAction, SendInput> {
  return async (action, context) => {
    const { key } = action;
    if (action.type === 'timer') return { type: 'due', key };
    const { state } = action;
    deps.failpoints.hit(`send.before.${action.type}`);
    switch (action.type) {
      case 'check':
        return { type: 'checked', key, checked: await check(deps, state, context.trace) };
      case 'start':
        return seenBy(key, await again(deps, context, () => start(deps, state)));
      case 'hold':
        return { type: 'held', key, end: await hold(deps, state) };
      case 'accept':
        return seenBy(key, await again(deps, context, () => accept(deps, state)));
      case 'outcome':
        return seenBy(key, await again(deps, context, (nth) => outcome(deps, state, nth)));
      case 'reject':
        return seenBy(key, await again(deps, context, () => reject(deps, state)));
      case 'capture':
      case 'release': {
        const end = await again(deps, context, () => move(deps, state, `send.${action.type}`));
        return end && { type: 'moved', key, end };
      }
    }
  };
}

function seenBy(key: string, seen: Seen | undefined): SendInput | undefined {
  return seen && { type: 'seen', key, seen };
}

/** Tries until there is an answer, ever more rarely, for as long as it is owed. Undefined: it is owed no more. */
async function again<T>(
  { timers }: SendPerformDeps,
  { signal }: ActionContext,
  attempt: (nth: number) => Promise<T | undefined>,
): Promise<T | undefined> {
  for (let nth = 0; ; nth++) {
    const answer = await attempt(nth);
    if (answer !== undefined || signal.aborted) return answer;
    await new Promise<void>((resolve) => {
      const timer = timers.after(pauseMs(nth), () => resolve());
      signal.addEventListener(
        'abort',
        () => {
          timer.cancel();
          resolve();
        },
        { once: true },
      );
    });
    if (signal.aborted) return undefined;
  }
}

// ---- the core

/** Reads alone: nothing is begun. */
async function check({ versions, sealer, clock }: SendPerformDeps, { request }: SendState, trace: string | undefined): Promise<Checked> {
  const version = versions.current();
  const { transferRequestExtensions: _transfer, quoteRequestExtensions: _quote, ...req } = request ?? {};
  const input = writeExactJson(Object.assign(Object.create(null), { req: objectWith(req) }));
  const of = { side: 'payer', transferId: '', operation: 'send.check', input, deadline: clock.now() + CHECK_MS, effects: {} } as const;
  const end = await walkToEnd({ ...version, sealer, clock }, { ...of, ids: idsOfMessage('', req), trace });
  if (end.kind === 'refused') return { kind: 'refused', code: end.code, message: end.message ?? 'the core refuses the payment' };
  if (end.kind !== 'reply') {
    const { code = '2001' } = end as { readonly code?: string };
    return { kind: 'refused', code, message: 'the core could not be asked about the payment' };
  }
  const fee = amountIn((isObject(end.reply) ? memberOf(end.reply, 'fee') : undefined) ?? '0');
  if (fee === undefined) return { kind: 'refused', code: '2001', message: 'the fee of the core is no amount' };
  const { connector, version: name } = version.running;
  return { kind: 'ok', fee: fee.toString(), facts: writeExactJson(end.facts), version: name, minimumMs: sendMinimumMs(connector) };
}

/** Holds the money for just this price, and says what is proven when there is no time left for it any more. */
async function hold(deps: SendPerformDeps, state: SendState): Promise<HoldEnd> {
  const { records, fspId, settings } = deps;
  const { transferId = '', offer } = state;
  const deadline = offer === undefined ? 0 : notAfterOf(settings, state, offer);
  const known = await records.run({ ...operation(state, 'send.hold'), input: sendInput(state, fspId), deadline });
  if (known.kind === 'ended' && known.ended.kind === 'reply') return { kind: 'ok' };
  const begun = (await records.state('payer', transferId)) !== undefined;
  if (known.kind === 'ended' && known.ended.kind === 'refused') {
    const { code, message = 'the core does not hold the money' } = known.ended;
    return { kind: 'refused', code, message, begun };
  }
  return { kind: 'refused', code: '2001', message: notHeld(known), begun: true };
}

function notHeld(known: Known): string {
  switch (known.kind) {
    case 'other-content':
      return 'money is held for the transfer at another price';
    case 'excluded':
      return `${known.by} was done before`;
    default:
      return 'the core did not say in time that it holds the money';
  }
}

function operation({ transferId = '', version, begunAt, trace }: SendState, name: string) {
  return {
    side: 'payer',
    transferId,
    operation: name,
    paymentBegunAt: begunAt,
    trace: trace?.traceparent,
    ...(version !== undefined && { version }),
  } as const;
}

/** What has to be done: its record goes on with it, and tells a person where one is needed. */
async function move({ records, clock, fspId }: SendPerformDeps, state: SendState, name: string): Promise<'done' | 'excluded' | undefined> {
  const known = await records.run({ ...operation(state, name), input: sendInput(state, fspId), deadline: clock.now() + WAIT_MS });
  if (known.kind === 'ended') return 'done';
  return known.kind === 'excluded' ? 'excluded' : undefined;
}

// ---- the payment

async function start({ payments }: SendPerformDeps, { request, key, trace }: SendState): Promise<Seen | undefined> {
  if (request === undefined) return undefined;
  const seen = await payments.start({ request, key, ...(trace !== undefined && { trace }) }, WAIT_MS);
  return seen.kind === 'busy' || seen.kind === 'no-answer' || seen.kind === 'under-way' ? undefined : seen;
}

/** After its time it is refused instead: what was accepted before goes on, and what was not has ended. Either answer is proof. */
async function accept(
  { payments, clock, failpoints }: SendPerformDeps,
  { transferId, offer, notAfter = 0 }: SendState,
): Promise<Seen | undefined> {
  if (transferId === undefined || offer === undefined) return undefined;
  const seen = clock.now() < notAfter ? await payments.accept(transferId, offer, notAfter) : await payments.reject(transferId);
  failpoints.hit('send.after.accept');
  return seen.kind === 'open' || isEnd(seen) ? seen : undefined;
}

/** What a restored journal has forgotten may still be on offer: it is refused, and then has an end. */
async function outcome({ payments }: SendPerformDeps, { transferId = '', restoredAt }: SendState, nth: number): Promise<Seen | undefined> {
  const waits = payments.tellsPersons || nth % 2 === 0;
  // what may still be on offer is not waited for
  const waitMs = restoredAt !== undefined && nth === 0 ? 0 : WAIT_MS;
  const seen = await (waits ? payments.watch(transferId, waitMs) : payments.ask(transferId));
  if (isEnd(seen)) return seen;
  if (seen.kind !== 'offered' || restoredAt === undefined) return undefined;
  const refused = await payments.reject(transferId);
  return isEnd(refused) ? refused : undefined;
}

async function reject({ payments, clock }: SendPerformDeps, { transferId = '', offer }: SendState): Promise<Seen | undefined> {
  const seen = await payments.reject(transferId);
  const over = offer === undefined || clock.now() >= offer.expiration + REJECT_MS;
  return over || seen.kind === 'open' || isEnd(seen) ? seen : undefined;
}

function isEnd({ kind }: Seen): boolean {
  return kind === 'committed' || kind === 'not-committed';
}
