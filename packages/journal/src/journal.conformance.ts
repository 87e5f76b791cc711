import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Append, Attention, Claim, Journal, JournalEvent, StoredRecord } from './journal.ts';

/** An event with what flows put into them: nested members, text beyond ASCII, numbers. */
interface TestEvent extends JournalEvent {
  readonly note?: string;
  readonly amount?: { readonly currency: string; readonly units: string };
}
const event = (type: string, at = 1_767_225_600_000, more: Omit<TestEvent, 'type' | 'at'> = {}): TestEvent => ({ type, at, ...more });

const append = (recordId: string, expectedVersion: number, more: Partial<Append> = {}): Append => ({
  recordId,
  kind: 'payer',
  expectedVersion,
  events: [event(`event-${expectedVersion + 1}`)],
  open: true,
  attention: [],
  label: `label of ${recordId}`,
  ...more,
});
/** Without the owners, which only a shared journal tells. */
const bare = ({ owners: _, ...record }: StoredRecord): StoredRecord => record;
const claim = (value: string, kind = 'transferId', scope = ''): Claim => ({ kind, scope, value });
const trouble = (since: number, more: Partial<Attention> = {}): Attention => ({
  level: 'exception',
  code: 'HELD',
  reason: 'ask',
  since,
  ...more,
});

/**
 * What every journal promises, as tests. `open` makes an empty one; `kept` closes a journal and opens what it stored,
 * where it stores anything.
 */
export function testJournal(name: string, open: () => Promise<Journal>, kept?: (journal: Journal) => Promise<Journal>): void {
  const say = (promise: string, run: (journal: Journal) => Promise<void>): void => {
    test(`${name}: ${promise}`, async () => {
      const journal = await open();
      await run(journal);
      await journal.close();
    });
  };
  testAppends(say);
  testClaims(say);
  testOpenRecords(say);
  testBetween(say);
  testAttention(say);
  testEnds(name, open, kept);
}

type Say = (promise: string, run: (journal: Journal) => Promise<void>) => void;

function testAppends(say: Say): void {
  say('events come back as they were appended, in order', async (journal) => {
    const first = event('quoted', 1, { note: 'Zoë — 請求 "x"\n\u0000', amount: { currency: 'USD', units: '250000' } });
    assert.deepEqual(await journal.append(append('r1', 0, { events: [first, event('accepted', 2)] })), { kind: 'appended', version: 2 });
    assert.deepEqual(await journal.append(append('r1', 2, { events: [event('sent', 3)], open: false })), { kind: 'appended', version: 3 });
    const record = await journal.load('r1');
    assert.deepEqual(record && bare(record), {
      recordId: 'r1',
      kind: 'payer',
      open: false,
      events: [first, event('accepted', 2), event('sent', 3)],
    });
    assert.equal(await journal.load('r2'), undefined);
  });

  say('an append on an old version, or a new record that exists, is refused and stores nothing', async (journal) => {
    await journal.append(append('r1', 0));
    const late = append('r1', 0, { claims: [claim('c')], attention: [trouble(1)], open: false });
    assert.deepEqual(await journal.append(late), { kind: 'version-conflict', version: 1 });
    assert.deepEqual(await journal.append(append('r1', 2)), { kind: 'version-conflict', version: 1 });
    assert.deepEqual(await journal.append(append('unknown', 1)), { kind: 'version-conflict', version: 0 });
    assert.deepEqual((await journal.load('r1'))?.events.length, 1);
    assert.equal((await journal.load('r1'))?.open, true);
    assert.equal(await journal.findByClaim(claim('c')), undefined);
    assert.deepEqual(await journal.attention({ limit: 10 }), []);
    assert.equal(await journal.load('unknown'), undefined);
  });

  say('of many appends at once on one version exactly one is stored, and other records do not notice', async (journal) => {
    const same = Array.from({ length: 20 }, (_, n) => journal.append(append('r1', 0, { events: [event(`try-${n}`)] })));
    const others = Array.from({ length: 20 }, (_, n) => journal.append(append(`other-${n}`, 0)));
    const results = await Promise.all(same);
    assert.deepEqual(results.filter(({ kind }) => kind === 'appended').length, 1);
    assert.deepEqual(results.filter((result) => result.kind === 'version-conflict' && result.version === 1).length, 19);
    assert.ok((await Promise.all(others)).every(({ kind }) => kind === 'appended'));
    assert.equal((await journal.load('r1'))?.events.length, 1);
  });

  say('an append without events changes what is said of a record, not its version; a new record needs one', async (journal) => {
    await journal.append(append('r1', 0));
    assert.deepEqual(await journal.append(append('r1', 1, { events: [], open: false })), { kind: 'appended', version: 1 });
    assert.equal((await journal.load('r1'))?.open, false);
    await assert.rejects(journal.append(append('r2', 0, { events: [] })), RangeError);
    await assert.rejects(journal.append(append('', 0)), RangeError);
  });
}

function testClaims(say: Say): void {
  say('a claim leads to its record, and kind, scope and value tell claims apart', async (journal) => {
    await journal.append(append('r1', 0, { claims: [claim('v', 'quoteId', 'bank-a'), claim('v', 'quoteId', 'bank-b')] }));
    await journal.append(append('r2', 0, { claims: [claim('v', 'transferId', 'bank-a'), claim('bank-av', 'quoteId', '')] }));
    assert.equal(await journal.findByClaim(claim('v', 'quoteId', 'bank-b')), 'r1');
    assert.equal(await journal.findByClaim(claim('v', 'transferId', 'bank-a')), 'r2');
    assert.equal(await journal.findByClaim(claim('bank-av', 'quoteId', '')), 'r2');
    assert.equal(await journal.findByClaim(claim('v', 'quoteId', 'bank-c')), undefined);
    assert.equal(await journal.findByClaim(claim('V', 'quoteId', 'bank-a')), undefined);
  });

  say('an append whose claim another record holds stores nothing, and names the claim and its holder', async (journal) => {
    await journal.append(append('r1', 0, { claims: [claim('taken')] }));
    const refused = await journal.append(append('r2', 0, { claims: [claim('free'), claim('taken')], attention: [trouble(1)] }));
    assert.deepEqual(refused, { kind: 'claim-conflict', claim: claim('taken'), recordId: 'r1' });
    assert.equal(await journal.load('r2'), undefined);
    assert.equal(await journal.findByClaim(claim('free')), undefined);
    assert.deepEqual(await journal.attention({ limit: 10 }), []);
    assert.deepEqual(await journal.append(append('r2', 0, { claims: [claim('free')] })), { kind: 'appended', version: 1 });
  });

  say('a record may claim again what it holds, and the same thing twice', async (journal) => {
    await journal.append(append('r1', 0, { claims: [claim('a'), claim('a')] }));
    assert.deepEqual(await journal.append(append('r1', 1, { claims: [claim('a'), claim('b')] })), { kind: 'appended', version: 2 });
    assert.equal(await journal.findByClaim(claim('b')), 'r1');
  });

  say('of many new records that claim one thing at once, exactly one is made', async (journal) => {
    const results = await Promise.all(Array.from({ length: 50 }, (_, n) => journal.append(append(`r${n}`, 0, { claims: [claim('one')] }))));
    assert.equal(results.filter(({ kind }) => kind === 'appended').length, 1);
    const holder = await journal.findByClaim(claim('one'));
    assert.ok(results.every((result) => result.kind === 'appended' || (result.kind === 'claim-conflict' && result.recordId === holder)));
    assert.equal((await journal.openRecords(100)).length, 1);
  });
}

function testOpenRecords(say: Say): void {
  say('open records come oldest first, a page at a time, with their events', async (journal) => {
    for (const id of ['z', 'b', 'y', 'a', 'x']) await journal.append(append(id, 0, { kind: 'payee' }));
    await journal.append(append('y', 1, { open: false }));
    await journal.append(append('z', 1));
    const first = await journal.openRecords(2);
    assert.deepEqual(
      first.map(({ recordId }) => recordId),
      ['z', 'b'],
    );
    assert.deepEqual(first.map(bare)[0], { recordId: 'z', kind: 'payee', open: true, events: [event('event-1'), event('event-2')] });
    assert.deepEqual(
      (await journal.openRecords(2, 'b')).map(({ recordId }) => recordId),
      ['a', 'x'],
    );
    assert.deepEqual(await journal.openRecords(2, 'x'), []);
  });

  say('a page goes on after a record that was closed meanwhile, and a record can be opened again', async (journal) => {
    for (const id of ['a', 'b', 'c']) await journal.append(append(id, 0));
    await journal.append(append('a', 1, { open: false }));
    assert.deepEqual(
      (await journal.openRecords(10, 'a')).map(({ recordId }) => recordId),
      ['b', 'c'],
    );
    await journal.append(append('a', 2, { open: true }));
    assert.deepEqual(
      (await journal.openRecords(10)).map(({ recordId }) => recordId),
      ['a', 'b', 'c'],
    );
    await assert.rejects(journal.openRecords(10, 'never was'), RangeError);
  });
}

function testBetween(say: Say): void {
  const at = (recordId: string, version: number, when: number, more: Partial<Append> = {}): Append =>
    append(recordId, version, { events: [event(`event-${version + 1}`, when)], ...more });

  say('records of a stretch of time come by their last event, open or not, a page at a time', async (journal) => {
    for (const [id, when] of [
      ['late', 30],
      ['b', 20],
      ['a', 20],
      ['early', 9],
      ['at the end', 40],
    ] as const)
      await journal.append(at(id, 0, when));
    await journal.append(at('a', 1, 20, { open: false }));
    await journal.append(at('late', 1, 31, { open: false, kind: 'payee' }));
    const stretch = { fromMs: 10, toMs: 40 };
    const first = await journal.between({ ...stretch, limit: 2 });
    assert.deepEqual(
      first.map(({ recordId, updatedAt }) => [recordId, updatedAt]),
      [
        ['b', 20],
        ['a', 20],
      ],
    );
    const [, last] = first;
    assert.ok(last);
    const events = [event('event-1', 30), event('event-2', 31)];
    assert.deepEqual((await journal.between({ ...stretch, limit: 2, after: last })).map(bare), [
      { recordId: 'late', kind: 'payer', open: false, events, updatedAt: 31 },
    ]);
    assert.deepEqual(await journal.between({ fromMs: 41, toMs: 50, limit: 2 }), []);
    await assert.rejects(journal.between({ ...stretch, limit: 2, after: { updatedAt: 20, recordId: 'never was' } }), RangeError);
  });

  say('a record whose clock went back stays where it was, and one that moved on is seen in its new place', async (journal) => {
    await journal.append(at('a', 0, 20));
    await journal.append(at('a', 1, 5));
    await journal.append(at('b', 0, 21));
    const [a] = await journal.between({ fromMs: 0, toMs: 100, limit: 1 });
    assert.equal(a?.updatedAt, 20);
    await journal.append(at('b', 1, 50));
    assert.deepEqual(
      (await journal.between({ fromMs: 0, toMs: 100, limit: 5, after: { recordId: 'a', updatedAt: 20 } })).map(
        ({ updatedAt }) => updatedAt,
      ),
      [50],
    );
    assert.deepEqual(await journal.between({ fromMs: 0, toMs: 20, limit: 5 }), []);
  });
}

function testAttention(say: Say): void {
  say('what needs a person comes oldest first, and the latest append of a record replaces what it said before', async (journal) => {
    await journal.append(append('r1', 0, { attention: [trouble(30), trouble(10, { level: 'alarm', code: 'LATE' })] }));
    await journal.append(append('r2', 0, { kind: 'payee', label: 'T-2', attention: [trouble(20, { reason: 'the core is silent' })] }));
    const row = { recordId: 'r2', kind: 'payee', label: 'T-2', level: 'exception', code: 'HELD', reason: 'the core is silent', since: 20 };
    assert.deepEqual(
      (await journal.attention({ limit: 10 })).map(({ since }) => since),
      [10, 20, 30],
    );
    assert.deepEqual(await journal.attention({ label: 'T-2', limit: 10 }), [row]);
    assert.deepEqual(
      (await journal.attention({ level: 'alarm', limit: 10 })).map(({ code }) => code),
      ['LATE'],
    );
    assert.deepEqual(await journal.attention({ level: 'alarm', label: 'T-2', limit: 10 }), []);
    assert.deepEqual(
      (await journal.attention({ limit: 2 })).map(({ since }) => since),
      [10, 20],
    );

    await journal.append(append('r1', 1, { attention: [trouble(30)] }));
    assert.deepEqual(
      (await journal.attention({ limit: 10 })).map(({ since }) => since),
      [20, 30],
    );
    await journal.append(append('r2', 1, { kind: 'payee', attention: [] }));
    assert.deepEqual(
      (await journal.attention({ limit: 10 })).map(({ recordId }) => recordId),
      ['r1'],
    );
  });

  say('the label of a record is the one of its latest append', async (journal) => {
    await journal.append(append('r1', 0, { label: 'before the transfer had an id' }));
    await journal.append(append('r1', 1, { label: 'T-1', attention: [trouble(1)] }));
    assert.deepEqual(
      (await journal.attention({ limit: 1 })).map(({ label }) => label),
      ['T-1'],
    );
  });
}

function testEnds(name: string, open: () => Promise<Journal>, kept?: (journal: Journal) => Promise<Journal>): void {
  test(`${name}: a closed journal refuses with JOURNAL_UNAVAILABLE`, async () => {
    const journal = await open();
    await journal.close();
    await assert.rejects(journal.append(append('r1', 0)), { code: 'JOURNAL_UNAVAILABLE' });
    await assert.rejects(journal.load('r1'), { code: 'JOURNAL_UNAVAILABLE' });
  });

  if (!kept) return;
  test(`${name}: everything is there after it was closed and opened again`, async () => {
    const journal = await open();
    await journal.append(append('r1', 0, { claims: [claim('c')], attention: [trouble(1)] }));
    await journal.append(append('r2', 0, { open: false }));
    const again = await kept(journal);
    assert.deepEqual(
      (await again.openRecords(10)).map(({ recordId }) => recordId),
      ['r1'],
    );
    assert.equal(await again.findByClaim(claim('c')), 'r1');
    assert.equal((await again.attention({ limit: 10 })).length, 1);
    assert.deepEqual(await again.append(append('r1', 1)), { kind: 'appended', version: 2 });
    assert.deepEqual((await again.load('r2'))?.events, [event('event-1')]);
    await again.close();
  });
}
