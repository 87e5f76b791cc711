import { formatDateTime } from '@payment-manager/fspiop';
import type { flows } from '@payment-manager/mojaloop-connector';
import type { Random } from '@payment-manager/runtime';
import { answerTo, type Deal, error, prepareOf, quoteOf } from './messages.ts';
import type { PayeeEnd } from './mix.ts';

const step = (random: Random): number => 2 + Math.floor(random.fraction() ** 3 * 200);
const SEALED_BYTES = 60;

/** The events of a payment that we received, begun at an instant. */
export function payeeEvents(deal: Deal, end: PayeeEnd, random: Random, startedAt: number): readonly flows.PayeeEvent[] {
  let at = startedAt;
  const later = (): number => {
    at += step(random);
    return at;
  };
  const quote = quoteOf(deal, random, startedAt);
  const asked = { source: deal.payerFsp, version: '1.1' };
  const hash = (): string => Buffer.from(random.bytes(32)).toString('base64url');
  const events: flows.PayeeEvent[] = [{ type: 'quote-requested', at, quote, hash: hash(), asked, firstOfTransaction: true }];
  const settledQuote = (): flows.PayeeEvent => ({ type: 'quote-callback-settled', at: later(), acknowledged: true, detail: '200' });
  if (end === 'quote-refused') {
    const errorInformation = random.fraction() < 0.5 ? error('5106', 'Payee unsupported currency') : error('5200', 'Payee limit error');
    return [...events, { type: 'quote-refused', at: later(), errorInformation }, settledQuote()];
  }
  const { response } = answerTo(quote, random, at);
  const sealedFulfilment = Buffer.from(random.bytes(SEALED_BYTES)).toString('base64url');
  const coreQuote = { quoteId: quote.quoteId, transactionId: quote.transactionId, transferAmount: quote.amount.amount };
  events.push({ type: 'quote-answered', at: later(), response, coreQuote, sealedFulfilment }, settledQuote());
  if (end === 'quoted') return events;
  const prepare = prepareOf(random.fraction() < 0.5 ? quote.transactionId : random.uuid(), deal, response, at);
  const deadline = Date.parse(prepare.expiration) - 2_000;
  events.push({ type: 'prepare-received', at: later(), prepare, hash: hash(), asked });
  events.push({ type: 'core-transfer-started', at, attempt: 1, deadline });
  return [...events, ...afterPrepare(end, random, later)];
}

function afterPrepare(end: PayeeEnd, random: Random, later: () => number): readonly flows.PayeeEvent[] {
  const settled = (inTime?: true): flows.PayeeEvent => ({
    type: 'callback-settled',
    at: later(),
    acknowledged: true,
    detail: '200',
    ...(inTime && { inTime }),
  });
  if (end === 'working') return [];
  if (end === 'exception')
    return [
      { type: 'core-transfer-unknown', at: later(), reason: 'no answer' },
      { type: 'exception-raised', at: later(), code: 'CORE_OUTCOME_UNKNOWN', reason: 'nobody knows what the core did' },
    ];
  if (end === 'refused') {
    const errorInformation = random.fraction() < 0.7 ? error('5101', 'Payee account blocked') : error('5200', 'Payee limit error');
    return [{ type: 'core-transfer-refused', at: later(), errorInformation }, settled()];
  }
  const homeTransactionId = `T${Buffer.from(random.bytes(6)).toString('hex')}`;
  const credits = end === 'acknowledged';
  const decidedAt = later();
  const fulfil: readonly flows.PayeeEvent[] = [
    { type: 'core-transfer-ok', at: decidedAt, mode: credits ? 'credit' : 'reserve', homeTransactionId, late: false },
    {
      type: 'fulfil-decided',
      at: decidedAt,
      transferState: credits ? 'COMMITTED' : 'RESERVED',
      completedTimestamp: formatDateTime(decidedAt),
    },
    settled(credits || undefined),
  ];
  if (end === 'acknowledged') return fulfil;
  const at = later();
  const state = end === 'committed' ? 'COMMITTED' : 'ABORTED';
  const why = end === 'aborted' ? { errorInformation: error('3303', 'Transfer expired') } : {};
  return [
    ...fulfil,
    { type: 'outcome-known', at, state, said: 'patch', completedTimestamp: formatDateTime(at), ...why },
    { type: 'notification-started', at, attempt: 1, state },
    { type: 'notification-acknowledged', at: later(), attempt: 1 },
  ];
}
