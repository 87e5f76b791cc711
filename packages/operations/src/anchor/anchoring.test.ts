import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import { readAnchor } from '@payment-manager/journal';
import {
  createMetrics,
  type HttpClient,
  type HttpOutcome,
  type OutgoingRequest,
  recordedLog,
  Secret,
  virtualTime,
} from '@payment-manager/runtime';
import { type AnchorTarget, startAnchoring, webhookTarget } from './anchoring.ts';

const everyMs = 60_000;

/** Anchoring of a chain that a test lets grow, to a target that keeps lines until it is told to fail. */
function anchored(target: Partial<AnchorTarget> = {}, position = 1) {
  const time = virtualTime();
  const [log, metrics] = [recordedLog(), createMetrics()];
  const kept: string[] = [];
  const world = { position, failure: undefined as Error | undefined };
  const keep = async (line: string): Promise<void> => {
    if (world.failure) throw world.failure;
    kept.push(line);
  };
  const chainHeads = async () => ({ position: world.position, heads: [['1', world.position, `hash-${world.position}`] as const] });
  const targets = [{ to: 'webhook' as const, keep, ...target }];
  const anchoring = startAnchoring({ fspId: 'greenbank', targets, everyMs, chainHeads, clock: time, timers: time, log, metrics });
  const positions = () => kept.map((line) => readAnchor(line)?.position);
  return { time, log, metrics, kept, world, anchoring, positions };
}

describe('anchoring', () => {
  test('begins at once, goes on every everyMs, and keeps nothing while the chain has not grown', async () => {
    const { time, kept, world, anchoring, positions } = anchored();
    await time.advance(0);
    assert.deepEqual(positions(), [1]);
    assert.equal(JSON.parse(kept[0] ?? '').fspId, 'greenbank');
    await time.advance(everyMs);
    assert.deepEqual(positions(), [1]);
    world.position = 7;
    await time.advance(everyMs - 1);
    assert.deepEqual(positions(), [1]);
    await time.advance(1);
    assert.deepEqual(positions(), [1, 7]);
    assert.deepEqual(anchoring.alarms(), []);
  });

  test('an empty journal is not anchored', async () => {
    const { time, kept } = anchored({}, 0);
    await time.advance(3 * everyMs);
    assert.deepEqual(kept, []);
  });

  test('a failure is one alarm and one line of the log however long it lasts; it is tried again sooner, then wider', async () => {
    const { time, log, metrics, world, anchoring, positions } = anchored();
    await time.advance(0);
    world.failure = new Error('the webhook answers with status 500');
    world.position = 2;
    await time.advance(everyMs);
    const since = time.now();
    const alarm = { id: 'anchor-webhook', level: 'alarm', code: 'ANCHOR_FAILED', reason: 'the webhook answers with status 500', since };
    assert.deepEqual(anchoring.alarms(), [alarm]);
    await time.advance(1_000 + 2_000 + 4_000);
    assert.deepEqual(anchoring.alarms(), [alarm], 'it stands since the first failure');
    assert.equal(log.lines.filter(({ fields }) => fields['code'] === 'ANCHOR_FAILED').length, 1);
    const text = await metrics.text();
    assert.match(text, /pm_anchors_total\{to="webhook",result="failed"\} 4/);
    assert.match(text, /pm_alarms_total\{code="ANCHOR_FAILED"\} 1/);

    world.failure = undefined;
    await time.advance(8_000);
    assert.deepEqual(positions(), [1, 2]);
    assert.deepEqual(anchoring.alarms(), []);
    assert.match(await metrics.text(), /pm_anchors_total\{to="webhook",result="kept"\} 2/);
    assert.match(await metrics.text(), new RegExp(`pm_anchor_every_seconds\\{to="webhook"\\} ${everyMs / 1000}\n`));
    assert.match(await metrics.text(), new RegExp(`pm_anchor_kept_seconds\\{to="webhook"\\} ${time.now() / 1000}\\n`));
    world.failure = new Error('again');
    world.position = 3;
    await time.advance(everyMs);
    assert.match(await metrics.text(), /pm_alarms_total\{code="ANCHOR_FAILED"\} 2/);
  });

  test('a pause after failures is never longer than everyMs', async () => {
    const { time, world, positions } = anchored();
    await time.advance(0);
    world.failure = new Error('down');
    world.position = 2;
    await time.advance(100 * everyMs);
    world.failure = undefined;
    await time.advance(everyMs);
    assert.deepEqual(positions(), [1, 2]);
  });

  test('stopping keeps a last anchor, and sets no timer any more', async () => {
    const { time, world, anchoring, positions } = anchored();
    await time.advance(0);
    world.position = 5;
    await anchoring.stop();
    assert.deepEqual(positions(), [1, 5]);
    assert.equal(time.pending, 0);
  });

  test('stopping does not wait for a target that hangs', async () => {
    const { time, anchoring } = anchored({ keep: () => new Promise<void>(() => {}) });
    let stopped = false;
    const stopping = anchoring.stop().then(() => (stopped = true));
    await time.advance(4_999);
    assert.equal(stopped, false);
    await time.advance(1);
    await stopping;
  });
});

describe('the webhook', () => {
  const answering = (outcome: Partial<HttpOutcome>) => {
    const client = { request: async () => outcome as HttpOutcome, setCredentials() {}, async close() {} } satisfies HttpClient;
    return webhookTarget('https://audit.test/anchors?token=hunter2', client).keep('{}');
  };

  test('can see that an anchor is ours: it is signed with the secret, as alarms are, and not at all without one', async () => {
    const sent: OutgoingRequest[] = [];
    const client = {
      async request(request: OutgoingRequest) {
        sent.push(request);
        return { kind: 'answer', status: 204 } as HttpOutcome;
      },
      setCredentials() {},
      async close() {},
    } satisfies HttpClient;
    await webhookTarget('https://audit.test/', client, new Secret('a secret')).keep('{"position":7}');
    await webhookTarget('https://audit.test/', client).keep('{"position":7}');
    const wanted = createHmac('sha256', 'a secret').update('{"position":7}').digest('hex');
    assert.deepEqual(
      sent.map(({ headers }) => headers['x-payment-manager-signature']),
      [`sha256=${wanted}`, undefined],
    );
  });

  test('has the anchor when it answers 2xx; every other answer, and none, is a failure that tells no secret', async () => {
    await answering({ kind: 'answer', status: 204 });
    for (const status of [199, 302, 404, 503])
      await assert.rejects(answering({ kind: 'answer', status }), { message: `the webhook answers with status ${status}` });
    await assert.rejects(answering({ kind: 'failed', message: 'no connection to audit.test' }), (error: Error) => {
      assert.match(error.message, /cannot be reached: no connection to audit\.test/);
      return !error.message.includes('hunter2');
    });
  });
});
