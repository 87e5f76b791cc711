import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { appendFile, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { createMetrics, systemRandom, virtualTime } from '@payment-manager/runtime';
import { batchOf } from './encode.ts';
import { frames } from './frame.ts';
import {
  type FrameStore,
  fileStore,
  type KeptMessage,
  type Message,
  type Messages,
  type OpenMessagesOptions,
  openMessages,
  type Wanted,
} from './index.ts';
import { claimedId } from './message.ts';

const START_MS = Date.UTC(2026, 10, 30, 12);
const HOUR_MS = 3_600_000;
const KEY = Buffer.alloc(32, 7);
const MAIN = join(import.meta.dirname, '../test/full-disk.main.ts');
const QUIET = { debug() {}, info() {}, warn() {}, error() {}, child: () => QUIET };

async function folderOf(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pm-messages-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

function opened(folder: string, more: Partial<OpenMessagesOptions> = {}, leaveFreeBytes = 0) {
  const time = virtualTime(START_MS);
  const metrics = createMetrics();
  const store = fileStore({ folder, random: systemRandom, leaveFreeBytes });
  const options = { store, rootKey: KEY, keepDays: 30, clock: time, timers: time, random: systemRandom, log: QUIET, metrics, ...more };
  return { messages: openMessages(options), time, metrics, store };
}

function said(more: Partial<Message> = {}): Message {
  return {
    at: START_MS,
    direction: 'out',
    side: 'hub',
    method: 'POST',
    target: 'https://hub.example/quotes',
    headers: { 'Content-Type': 'application/json', 'FSPIOP-Signature': '{"signature":"x"}' },
    body: '{"quoteId":"q1",  "note":"é"}',
    tookMs: 12,
    answer: { status: 202, headers: { date: 'now' } },
    ids: ['q1', 't1'],
    ...more,
  };
}

function wanted(ids: readonly string[], parties: readonly string[] = []): Wanted {
  return {
    ids,
    parties,
    partiesFromMs: START_MS,
    partiesUntilMs: START_MS + HOUR_MS,
    fromMs: START_MS - HOUR_MS,
    toMs: START_MS + HOUR_MS,
  };
}

async function all({ find }: Messages, of: Wanted): Promise<readonly KeptMessage[]> {
  return (await find(of)).messages;
}

async function filesOf(folder: string): Promise<readonly string[]> {
  return (await readdir(folder)).sort();
}

describe('messages', () => {
  test('come back byte for byte, oldest first, those of the payment alone', async (t) => {
    const { messages } = opened(await folderOf(t));
    messages.record(said({ at: START_MS + 5, attempt: 2, side: 'core', backEnd: 'loans' }));
    messages.record(said({ at: START_MS, body: Buffer.from([0xff, 0x00, 0x7b]), answer: undefined, failure: 'CONNECTION_LOST' }));
    messages.record(said({ ids: ['another'] }));
    const [first, second, ...more] = await all(messages, wanted(['t1']));
    assert.deepEqual([...(first?.body ?? [])], [0xff, 0x00, 0x7b]);
    assert.equal(first?.failure, 'CONNECTION_LOST');
    assert.equal(second?.body.toString(), '{"quoteId":"q1",  "note":"é"}');
    assert.deepEqual([second?.attempt, second?.answer?.status, second?.headers], [2, 202, said().headers]);
    assert.deepEqual([second?.side, second?.backEnd, first?.backEnd], ['core', 'loans', undefined]);
    assert.deepEqual(more, []);
    await messages.close();
  });

  test('an answer that is none of HTTP comes back with what it says, and without a status', async (t) => {
    const { messages } = opened(await folderOf(t));
    const answer = { status: 0, says: 'DONE', headers: {}, body: '{"rows":[]}' };
    messages.record(said({ method: 'SQL', target: 'INSERT effect', side: 'core', backEnd: 'ledger', answer }));
    messages.record(said({ at: START_MS + 1, answer: { ...answer, says: '' } }));
    const [first, second] = await all(messages, wanted(['t1']));
    assert.deepEqual([first?.answer?.status, first?.answer?.says, first?.backEnd], [0, 'DONE', 'ledger']);
    assert.equal(first?.answer?.body.toString(), '{"rows":[]}');
    assert.deepEqual([second?.answer?.status, second?.answer?.says, second?.backEnd], [0, '', undefined]);
    await messages.close();
  });

  test('a look-up belongs to a payment by its party, until the quote; one that names another payment does not', async (t) => {
    const { messages } = opened(await folderOf(t));
    messages.record(said({ method: 'GET', ids: ['MSISDN/1'] }));
    messages.record(said({ method: 'PUT', ids: ['MSISDN/1'], at: START_MS + 2 * HOUR_MS }));
    messages.record(said({ method: 'POST', ids: ['MSISDN/1'], at: START_MS - 1 }));
    messages.record(said({ ids: ['other', 'MSISDN/1'] }));
    const found = await all(messages, { ...wanted(['t1'], ['MSISDN/1']), toMs: START_MS + 9 * HOUR_MS });
    assert.deepEqual(
      found.map(({ method }) => method),
      ['GET'],
    );
    await messages.close();
  });

  test('what stands in the files is sealed, without secret headers, for the owner alone', async (t) => {
    const folder = await folderOf(t);
    const { messages } = opened(folder);
    messages.record(said({ headers: { Authorization: 'Bearer SECRET', cookie: 'c=SECRET', Date: 'd' } }));
    const [found] = await all(messages, wanted(['t1']));
    assert.deepEqual(found?.headers, { Authorization: '[not kept]', cookie: '[not kept]', Date: 'd' });
    const [name = ''] = await filesOf(folder);
    const bytes = await readFile(join(folder, name), 'latin1');
    for (const text of ['quotes', 'SECRET', 'FSPIOP']) assert.ok(!bytes.includes(text), text);
    assert.equal((await stat(join(folder, name))).mode & 0o777, 0o600);
    await messages.close();
  });

  /** The n-th byte of the only file is another. */
  async function altered(folder: string, n: number): Promise<void> {
    const [name = ''] = await filesOf(folder);
    const bytes = await readFile(join(folder, name));
    bytes[n] = (bytes[n] ?? 0) ^ 1;
    await writeFile(join(folder, name), bytes);
  }

  test('another journal.key is told apart from damage', async (t) => {
    const folder = await folderOf(t);
    const { messages } = opened(folder);
    messages.record(said());
    await messages.close();
    const another = await opened(folder, { rootKey: Buffer.alloc(32, 8) }).messages.find(wanted(['t1']));
    assert.deepEqual([another.messages, another.unreadable?.frames], [[], 1]);
    assert.match(another.unreadable?.why ?? '', /another journal.key/);
    await altered(folder, 70);
    assert.match((await opened(folder).messages.find(wanted(['t1']))).unreadable?.why ?? '', /was altered/);
  });

  for (const [what, place, most] of [
    ['a frame', 70, 1],
    ['the first bytes of a frame', 1, 1],
    // behind a frame that says to be shorter is what looks like another
    ['the length of a frame', 4, 2],
  ] as const)
    test(`where ${what} was altered the others are read, and a person's are erased from them; both say what could not be looked through`, async (t) => {
      const folder = await folderOf(t);
      const { messages } = opened(folder);
      for (const id of ['t1', 't2', 't3']) {
        messages.record(said({ ids: [id, `MSISDN/${id}`] }));
        await messages.find(wanted([]));
      }
      await altered(folder, place);
      const found = await messages.find(wanted(['t2']));
      const erased = await messages.erase('MSISDN/t3');
      assert.deepEqual([found.messages.length, erased.messages], [1, 1]);
      for (const { unreadable = { frames: 0 } } of [found, erased]) assert.ok(unreadable.frames >= 1 && unreadable.frames <= most);
      assert.match(erased.unreadable?.why ?? '', /was altered/);
      assert.deepEqual([(await all(messages, wanted(['t2']))).length, (await all(messages, wanted(['t3']))).length], [1, 0]);
      await altered(folder, place);
      assert.equal((await all(messages, wanted(['t1']))).length, 1, 'what could not be read stays as it was');
      await messages.close();
    });

  test('of a payment with very many messages the first and the last are found, and it is said how many others there are', async (t) => {
    const { messages } = opened(await folderOf(t));
    for (let n = 0; n < 2_600; n++) messages.record(said({ at: START_MS + ((n * 7) % 2_600) }));
    const { messages: found, leftOut } = await messages.find(wanted(['t1']));
    assert.equal(leftOut, 2_100);
    assert.deepEqual(
      found.map(({ at }) => at - START_MS),
      [...Array(250).keys(), ...Array.from({ length: 250 }, (_, n) => 2_350 + n)],
    );
    await messages.close();
  });

  test('after a crash in the middle of a frame what is whole is read, and the next process writes beside it', async (t) => {
    const folder = await folderOf(t);
    const before = opened(folder);
    before.messages.record(said({ method: 'GET' }));
    await before.messages.find(wanted([]));
    before.messages.record(said({ method: 'PUT' }));
    await before.messages.close();
    const [name = ''] = await filesOf(folder);
    const { size } = await stat(join(folder, name));
    await truncate(join(folder, name), size - 20);
    const after = opened(folder);
    after.messages.record(said({ method: 'PATCH', at: START_MS + 1 }));
    assert.deepEqual(
      (await all(after.messages, wanted(['t1']))).map(({ method }) => method),
      ['GET', 'PATCH'],
    );
    assert.equal((await filesOf(folder)).length, 2);
    await after.messages.close();
  });

  test('garbage behind the last frame ends reading, and an erasure takes it away: it may be half a frame of whomever', async (t) => {
    const folder = await folderOf(t);
    const { messages } = opened(folder);
    messages.record(said());
    await messages.close();
    const [name = ''] = await filesOf(folder);
    const { size } = await stat(join(folder, name));
    await appendFile(join(folder, name), Buffer.alloc(200, 0xaa));
    const { messages: next } = opened(folder);
    assert.equal((await all(next, wanted(['t1']))).length, 1);
    assert.deepEqual(await next.erase('MSISDN/1'), { messages: 0 });
    assert.equal((await stat(join(folder, name))).size, size);
    assert.equal((await all(next, wanted(['t1']))).length, 1);
    await next.close();
  });

  test('they are written two seconds after the first, or as soon as there is enough for a frame', async (t) => {
    const folder = await folderOf(t);
    const { messages, time, store } = opened(folder);
    messages.record(said());
    await time.advance(1_900);
    assert.deepEqual(await filesOf(folder), []);
    await time.advance(200);
    await store.close();
    const written = async () => Promise.all((await filesOf(folder)).map(async (name) => (await stat(join(folder, name))).size));
    for (let tries = 0; (await written()).length === 0 && tries < 200; tries++) await new Promise((resolve) => setImmediate(resolve));
    assert.equal((await written()).length, 1);
    await messages.close();
  });

  test('the memory of one frame is that of the next: nothing piles up for the garbage collector', async (t) => {
    const store = { ...fileStore({ folder: await folderOf(t), random: systemRandom, leaveFreeBytes: 0 }), append: async () => {} };
    const { messages } = opened('', { store });
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    for (let frame = 0; frame < 30; frame++) {
      for (let n = 0; n < 20; n++) messages.record(said({ body: 'x'.repeat(30_000) }));
      await messages.find(wanted([]));
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
    assert.ok(most < 6_000_000, `${most} bytes beside the heap`);
    await messages.close();
  });

  test('a full disk loses them, says so once, counts them, and is over with the next that is kept', async (t) => {
    const folder = await folderOf(t);
    let full = true;
    const real = fileStore({ folder, random: systemRandom, leaveFreeBytes: 0 });
    const store: FrameStore = {
      ...real,
      append: (day, frame) => (full ? Promise.reject(Object.assign(new Error('x'), { code: 'ENOSPC' })) : real.append(day, frame)),
    };
    const { messages, metrics } = opened(folder, { store });
    messages.record(said());
    assert.deepEqual(await all(messages, wanted(['t1'])), []);
    messages.record(said());
    await messages.find(wanted([]));
    assert.deepEqual(
      messages.alarms().map(({ code, reason }) => [code, reason]),
      [['MESSAGES_LOST', 'they cannot be written: ENOSPC']],
    );
    assert.match(await metrics.text(), /pm_messages_total\{result="write-failed"\} 2/);
    full = false;
    for (let n = 0; n < 2; n++) {
      messages.record(said());
      await messages.find(wanted([]));
    }
    assert.deepEqual(messages.alarms(), []);
    assert.equal((await all(messages, wanted(['t1']))).length, 2);
    await messages.close();
  });

  test('the last free space is left to the journal', async (t) => {
    const folder = await folderOf(t);
    const { messages } = opened(folder, {}, Number.MAX_SAFE_INTEGER);
    messages.record(said());
    await messages.find(wanted([]));
    assert.match(messages.alarms()[0]?.reason ?? '', /kept for the journal/);
    await messages.close();
  });

  test('a disk that hangs takes a bounded memory, and nothing waits for it', async (t) => {
    const folder = await folderOf(t);
    const hanging = Promise.withResolvers<void>();
    const store = { ...fileStore({ folder, random: systemRandom, leaveFreeBytes: 0 }), append: () => hanging.promise };
    const { messages, metrics } = opened(folder, { store });
    const body = Buffer.alloc(200_000);
    for (let n = 0; n < 200; n++) messages.record(said({ body }));
    assert.match(await metrics.text(), /pm_messages_total\{result="memory-full"\} 11\d/);
    assert.equal(messages.alarms()[0]?.code, 'MESSAGES_LOST');
    hanging.resolve();
    await messages.close();
  });

  test('a look ends while messages go on being recorded, and writes only what waited for it', async (t) => {
    const real = fileStore({ folder: await folderOf(t), random: systemRandom, leaveFreeBytes: 0 });
    let frames = 0;
    const store: FrameStore = {
      ...real,
      append: (day, frame) => {
        // as under load: with each write there is something more to be written
        if (frames++ < 300) messages.record(said({ ids: ['another'] }));
        return real.append(day, frame);
      },
    };
    const { messages } = opened('', { store });
    messages.record(said());
    const { messages: found, unwritten } = await messages.find(wanted(['t1']));
    assert.deepEqual([found.length, unwritten], [1, false]);
    assert.ok(frames <= 2, `${frames} frames`);
    await messages.close();
  });

  test('while the disk hangs a look answers what is stored, and says that not all was written; an erasure does not say that it was done', async (t) => {
    const real = fileStore({ folder: await folderOf(t), random: systemRandom, leaveFreeBytes: 0 });
    const hanging = Promise.withResolvers<void>();
    let hangs = false;
    const store: FrameStore = {
      ...real,
      append: async (day, frame) => {
        if (hangs) await hanging.promise;
        return real.append(day, frame);
      },
    };
    const { messages, time } = opened('', { store });
    messages.record(said());
    await messages.find(wanted([]));
    hangs = true;
    messages.record(said());
    const looking = messages.find(wanted(['t1']));
    await time.advance(10_000);
    const { messages: found, unwritten } = await looking;
    assert.deepEqual([found.length, unwritten], [1, true]);
    const erasing = assert.rejects(messages.erase('MSISDN/1'), { code: 'MESSAGES_NOT_WRITTEN' });
    await time.advance(10_000);
    await erasing;
    hanging.resolve();
    assert.deepEqual((await all(messages, wanted(['t1']))).length, 2);
    await messages.close();
  });

  test('a body that is too large is left out, and its size kept', async (t) => {
    const { messages } = opened(await folderOf(t));
    messages.record(said({ body: Buffer.alloc(300_000), answer: { status: 200, headers: {}, body: Buffer.alloc(400_000) } }));
    messages.record(said({ at: START_MS + 1, answer: { status: 0, says: 'DONE', headers: {}, body: 'x'.repeat(300_001) } }));
    const [found, said0] = await all(messages, wanted(['t1']));
    assert.deepEqual([found?.body.length, found?.bodyLeftOut], [0, 300_000]);
    assert.deepEqual(found?.answer, { status: 200, headers: {}, body: Buffer.alloc(0), bodyLeftOut: 400_000 });
    assert.deepEqual([said0?.answer?.says, said0?.answer?.bodyLeftOut, said0?.backEnd], ['DONE', 300_001, undefined]);
    await messages.close();
  });

  test('a day that is not kept any more goes as a file', async (t) => {
    const folder = await folderOf(t);
    await writeFile(join(folder, '2026-10-30.0123abcd.pmm'), '');
    await writeFile(join(folder, '2026-10-31.0123abcd.pmm'), '');
    await writeFile(join(folder, '2026-10-29.0123abcd.pmm.new'), '');
    await writeFile(join(folder, 'notes.txt'), '');
    const { messages, store } = opened(folder);
    assert.equal(await store.removeBefore('2026-10-31'), 2);
    assert.deepEqual(await filesOf(folder), ['2026-10-31.0123abcd.pmm', 'notes.txt']);
    await messages.close();
  });

  test('with keepDays the first look removes what is older, and the next ones too', async (t) => {
    const folder = await folderOf(t);
    await writeFile(join(folder, '2026-11-28.0123abcd.pmm'), '');
    await writeFile(join(folder, '2026-11-29.0123abcd.pmm'), '');
    const { messages, time } = opened(folder, { keepDays: 1 });
    const until = async (files: number) => {
      for (let tries = 0; (await filesOf(folder)).length !== files && tries < 500; tries++)
        await new Promise((resolve) => setImmediate(resolve));
      assert.equal((await filesOf(folder)).length, files);
    };
    await time.advance(1);
    await until(1);
    while (time.pending === 0) await new Promise((resolve) => setImmediate(resolve));
    for (let hour = 0; hour < 13; hour++) {
      await time.advance(HOUR_MS);
      while (time.pending === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await until(0);
    await messages.close();
  });

  test('erasing a person removes all messages of their payments, and nothing of others, while others are written', async (t) => {
    const folder = await folderOf(t);
    const { messages } = opened(folder);
    const payments = [
      { method: 'GET', ids: ['MSISDN/1'] },
      { method: 'POST', ids: ['q1', 'MSISDN/1', 'MSISDN/2'] },
      { method: 'PUT', ids: ['q1', 'condition1'] },
      { method: 'PATCH', ids: ['transfer1', 'condition1'] },
      { method: 'GET', ids: ['transfer1'] },
      { method: 'POST', ids: ['q2', 'MSISDN/2', 'MSISDN/3'] },
    ];
    // the last first: it is only known from what comes after it
    for (const message of payments.toReversed()) {
      messages.record(said(message));
      await messages.find(wanted([]));
    }
    const erasing = messages.erase('MSISDN/1');
    messages.record(said({ ids: ['later'] }));
    assert.deepEqual(await erasing, { messages: 5 });
    for (const id of ['q1', 'condition1', 'transfer1']) assert.deepEqual(await all(messages, wanted([id])), [], id);
    assert.equal((await all(messages, wanted(['q2']))).length, 1);
    assert.equal((await all(messages, wanted(['later']))).length, 1);
    assert.ok((await filesOf(folder)).every((name) => name.endsWith('.pmm')));
    assert.deepEqual(await messages.erase('MSISDN/1'), { messages: 0 });
    await messages.close();
  });

  test('erasing a person removes what names them with a sub-id, too; with a sub-id only what names that one', async (t) => {
    const { messages } = opened(await folderOf(t));
    const payments = [
      ['q1', 'MSISDN/333/a'],
      ['q2', 'MSISDN/333/b'],
      ['q3', 'MSISDN/333'],
      ['q4', 'MSISDN/3334/a'],
    ];
    for (const ids of payments) {
      messages.record(said({ ids }));
      await messages.find(wanted([]));
    }
    assert.deepEqual(await messages.erase('MSISDN/333/a'), { messages: 1 });
    assert.deepEqual(await messages.erase('MSISDN/333'), { messages: 2 });
    assert.equal((await all(messages, wanted(['q4']))).length, 1);
    await messages.close();
  });
});

test('erasing follows ids of payments, and no id that others may have, too: an empty one, or one of the DFSP', async (t) => {
  const { messages } = opened(await folderOf(t));
  const home = claimedId('7');
  for (const ids of [
    ['MSISDN/1', 'q1', home, ''],
    ['q1', 'MSISDN/9'],
    ['MSISDN/2', home],
    ['MSISDN/3', ''],
  ])
    messages.record(said({ ids }));
  assert.deepEqual(await messages.erase('MSISDN/1'), { messages: 2 });
  assert.equal((await all(messages, wanted([home, '']))).length, 2);
  await messages.close();
});

describe('an erasure while a file is begun', () => {
  const sealer = frames(KEY, systemRandom);
  const frameOf = (id: string) => sealer.seal(batchOf([said({ ids: [id] })]));
  const idsIn = async (store: FrameStore): Promise<readonly string[]> => {
    const ids: string[] = [];
    for await (const stored of store.frames({ fromMs: 0, toMs: Date.UTC(9999, 0) })) {
      const whole = await stored.whole();
      for (const message of whole === undefined ? [] : await sealer.open(whole)) ids.push(...message.ids);
    }
    return ids.sort();
  };

  for (const [what, days] of [
    ['by the first frame of a process', ['2026-11-30']],
    ['by the first frame of a new day', ['2026-11-30', '2026-12-01']],
  ] as const)
    test(`${what} loses nothing that is written after it`, async (t) => {
      const store = fileStore({ folder: await folderOf(t), random: systemRandom, leaveFreeBytes: 0 });
      const [day] = days.slice(-1) as [string];
      if (days.length > 1) await store.append(days[0], await frameOf('before'));
      const beginning = store.append(day, await frameOf('first'));
      const replaced = await frameOf('replaced');
      const erasing = store.rewrite(async () => ({ frame: replaced, removed: 1 }));
      const later = store.append(day, await frameOf('later'));
      await Promise.all([beginning, erasing, later]);
      await store.append(day, await frameOf('last'));
      assert.deepEqual(await idsIn(store), ['last', 'later', ...days.map(() => 'replaced')]);
      await store.close();
    });
});

test('where files may not grow: what does not fit is lost, what was kept before is read, and the next file takes the next message', {
  skip: process.platform === 'win32' && 'there is no ulimit',
}, async (t) => {
  const folder = await folderOf(t);
  // 512-byte blocks: 32 KiB for each file
  const limited = spawn('/bin/sh', ['-c', 'ulimit -f 64; exec "$0" "$@"', process.execPath, MAIN, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  for await (const chunk of limited.stdout) text += String(chunk);
  const { recorded, kept, code, reason, after } = JSON.parse(text) as Record<string, unknown>;
  assert.deepEqual([code, reason], ['MESSAGES_LOST', 'they cannot be written: EFBIG']);
  assert.ok(Number(recorded) >= 5 && Number(recorded) < 100, String(recorded));
  assert.deepEqual([kept, after], [Number(recorded) - 1, recorded]);
  assert.equal((await filesOf(folder)).length, 2);
});
