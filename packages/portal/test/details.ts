import type { ReadRow, Surroundings } from '@payment-manager/management-api/test-portal';
import type { HistoryLine, ShownMessage } from '@payment-manager/management-api/types';

type Detail = NonNullable<Awaited<ReturnType<Surroundings['desk']['exception']>>>;
type Values = NonNullable<HistoryLine['values']>;

/** What the records of a payment say, as the product’s own flows tell it, for each way that it may have gone. */
export function detailOf(row: ReadRow): Detail {
  const out = row.facets.direction === 'out';
  const { amount = '0', transferId = '' } = row;
  const { currency, state } = row.facets;
  return {
    payment: {
      id: transferId,
      flow: out ? 'payer' : 'payee',
      amount,
      currency,
      startedAt: row.startedAt,
      hub: hubWord(state, out),
      core: out
        ? 'ASKED_US'
        : state === 'completed'
          ? 'TOLD_COMMITTED'
          : state === 'acknowledged'
            ? 'CREDITED'
            : state === 'failed'
              ? 'REFUSED'
              : 'NOT_CALLED',
      exceptions: row.attention.length > 0 ? ['OUTCOME_UNKNOWN' as never] : [],
    },
    known: { hub: [], us: [], core: [] },
    said: {
      hub: [{ code: state === 'completed' ? 'hub-COMMITTED' : state === 'failed' ? 'hub-ABORTED' : 'hub-UNKNOWN' }],
      us: [{ code: 'payment-stage', values: { stage: row.facets.stage ?? '' } }],
      core: [{ code: out ? 'core-ASKED_US' : 'core-TOLD_COMMITTED' }],
    },
    history: out ? historyOut(row) : historyIn(row),
    allowed:
      row.attention.length > 0
        ? [{ action: 'ask-hub' }, { action: 'settle', as: ['COMMITTED', 'ABORTED'] }]
        : state === 'pending'
          ? [{ action: 'ask-hub' }]
          : [],
  };
}

function hubWord(state: string, out: boolean): Detail['payment']['hub'] {
  if (state === 'completed') return 'COMMITTED';
  if (state === 'failed') return out ? 'ABORTED' : 'REFUSED';
  return state === 'acknowledged' ? 'ACKNOWLEDGED' : 'UNKNOWN';
}

function telling(row: ReadRow): (after: number, who: HistoryLine['who'], event: string, what: string, values?: Values) => HistoryLine {
  let at = row.startedAt;
  return (after, who, event, what, values = {}) => {
    at += after;
    return { at, who, what, event, values };
  };
}

function historyOut(row: ReadRow): HistoryLine[] {
  const tell = telling(row);
  const { amount = '0', error } = row;
  const { currency, peer, state } = row.facets;
  const money = { amount, currency, until: new Date(row.startedAt + 60_000).toISOString() };
  const started = tell(0, 'us', 'payment-started', `the DFSP started the payment (quote ${row.quoteId})`);
  if (error?.code === '3204') return [started, tell(118, 'us', 'failed', 'failed before a prepare: 3204', { error: '3204' })];
  const begun = [
    started,
    tell(84, 'hub', 'party-found', `the party is at ${peer}`, { fsp: peer }),
    tell(3, 'us', 'quote-requested', `a quote is asked of ${peer} (party accepted automatically)`, { destination: peer }),
    tell(121, 'hub', 'quote-received', `${peer} quotes ${amount} ${currency}, until ${money.until}`, { source: peer, ...money }),
  ];
  if (state === 'declined') return [...begun, tell(9_400, 'us', 'aborted', 'aborted before a prepare')];
  const sent = [
    ...begun,
    tell(
      6,
      'us',
      'quote-accepted',
      `the quote was accepted automatically; the transfer of ${amount} ${currency} to ${peer} expires ${money.until}`,
      money,
    ),
    tell(24, 'hub', 'prepare-sent', 'the prepare: acknowledged', { outcome: 'acknowledged' }),
  ];
  if (state === 'completed')
    return [...sent, tell(188, 'hub', 'fulfilled', `${peer} says COMMITTED, with the right fulfilment`, { source: peer })];
  if (state === 'failed')
    return [
      ...sent,
      tell(164, 'hub', 'not-committed', `not committed: error ${error?.code}, said by the ${saidBy(error?.code)}`, {
        said: saidBy(error?.code),
        error: error?.code ?? '',
      }),
    ];
  const asked = [
    tell(60_000, 'us', 'inquired', 'the transfer has expired: the hub is asked', { by: 'ladder' }),
    ...[0, 1, 2].map((rung) =>
      tell(1_000 * 5 ** rung, 'hub', 'hub-asked', `took enquiry ${rung + 1} of the ladder`, { rung: String(rung) }),
    ),
  ];
  return row.attention.length === 0
    ? sent
    : [...sent, ...asked, tell(1_000, 'us', 'exception-raised', 'exception OUTCOME_UNKNOWN', { code: 'OUTCOME_UNKNOWN' })];
}

/** Time and faults between the institutions are told by the hub. */
const saidBy = (code = ''): string => (/^(?:1|2|33)/.test(code) ? 'hub' : 'payee');

function historyIn(row: ReadRow): HistoryLine[] {
  const tell = telling(row);
  const { amount = '0', error } = row;
  const { currency, peer, state } = row.facets;
  const money = { amount, currency, until: new Date(row.startedAt + 60_000).toISOString() };
  const quoted = [
    tell(0, 'hub', 'quote-requested', `${peer} asks for a quote (${row.quoteId}) of ${amount} ${currency}`, { source: peer, ...money }),
    tell(41, 'us', 'quote-answered', `quoted ${amount} ${currency}, until ${money.until}`, money),
    tell(17, 'hub', 'quote-callback-settled', 'took the answer to the quote', { acknowledged: 'true' }),
  ];
  if (state === 'quoted') return quoted;
  const called = [
    ...quoted,
    tell(206, 'hub', 'prepare-received', `${peer} prepares ${amount} ${currency}, expires ${money.until}`, { source: peer, ...money }),
    tell(4, 'us', 'core-transfer-started', 'the core is called (attempt 1)', { attempt: '1' }),
  ];
  if (state === 'failed')
    return [...called, tell(66, 'core', 'core-transfer-refused', `it refused: ${error?.code}`, { error: error?.code ?? '' })];
  if (state === 'pending')
    return [...called, tell(5_000, 'core', 'core-transfer-unknown', 'no answer that says what it did: it may have executed the transfer')];
  const confirmed = [
    ...called,
    tell(58, 'core', 'core-transfer-ok', `it reserved (CORE-${row.id})`, { mode: 'reserve' }),
    tell(3, 'us', 'fulfil-decided', 'the hub is sent RESERVED, with the fulfilment', { transferState: 'RESERVED' }),
    tell(35, 'hub', 'callback-settled', 'took our last word on the transfer', { acknowledged: 'true' }),
  ];
  if (state === 'acknowledged') return confirmed;
  return [
    ...confirmed,
    tell(72, 'hub', 'outcome-known', 'says COMMITTED (patch)', { state: 'COMMITTED', said: 'patch' }),
    tell(5, 'us', 'notification-started', 'the core is notified: COMMITTED (attempt 1)', { state: 'COMMITTED', attempt: '1' }),
    tell(29, 'core', 'notification-acknowledged', 'took the outcome'),
  ];
}

/** Messages of a payment, masked as the product masks them. */
export function messagesOf({ startedAt, transferId, amount = '0', facets: { currency, peer } }: ReadRow): ShownMessage[] {
  const at = (ms: number): string => new Date(startedAt + ms).toISOString();
  const common = {
    'content-type': 'application/vnd.interoperability.iso20022.transfers+json;version=1.1',
    'fspiop-source': 'greenbank',
    'fspiop-destination': peer,
  };
  const checks: ShownMessage['checks'] = [
    { what: 'signature', result: 'passed', says: 'signed by a key of greenbank that is held now' },
    { what: 'packet', result: 'passed', says: 'the packet has the amounts that stand beside it' },
  ];
  return [
    {
      at: at(2),
      direction: 'out',
      side: 'hub',
      method: 'GET',
      target: '/parties/MSISDN/[hidden]',
      tookMs: 12,
      headers: common,
      body: '',
      bodyBytes: 0,
      answer: { status: 202, headers: {}, body: '' },
      checks: [],
    },
    {
      at: at(240),
      direction: 'out',
      side: 'hub',
      method: 'POST',
      target: '/transfers',
      tookMs: 21,
      headers: { ...common, 'fspiop-signature': '{"signature":"Yz…","protectedHeader":"eyJ…"}' },
      body: JSON.stringify({ transferId, payeeFsp: peer, payerFsp: 'greenbank', amount: { amount, currency }, ilpPacket: '[hidden]' }),
      bodyBytes: 812,
      answer: { status: 202, headers: {}, body: '' },
      checks,
    },
    {
      at: at(430),
      direction: 'in',
      side: 'hub',
      method: 'PUT',
      target: `/transfers/${transferId}`,
      tookMs: 4,
      headers: { ...common, 'fspiop-source': peer, 'fspiop-destination': 'greenbank' },
      body: JSON.stringify({ transferState: 'COMMITTED', fulfilment: 'b3J0…' }),
      bodyBytes: 190,
      answer: { status: 200, headers: {}, body: '' },
      checks: [...checks, { what: 'fulfilment', result: 'passed', says: 'it opens the condition' }],
    },
  ];
}
