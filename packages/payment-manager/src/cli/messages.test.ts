import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Found, KeptMessage } from '@payment-manager/messages';
import type { ExceptionsDoor, PaymentFacts, RestoredDesk } from '@payment-manager/mojaloop-connector';
import { operationsApi, refuseOperations } from '@payment-manager/operations/api';
import { createMetrics, type HttpServer, recordedLog, startHttpServer } from '@payment-manager/runtime';
import { pmIn } from '../../test/command-line.ts';

const AT = Date.UTC(2021, 10, 24, 12);
const PAID: PaymentFacts = { id: 'T-1', flow: 'payer', startedAt: AT, hub: 'COMMITTED', core: 'ASKED_US', exceptions: [] };
const SAID: KeptMessage = {
  at: AT,
  direction: 'out',
  side: 'hub',
  method: 'GET',
  target: 'https://hub.example/parties/MSISDN/27713803912',
  headers: { Date: 'then' },
  body: Buffer.alloc(0),
  attempt: 2,
  tookMs: 12,
  ids: ['MSISDN/27713803912'],
  answer: { status: 202, headers: {}, body: Buffer.from('{"name":"Thandi"}') },
};
const LARGE: KeptMessage = { ...SAID, target: '/large', answer: { status: 200, headers: {}, body: Buffer.alloc(0), bodyLeftOut: 300_000 } };
const UNREADABLE = { frames: 1, why: 'Stored messages cannot be read: a frame was altered.' };

let server: HttpServer;
let folder: string;
const erased: string[] = [];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pm-messages-cli-'));
  const wanted = { ids: ['T-1'], parties: [], fromMs: 0, toMs: 1, partiesFromMs: 0, partiesUntilMs: 0 };
  const found: Found = { messages: [SAID, LARGE], leftOut: 0, unwritten: false, unreadable: UNREADABLE };
  const detail = { payment: PAID, known: { hub: [], us: [], core: [] }, said: { hub: [], us: [], core: [] }, history: [], allowed: [] };
  const handler = operationsApi({
    metrics: createMetrics(),
    identity: { fspId: 'greenbank', environment: 'sandbox' },
    readiness: async () => ({ ready: true, parts: {} }),
    exceptions: async () => [],
    alarms: async () => [],
    desk: {
      exception: async (id: string) => (id === PAID.id ? detail : undefined),
      find: async (id: string) => (id === PAID.id ? [{ transferId: id, flow: 'payer', as: 'transferId' }] : []),
    } as unknown as ExceptionsDoor,
    mayAct: true,
    connection: () => 'none',
    prune: async () => [],
    restored: {} as RestoredDesk,
    messages: {
      messages: {
        find: async () => found,
        async erase(party) {
          erased.push(party);
          return { messages: 3, unreadable: UNREADABLE };
        },
      },
      traces: async (id) => (id === PAID.id ? [{ payment: PAID, wanted }] : []),
      log: recordedLog(),
    },
  });
  server = await startHttpServer({ host: '127.0.0.1', port: 0, maxBodyBytes: 8_192, handler, refuse: refuseOperations }, recordedLog());
});
after(async () => {
  await server.close(0);
  await rm(folder, { recursive: true });
});

const pm = (...args: string[]) => pmIn(folder, [...args, '--url', server.url], { USER: 'ada' });

test('./pm payment ID --messages shows what was said, what is a person’s with --personal alone, and what may be missing', async () => {
  const { exitCode, text } = await pm('payment', 'T-1', '--messages');
  assert.equal(exitCode, 0, text);
  assert.match(text, /2021-11-24T12:00:00.000Z +us → hub +GET https:\/\/hub.example\/parties\/MSISDN\/\[hidden\] +202, 12 ms, attempt 2/);
  assert.match(text, /Date: then/i);
  assert.match(text, /answer: \[left out\] \(300000 bytes\)/);
  assert.match(text, /1 stored batch of messages could not be read\. .* may be in them/);
  assert.doesNotMatch(text, /Thandi|27713803912/);
  const personal = (await pm('payment', 'T-1', '--messages', '--personal')).text;
  assert.match(personal, /MSISDN\/27713803912 +202/);
  assert.match(personal, /answer: \{"name":"Thandi"\}/);
  const { payments } = JSON.parse((await pm('payment', 'T-1', '--messages', '--json')).text);
  assert.deepEqual([payments[0].messages.length, payments[0].remarks.length], [2, 1]);
  assert.doesNotMatch((await pm('payment', 'T-1')).text, /Messages/);
});

test('./pm erase removes a person’s messages when it is told why and confirmed, and says where some may be left', async () => {
  assert.equal((await pm('erase', 'MSISDN/1', '--yes')).exitCode, 64);
  assert.notEqual((await pm('erase', 'MSISDN/1', '--reason', 'ticket 12')).exitCode, 0, 'nobody can be asked here');
  assert.deepEqual(erased, []);
  const { exitCode, text } = await pm('erase', 'MSISDN/1', '--reason', 'ticket 12', '--yes');
  assert.equal(exitCode, 0, text);
  assert.deepEqual(erased, ['MSISDN/1']);
  assert.match(text, /Erased +3 messages at /);
  assert.match(text, /1 stored batch of messages could not be read\. .* may be left in them/);
});
