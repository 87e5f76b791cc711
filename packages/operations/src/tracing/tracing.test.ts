import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createMetrics,
  type HttpClient,
  type HttpOutcome,
  recordedLog,
  seededRandom,
  type TracedChange,
  virtualTime,
} from '@payment-manager/runtime';
import { startTracing } from './exporter.ts';
import { SpanMaker, spanOf } from './spans.ts';

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const change = (more: Partial<TracedChange> = {}): TracedChange => ({
  recordId: 'r-1',
  flow: 'payer',
  label: 'T-1',
  trace: TRACE,
  open: true,
  events: [{ type: 'payment-started', at: 1_000 }],
  ...more,
});

test('a record is a span below its caller’s, its events are spans below it, each from the event before', () => {
  const maker = new SpanMaker();
  const spans = [
    ...maker.spansOf(change()),
    ...maker.spansOf(change({ events: [{ type: 'party-found', at: 1_200 }] })),
    ...maker.spansOf(change({ open: false, events: [{ type: 'fulfilled', at: 1_500 }] })),
  ];
  assert.deepEqual(
    spans.map(({ name, from, to }) => [name, from, to]),
    [
      ['payer payment-started', 1_000, 1_000],
      ['payer party-found', 1_000, 1_200],
      ['payer fulfilled', 1_200, 1_500],
      ['payer', 1_000, 1_500],
    ],
  );
  assert.ok(spans.every(({ traceId }) => traceId === '0af7651916cd43dd8448eb211c80319c'));
  const root = spans.at(-1);
  assert.deepEqual([root?.spanId, root?.parentSpanId], [spanOf('r-1'), 'b7ad6b7169203331']);
  assert.ok(spans.slice(0, -1).every(({ parentSpanId }) => parentSpanId === spanOf('r-1')));
  assert.equal(new Set(spans.map(({ spanId }) => spanId)).size, spans.length);
  for (const { spanId } of spans) assert.match(spanId, /^[0-9a-f]{16}$/);
});

test('records of one payment are in one trace, also where only one of them bears it; without any it follows from the payment', () => {
  const maker = new SpanMaker();
  const traces = [change(), change({ recordId: 'r-2', flow: 'core', trace: undefined })].map((one) => maker.spansOf(one)[0]?.traceId);
  assert.deepEqual(traces, ['0af7651916cd43dd8448eb211c80319c', '0af7651916cd43dd8448eb211c80319c']);
  const without = () => new SpanMaker().spansOf(change({ trace: undefined }))[0];
  assert.match(without()?.traceId ?? '', /^[0-9a-f]{32}$/);
  assert.equal(without()?.traceId, without()?.traceId, 'the same after a restart, and at another replica');
});

test('what a caller does not record is not recorded; failures are marked', () => {
  const maker = new SpanMaker();
  assert.deepEqual(maker.spansOf(change({ trace: TRACE.replace(/01$/, '00') })), []);
  const ended = maker.spansOf(change({ recordId: 'r-3', open: false, events: [{ type: 'prepare-refused', at: 5 }] }));
  assert.deepEqual(
    ended.map(({ failed }) => failed),
    [true, true],
  );
});

test('a payee’s record that rests between quote and prepare has a span for each stretch', () => {
  const maker = new SpanMaker();
  const quote = maker.spansOf(change({ flow: 'payee', open: false, events: [{ type: 'quote-requested', at: 1 }] }));
  const prepare = maker.spansOf(change({ flow: 'payee', open: false, events: [{ type: 'prepare-received', at: 9 }] }));
  assert.notEqual(quote.at(-1)?.spanId, prepare.at(-1)?.spanId);
});

function exporting(answer: HttpOutcome, samplePercent = 100) {
  const time = virtualTime();
  const metrics = createMetrics();
  const log = recordedLog();
  const sent: { url: string; body: string }[] = [];
  const client: Pick<HttpClient, 'request'> = {
    async request({ url, body }) {
      sent.push({ url, body: String(body) });
      return answer;
    },
  };
  const process = { fspId: 'greenbank', environment: 'production', version: '0.1.0' };
  const url = 'http://127.0.0.1:4318/v1/traces';
  const tracing = startTracing({
    timers: time,
    random: seededRandom(1),
    metrics,
    log,
    client: client as HttpClient,
    url,
    process,
    samplePercent,
  });
  return { time, metrics, log, sent, tracing };
}

const ok: HttpOutcome = { kind: 'answer', status: 200, headers: {}, body: new Uint8Array() } as HttpOutcome;

test('once a second what was noted is sent as OTLP/JSON; a payment waits for nothing', async () => {
  const { time, sent, tracing, metrics } = exporting(ok);
  tracing.changed(change());
  assert.equal(sent.length, 0);
  await time.advance(1_000);
  assert.equal(sent.length, 1);
  const { resourceSpans } = JSON.parse(sent[0]?.body ?? '');
  const { traceId, spanId, startTimeUnixNano, kind, attributes } = resourceSpans[0].scopeSpans[0].spans[0];
  assert.deepEqual([traceId, spanId.length, startTimeUnixNano, kind], ['0af7651916cd43dd8448eb211c80319c', 16, '1000000000', 1]);
  assert.deepEqual(attributes[0], { key: 'payment.id', value: { stringValue: 'T-1' } });
  assert.deepEqual(resourceSpans[0].resource.attributes[0], { key: 'service.name', value: { stringValue: 'payment-manager' } });
  await time.advance(5_000);
  assert.equal(sent.length, 1, 'nothing new, nothing sent');
  tracing.changed(change({ open: false, events: [{ type: 'fulfilled', at: 2_000 }] }));
  await tracing.stop();
  assert.equal(sent.length, 2);
  assert.match(await metrics.text(), /pm_trace_spans_total\{result="exported"\} 3/);
});

test('a collector that is away costs spans and one line of the log, and nothing else; what waits is bounded', async () => {
  const { time, tracing, metrics, log } = exporting({ kind: 'answer', status: 503, headers: {}, body: new Uint8Array() } as HttpOutcome);
  for (let nth = 0; nth < 20_100; nth++) tracing.changed(change({ recordId: `r-${nth}` }));
  await time.advance(3_000);
  tracing.changed(change());
  await time.advance(1_000);
  assert.equal(log.lines.filter(({ message }) => message.startsWith('traces are not taken')).length, 1);
  assert.match(await metrics.text(), /pm_trace_spans_total\{result="dropped"\} 20101/);
});

test('a trace that begins here says whether it is recorded, and has nothing above it', () => {
  const all = exporting(ok).tracing.begin();
  assert.match(all, /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  assert.match(exporting(ok, 0).tracing.begin(), /-00$/);
  const spans = new SpanMaker().spansOf(change({ trace: all, open: false }));
  assert.equal(spans.at(-1)?.parentSpanId, undefined);
});
