import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { type SchemeFolders, schemeFolders } from '../scheme/folders.ts';
import { pay } from '../scheme/payments.ts';
import { PAYEE, PAYER, startRunningScheme } from '../scheme/running-scheme.ts';

let folders: SchemeFolders;
before(async () => {
  folders = await schemeFolders('tracing');
});
after(() => folders.remove());

interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue: string } }[];
}

test('one payment is one trace, from the payer’s Payment Manager by the hub to the payee’s and back', async (t) => {
  const bodies: string[] = [];
  const collector = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      bodies.push(body);
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  t.after(() => collector.close());
  const tracing = { tracing: { otlpUrl: `http://127.0.0.1:${(collector.address() as AddressInfo).port}/v1/traces` } };
  const running = await startRunningScheme({ folder: folders.next(), payer: tracing, payee: tracing });
  try {
    await pay(running.payer);
  } finally {
    await running.stop();
  }
  const spans = bodies.flatMap((body) =>
    JSON.parse(body).resourceSpans.flatMap(
      (one: { resource: { attributes: OtlpSpan['attributes'] }; scopeSpans: { spans: OtlpSpan[] }[] }) =>
        one.scopeSpans.flatMap((scope) =>
          scope.spans.map((span) => ({
            ...span,
            fsp: one.resource.attributes.find(({ key }) => key === 'service.namespace')?.value.stringValue,
          })),
        ),
    ),
  );
  const root = spans.find(({ name }) => name === 'payer');
  assert.ok(root !== undefined, JSON.stringify(spans.map(({ name }) => name)));
  assert.equal(root.parentSpanId, undefined, 'its caller gave no trace: it begins here');
  assert.deepEqual([...new Set(spans.map(({ traceId }) => traceId))], [root.traceId]);
  assert.deepEqual([...new Set(spans.map(({ fsp }) => fsp))].sort(), [PAYEE, PAYER]);
  const below = spans.filter(({ name }) => name === 'payee');
  assert.ok(below.length > 0 && below.every(({ parentSpanId }) => parentSpanId === root.spanId), 'the payee’s spans are below the payer’s');
  for (const wanted of ['payer payment-started', 'payer fulfilled', 'payee quote-requested', 'payee prepare-received'])
    assert.ok(
      spans.some(({ name }) => name === wanted),
      wanted,
    );
  const lines = running.payer.log.lines.filter(({ message }) => message === 'state changed');
  assert.ok(lines.length > 0 && lines.every(({ fields }) => fields?.['trace'] === root.traceId), 'the log’s lines bear the trace');
  assert.doesNotMatch(bodies.join(''), /Thandi|Amara|27713803912/);
});
