import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Claim, type Journal, type JournalEvent, JournalUnavailable, memoryJournal, type ReplicaDoor } from '@payment-manager/journal';
import { createMetrics, type Log, noFailpoints, recordedLog, virtualTime } from '@payment-manager/runtime';
import { Engine } from './engine.ts';
import type { Action, ActionContext, Flow, Input } from './flow.ts';

/** A flow that is as small as can be: it adds, owes one action per unpaid addition, and knows no money. */
interface State {
  readonly sum: number;
  readonly owed: readonly number[];
  readonly closed: boolean;
}
type Event = JournalEvent &
  ({ type: 'added'; amount: number; claim?: string } | { type: 'paid'; amount: number } | { type: 'noted' } | { type: 'closed' });
type In = Input &
  (
    | { type: 'add'; amount: number; claim?: string }
    | { type: 'paid'; key: string; amount: number }
    | { type: 'interrupted'; key: string }
    | { type: 'note' }
    | { type: 'close' }
  );
type Act = Action & { amount: number };

const claimOf = (value: string): Claim => ({ kind: 'test', scope: '', value });

function flow(repeatable: boolean): Flow<State, In, Event, Act> {
  return {
    kind: 'test',
    apply(state = { sum: 0, owed: [], closed: false }, event) {
      if (event.type === 'added') return { ...state, sum: state.sum + event.amount, owed: [...state.owed, event.amount] };
      if (event.type === 'paid') return { ...state, owed: state.owed.filter((amount) => amount !== event.amount) };
      return event.type === 'closed' ? { ...state, closed: true } : state;
    },
    decide(state, input, now) {
      if (input.type === 'add')
        return { events: [{ type: 'added', at: now, amount: input.amount, ...(input.claim !== undefined && { claim: input.claim }) }] };
      if (state === undefined) return { events: [] };
      if (input.type === 'paid') return { events: [{ type: 'paid', at: now, amount: input.amount }] };
      if (input.type === 'interrupted')
        return {
          events: [{ type: 'paid', at: now, amount: Number(input.key.slice(4)) }],
          alarm: { code: 'CORE_CALLS_FAILING', reason: input.key },
        };
      if (input.type === 'note') return { events: [{ type: 'noted', at: now }], lazy: true };
      return { events: [{ type: 'closed', at: now }] };
    },
    claims: (event) => (event.type === 'added' && event.claim !== undefined ? [claimOf(event.claim)] : []),
    ...owing((amount) => ({ key: `pay:${amount}`, type: 'pay', repeatable, amount })),
  };
}

/** What follows from a state in which each unpaid addition is owed like this. */
function owing(action: (amount: number) => Act): Pick<Flow<State, In, Event, Act>, 'owed' | 'project'> {
  const owed = (state: State) => state.owed.map(action);
  const project = (state: State) => ({
    owed: owed(state),
    open: state.owed.length > 0,
    topics: [],
    attention: [],
    stage: state.closed ? 'closed' : 'open',
    label: 'label',
  });
  return { owed, project };
}

function setUp(
  options: {
    flow?: Flow<State, In, Event, Act>;
    repeatable?: boolean;
    journal?: Journal;
    pays?: (amount: number, context: ActionContext) => Promise<void>;
    restingRecords?: number;
    log?: Log;
  } = {},
) {
  const time = virtualTime();
  const journal = options.journal ?? memoryJournal();
  const begun: { amount: number; resumed: boolean }[] = [];
  const alarms: string[] = [];
  const engine = new Engine<State, In, Event, Act>(
    options.flow ?? flow(options.repeatable ?? false),
    async (action, context) => {
      begun.push({ amount: action.amount, resumed: context.resumed });
      await options.pays?.(action.amount, context);
      return { type: 'paid', key: action.key, amount: action.amount };
    },
    {
      journal,
      clock: time,
      timers: time,
      log: options.log ?? recordedLog(),
      metrics: createMetrics(),
      failpoints: noFailpoints,
      alarm: (code) => alarms.push(code),
      restingRecords: options.restingRecords ?? 10,
    },
  );
  return { time, journal, engine, begun, alarms };
}

const never = () => new Promise<void>(() => {});

test('engine: nothing is done before it is on disk', async () => {
  const journal = memoryJournal();
  const held = Promise.withResolvers<void>();
  const slow: Journal = {
    ...journal,
    append: async (append) => {
      await held.promise;
      return journal.append(append);
    },
  };
  const { engine, begun, time } = setUp({ journal: slow });
  const made = engine.create('r', { type: 'add', amount: 1 });
  await time.advance(0);
  assert.deepEqual(begun, []);
  held.resolve();
  assert.equal((await made).kind, 'taken');
  assert.deepEqual(begun, [{ amount: 1, resumed: false }]);
});

test('engine: an action is begun once, however many inputs come while it is under way', async () => {
  const { engine, begun, time } = setUp({ pays: never });
  await engine.create('r', { type: 'add', amount: 1 });
  await engine.input('r', { type: 'add', amount: 2 });
  await engine.input('r', { type: 'note' });
  await time.advance(5_000);
  assert.deepEqual(
    begun.map(({ amount }) => amount),
    [1, 2],
  );
});

test('engine: a performer hears that its action is not owed any more, whether it asked for the signal before or after', async () => {
  const contexts: ActionContext[] = [];
  const { engine } = setUp({
    repeatable: true,
    pays: (_amount, context) => {
      contexts.push(context);
      return never();
    },
  });
  await engine.create('a', { type: 'add', amount: 1 });
  await engine.input('a', { type: 'add', amount: 2 });
  const [before, after] = contexts;
  const signal = before?.signal;
  assert.equal(signal?.aborted, false);
  assert.equal(before?.signal, signal, 'it is the same one at each question');
  const heard = new Promise((resolve) => signal?.addEventListener('abort', resolve));
  for (const amount of [1, 2]) await engine.input('a', { type: 'paid', key: 'pay:0', amount });
  await heard;
  assert.equal(signal?.aborted, true);
  assert.equal(after?.signal.aborted, true);
});

test('engine: an action that answered and is owed still is not begun again in this process, and is in the next', async () => {
  const base = flow(true);
  const deaf: typeof base = {
    ...base,
    decide: (state, input, now) => (input.type === 'paid' ? { events: [] } : base.decide(state, input, now)),
  };
  const { engine, begun, time, journal } = setUp({ flow: deaf });
  await engine.create('r', { type: 'add', amount: 1 });
  await time.advance(5_000);
  await engine.input('r', { type: 'close' });
  await time.advance(5_000);
  assert.equal(begun.length, 1);
  const next = setUp({ flow: deaf, journal });
  await next.engine.start();
  await next.time.advance(5_000);
  assert.deepEqual(next.begun, [{ amount: 1, resumed: true }]);
});

test('engine: what follows from a state is worked out once, also where several inputs, a claim and a wait look at it', async () => {
  const projected: State[] = [];
  const { project, ...rest } = flow(true);
  const counted: Flow<State, In, Event, Act> = {
    ...rest,
    project(state) {
      projected.push(state);
      return project(state);
    },
  };
  const { engine, journal, time } = setUp({ flow: counted });
  await engine.create('r', { type: 'add', amount: 1, claim: 'x' });
  const paid = engine.watch('r', ({ owed }) => owed.length === 0 || undefined, 1_000);
  await time.advance(0);
  assert.equal(await paid, true);
  await engine.input('r', { type: 'note' });
  await engine.input('r', { type: 'close' });
  assert.deepEqual(
    projected.map(({ sum, owed, closed }) => [sum, owed.length, closed]),
    [
      [1, 1, false],
      [1, 0, false],
      [1, 0, false],
      [1, 0, true],
    ],
  );
  assert.equal((await journal.load('r'))?.events.length, 4);
});

test('engine: after a restart a repeatable action is begun again and told so; another one is interrupted instead', async () => {
  for (const repeatable of [true, false]) {
    const first = setUp({ repeatable, pays: never });
    await first.engine.create('r', { type: 'add', amount: 1 });
    const second = setUp({ repeatable, journal: first.journal });
    assert.equal(await second.engine.start(), 1);
    await second.time.advance(0);
    assert.deepEqual(second.begun, repeatable ? [{ amount: 1, resumed: true }] : []);
    assert.deepEqual(second.alarms, repeatable ? [] : ['CORE_CALLS_FAILING']);
    assert.equal(second.engine.openCount, 0);
  }
});

test('engine: two makers of records with the same claim: one is made, the other is led to it', async () => {
  const { engine } = setUp();
  const [a, b] = await Promise.all([
    engine.create('a', { type: 'add', amount: 1, claim: 'x' }),
    engine.create('b', { type: 'add', amount: 1, claim: 'x' }),
  ]);
  assert.equal(a.kind, 'taken');
  assert.deepEqual(b, { kind: 'claimed', claim: claimOf('x'), recordId: 'a' });
  assert.equal(await engine.find(claimOf('x')), 'a');
  assert.equal(await engine.state('b'), undefined);
});

test('engine: a refused commit tells the requester, and an action’s answer is taken again until it is stored', async () => {
  const journal = memoryJournal();
  let refuse = 0;
  const flaky: Journal = {
    ...journal,
    append: (append) => (refuse-- > 0 ? Promise.reject(new JournalUnavailable('disk full')) : journal.append(append)),
  };
  const { engine, time } = setUp({ journal: flaky });
  refuse = 1;
  await assert.rejects(engine.create('r', { type: 'add', amount: 1 }), JournalUnavailable);
  assert.equal(await engine.state('r'), undefined);
  const paid = Promise.withResolvers<void>();
  const other = setUp({ journal: flaky, pays: () => paid.promise });
  await other.engine.create('s', { type: 'add', amount: 5 });
  refuse = 3;
  paid.resolve();
  await other.time.advance(10_000);
  assert.deepEqual((await other.engine.state('s'))?.owed, []);
  assert.deepEqual(other.begun.length, 1, 'the action is not begun again meanwhile');
  void time;
});

test('engine: lazy events are stored with the next append, or after a while', async () => {
  const { engine, journal, time } = setUp();
  await engine.create('r', { type: 'add', amount: 1 });
  await time.advance(0);
  await engine.input('r', { type: 'note' });
  assert.equal((await journal.load('r'))?.events.length, 2);
  await time.advance(1_001);
  assert.equal((await journal.load('r'))?.events.length, 3);
  await engine.input('r', { type: 'note' });
  await engine.input('r', { type: 'close' });
  assert.deepEqual(
    (await journal.load('r'))?.events.map((event) => event.type),
    ['added', 'paid', 'noted', 'noted', 'closed'],
  );
});

test('engine: resting records above the limit leave the memory and come back from the journal', async () => {
  const { engine, time } = setUp({ restingRecords: 2 });
  for (const id of ['a', 'b', 'c', 'd']) {
    await engine.create(id, { type: 'add', amount: 1, claim: id });
    await time.advance(0);
  }
  assert.equal(engine.known(claimOf('a')), undefined);
  assert.equal(engine.known(claimOf('d')), 'd');
  assert.equal((await engine.input('a', { type: 'add', amount: 7 })).kind, 'taken');
  assert.equal((await engine.state('a'))?.sum, 8);
});

test('engine: a clock that is set back does not make a delayed action early', async () => {
  const time = virtualTime();
  const begun: number[] = [];
  const due = time.now() + 10_000;
  const delayed: Flow<State, In, Event, Act> = {
    ...flow(true),
    ...owing((amount) => ({ key: `pay:${amount}`, type: 'pay', repeatable: true, amount, notBefore: due })),
  };
  const engine = new Engine<State, In, Event, Act>(
    delayed,
    async () => {
      begun.push(time.now());
      return undefined;
    },
    {
      journal: memoryJournal(),
      clock: time,
      timers: time,
      log: recordedLog(),
      metrics: createMetrics(),
      failpoints: noFailpoints,
      alarm: () => {},
      restingRecords: 10,
    },
  );
  await engine.create('r', { type: 'add', amount: 1 });
  await time.advance(5_000);
  time.jumpWallClock(-3_000);
  await time.advance(5_000);
  assert.deepEqual(begun, []);
  await time.advance(3_000);
  assert.deepEqual(begun, [due]);
});

test('engine: whoever leaves hears what its once-only calls answer, so that nothing is unknown to the next', async () => {
  const answered = Promise.withResolvers<void>();
  const leaving = setUp({ pays: () => answered.promise });
  await leaving.engine.create('r', { type: 'add', amount: 1 });
  const stopped = leaving.engine.finish(10_000).then(() => leaving.engine.stop());
  await leaving.time.advance(1_000);
  answered.resolve();
  await leaving.time.advance(100);
  await stopped;
  const next = setUp({ journal: leaving.journal });
  assert.equal(await next.engine.start(), 0);
  assert.deepEqual([next.begun, next.alarms], [[], []]);
});

test('engine: whoever leaves waits for no call for longer than it was given, and for none that may be repeated', async () => {
  for (const [repeatable, waitedMs] of [
    [false, 10_000],
    [true, 0],
  ] as const) {
    const { engine, time } = setUp({ repeatable, pays: never });
    await engine.create('r', { type: 'add', amount: 1 });
    let finished: number | undefined;
    void engine.finish(10_000).then(() => {
      finished = time.monotonic();
    });
    const before = time.monotonic();
    await time.advance(20_000);
    assert.equal((finished ?? Number.NaN) - before, waitedMs);
  }
});

test('engine: when waits are ended each is told what is known, and a later one does not begin', async () => {
  const { engine, time } = setUp({ pays: never });
  await engine.create('r', { type: 'add', amount: 1 });
  const waiting = engine.watch('r', () => undefined, 60_000);
  await time.advance(0);
  engine.endWaits();
  assert.equal(await waiting, undefined);
  assert.equal(await engine.watch('r', () => undefined, 60_000), undefined);
  assert.equal(await engine.watch('r', ({ sum }) => sum, 60_000), 1);
});

test('engine: news that cannot be read are no error in the log, and are heard when the journal answers again', async () => {
  const store = memoryJournal();
  let away = false;
  const replica: ReplicaDoor = {
    self: 'a',
    alive: () => true,
    takeOver: async () => [],
    findByTopic: async () => [],
    onChanged: () => () => {},
    mail: { post: async () => false, collect: async () => [], onPosted: () => () => {} },
  };
  const journal: Journal = {
    ...store,
    replica,
    load: (id) => (away ? Promise.reject(new JournalUnavailable('away')) : store.load(id)),
  };
  const log = recordedLog();
  const { engine, time } = setUp({ journal, log });
  await engine.create('r', { type: 'add', amount: 1 });
  await time.advance(0);
  away = true;
  const added = { type: 'added', at: 1, amount: 5 };
  await store.append({ recordId: 'r', kind: 'test', expectedVersion: 2, events: [added], open: true, attention: [], label: 'label' });
  engine.changed('r');
  await time.advance(2_000);
  assert.deepEqual(
    log.lines.filter(({ level }) => level === 'error'),
    [],
  );
  away = false;
  await time.advance(1_000);
  assert.equal((await engine.state('r'))?.sum, 6);
});

// ---- what may wait

/** A payment that may be made whenever there is room, a minute from now. */
function waitingFlow(dueAt: number): Flow<State, In, Event, Act> {
  return {
    ...flow(true),
    ...owing((amount) => ({ key: `pay:${amount}`, type: 'pay', repeatable: true, amount, background: true, notBefore: dueAt })),
  };
}

function waiting(
  options: {
    journal?: Journal;
    pays?: (amount: number, context: ActionContext) => Promise<void>;
    restingRecords?: number;
    busy?: () => boolean;
  } = {},
) {
  const time = virtualTime();
  const journal = options.journal ?? memoryJournal();
  const begun: number[] = [];
  let loads = 0;
  const counted: Journal = {
    ...journal,
    load: (recordId) => {
      loads++;
      return journal.load(recordId);
    },
  };
  const engine = new Engine<State, In, Event, Act>(
    waitingFlow(time.now() + 60_000),
    async (action, context) => {
      begun.push(action.amount);
      await options.pays?.(action.amount, context);
      return { type: 'paid', key: action.key, amount: action.amount };
    },
    {
      journal: counted,
      clock: time,
      timers: time,
      log: recordedLog(),
      metrics: createMetrics(),
      failpoints: noFailpoints,
      alarm: () => {},
      restingRecords: options.restingRecords ?? 10,
      ...(options.busy !== undefined && { busy: options.busy }),
    },
  );
  return { time, journal, engine, begun, loads: () => loads };
}

const add = (amount: number): In => ({ type: 'add', amount, claim: String(amount) });

test('engine: records that owe only what may wait are open in the journal, count as not under way, and leave the memory', async () => {
  const { time, journal, engine, begun, loads } = waiting({ restingRecords: 5 });
  for (let nth = 0; nth < 200; nth++) await engine.create(`r${nth}`, add(nth));
  assert.deepEqual([engine.openCount, engine.waiting.count], [0, 200]);
  assert.equal((await journal.openRecords(500)).length, 200);
  assert.equal(engine.known(claimOf('0')), undefined, 'the first is not in memory any more');
  assert.equal(engine.known(claimOf('199')), 'r199');
  await time.advance(70_000);
  assert.equal(new Set(begun).size, 200);
  assert.equal(begun.length, 200);
  assert.ok(loads() >= 195 && loads() <= 200, `${loads()} loads`);
  assert.equal((await journal.openRecords(500)).length, 0);
  assert.equal(engine.waiting.count, 0);
});

test('engine: what may wait is found again after a restart, and is not loaded before its time', async () => {
  const first = waiting();
  for (let nth = 0; nth < 50; nth++) await first.engine.create(`r${nth}`, add(nth));
  await first.engine.stop();
  const second = waiting({ journal: first.journal });
  assert.equal(await second.engine.start(), 50);
  assert.deepEqual([second.engine.openCount, second.engine.waiting.count, second.loads()], [0, 50, 0]);
  await second.time.advance(70_000);
  assert.deepEqual([second.begun.length, second.engine.waiting.count], [50, 0]);
});

test('engine: while there is too much to do nothing that may wait is begun', async () => {
  let busy = true;
  const { time, engine, begun } = waiting({ busy: () => busy });
  await engine.create('r', add(1));
  await time.advance(600_000);
  assert.deepEqual(begun, []);
  busy = false;
  await time.advance(1_000);
  assert.deepEqual(begun, [1]);
});

test('engine: whoever leaves does not wait for what may wait', async () => {
  const { time, engine, begun } = waiting({ pays: never });
  await engine.create('r', add(1));
  await time.advance(62_000);
  assert.deepEqual(begun, [1]);
  let left = false;
  void engine.finish(10_000).then(() => {
    left = true;
  });
  await time.advance(100);
  assert.equal(left, true);
});
