import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ExceptionsDoor, PaymentFacts } from '@payment-manager/mojaloop-connector';
import { openPortal } from '../../test/portal.ts';
import { compareDepsOf, type PullsAnswer } from '../routes/reconciliation-routes.ts';
import type { ShownDay } from './compare-day.ts';
import { pauseAfter, pullDaily } from './daily-pull.ts';
import { type Asked, SIDES, type Side } from './statement-source.ts';

const HEAD = 'transferId,direction,amount,currency,state\n';
const came = (...rows: readonly string[]): Asked => ({ kind: 'came', bytes: Buffer.from(`${HEAD}${rows.join('\n')}\n`) });
const BOOKED = 't-1,in,10,USD,COMMITTED';
const fact = (id: string): PaymentFacts => ({
  ...{ id, flow: 'payee', amount: '10', currency: 'USD', startedAt: Date.UTC(2026, 2, 11, 10) },
  ...{ hub: 'COMMITTED', core: 'TOLD_COMMITTED', exceptions: [] },
});
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

type Span = { readonly fromMs: number; readonly toMs: number };
type Desk = (id: string) => PaymentFacts | undefined;
const T1: readonly (readonly [last: number, PaymentFacts])[] = [[Date.UTC(2026, 2, 11, 12), fact('t-1')]];

/**
 * The 12th at 09:00. `answers`: what each side says; absent: it cannot be pulled. `ofDate`: instead, for one date. `facts`: every payment with its last
 * event; `answer`: a payment once the hub was asked about it, which makes now its last event.
 */
async function world(
  answers: Partial<Record<Side, Asked>>,
  {
    facts = T1,
    ofDate = {},
    answer = () => undefined,
  }: { facts?: typeof T1; ofDate?: Readonly<Record<string, Asked>>; answer?: Desk } = {},
) {
  const asked: string[] = [];
  /** Called while a statement is on its way. */
  const meanwhile = { do: async (): Promise<void> => {} };
  const records = new Map(facts.map(([at, payment]) => [payment.id, { at, payment }]));
  const payments = async ({ fromMs, toMs }: Span) => ({
    payments: [...records.values()].filter(({ at }) => at >= fromMs && at < toMs).map(({ payment }) => payment),
  });
  const resolve = async ({ id }: { readonly id: string }) => {
    const payment = answer(id);
    if (payment === undefined) return { kind: 'too-soon' };
    records.set(id, { at: portal.time.now(), payment });
    return { kind: 'done', detail: { payment } };
  };
  const desk = { payments, resolve, exception: async (id: string) => records.get(id) } as unknown as ExceptionsDoor;
  const sourceOf = (side: Side) => async (date: string) => {
    asked.push(`${side} ${date}`);
    await meanwhile.do();
    return ofDate[`${side} ${date}`] ?? (answers[side] as Asked);
  };
  const sources = Object.fromEntries(SIDES.filter((side) => side in answers).map((side) => [side, sourceOf(side)]));
  const portal = await openPortal({ desk, statements: { sources, daily: true, afterDayMs: HOUR } });
  const cookies = await portal.as('one', 'operator');
  let posts = 0;
  /** Each from another address: they are counted by the minute. */
  const post = (body: object, date = '2026-03-11', who = cookies) =>
    portal.ask(`POST /reconciliation/days/${date}`, { cookies: who, body, from: `192.0.2.${++posts}` });
  /** Signed in anew: hours may have passed. */
  const look = async (path: string) => (await portal.ask(`GET ${path}`, { cookies: await portal.as('one', 'operator') })).body;
  const day = async (date = '2026-03-11') => (await look(`/reconciliation/days/${date}`)) as unknown as ShownDay;
  const pulls = async (date = '2026-03-11') => ((await look(`/reconciliation/days/${date}/pulls`)) as unknown as PullsAnswer).pulls;
  const replica = () => pullDaily({ ...compareDepsOf(portal.deps), timers: portal.time, daily: true, afterDayMs: HOUR });
  const actions = async () => (await portal.store.entries({ limit: 50 })).map(({ action }) => action);
  return { ...portal, answers, asked, meanwhile, cookies, post, day, pulls, replica, actions };
}

describe('a statement that somebody pulls', () => {
  test('is compared like one that is uploaded, by who may do that; what came is shown and in the audit log', async () => {
    const { post, pulls, asked, as, actions, day } = await world({ core: came(BOOKED), hub: came(BOOKED) });
    assert.equal((await post({ pull: ['core'] }, '2026-03-11', await as('v', 'viewer'))).status, 403);
    assert.deepEqual(asked, [], 'who may not is not asked for');
    const { status, body } = await post({ pull: ['core', 'hub'] });
    const { statementRows, hubStatementRows, pulled, differencesInAll } = body as unknown as ShownDay;
    assert.deepEqual([status, statementRows, hubStatementRows, pulled, differencesInAll], [200, 1, 1, ['core', 'hub'], 0]);
    assert.deepEqual(asked, ['core 2026-03-11', 'hub 2026-03-11']);
    const [core] = await pulls();
    assert.deepEqual([core?.side, core?.last?.rows, core?.last?.by, core?.last?.code], ['core', 1, 'user:one', undefined]);
    assert.deepEqual((await actions()).slice(0, 3), ['statement.pulled', 'statement.pulled', 'day.compared']);
    await post({ pull: ['core', 'hub'] });
    assert.deepEqual([(await day()).statementRows, (await day()).differencesInAll], [1, 0], 'a second pull replaces, and adds nothing');
  });

  test('says why it does not come, and leaves what was compared as it was', async () => {
    const { post, pulls, answers, day, actions, asked } = await world({ core: came(BOOKED) });
    await post({ pull: ['core'] });
    const codeOf = async (body: object, date?: string) => {
      const answer = await post(body, date);
      return [answer.status, answer.body['code'], answer.body['place']];
    };
    assert.deepEqual(await codeOf({ pull: ['hub'] }), [409, 'SWITCHED_OFF', 'reconciliation.statements.hub.url']);
    assert.deepEqual(await codeOf({ pull: ['core'], statement: HEAD }), [400, 'REQUEST_INVALID', 'body.pull.core']);
    answers.core = { kind: 'not-there' };
    assert.deepEqual(await codeOf({ pull: ['core'] }), [404, 'STATEMENT_NOT_THERE', 'body.pull.core']);
    answers.core = { kind: 'failed', reason: 'it answers with status 500.' };
    assert.deepEqual(await codeOf({ pull: ['core'] }), [502, 'STATEMENT_NOT_PULLED', 'body.pull.core']);
    for (const bytes of [Buffer.from('<html>sign in</html>'), Buffer.from([0x74, 0xff, 0xfe]), Buffer.alloc(0)]) {
      answers.core = { kind: 'came', bytes };
      assert.deepEqual(await codeOf({ pull: ['core'] }), [409, 'STATEMENT_INVALID', 'body.pull.core']);
    }
    const [core] = await pulls();
    assert.equal(core?.last?.code, 'STATEMENT_INVALID');
    assert.equal((await day()).statementRows, 1);
    assert.equal((await actions()).filter((action) => action === 'statement.not-pulled').length, 5);
    const count = asked.length;
    assert.deepEqual((await codeOf({ pull: ['core'] }, '2026-03-14')).slice(0, 2), [409, 'NOT_ALLOWED_NOW']);
    assert.deepEqual((await codeOf({ pull: ['https://169.254.169.254/'] })).slice(0, 2), [400, 'REQUEST_INVALID']);
    assert.deepEqual((await codeOf({ pull: ['core'] }, '2026-13-45')).slice(0, 2), [400, 'REQUEST_INVALID']);
    assert.equal(asked.length, count, 'none of these asks anybody');
  });

  test('of another day is not compared: by it, money would be booked again', async () => {
    const { post, pulls, answers, ask, cookies } = await world({ core: came('t-8,in,10,USD,COMMITTED') });
    const wrong = await post({ pull: ['core'] });
    assert.deepEqual([wrong.status, wrong.body['code']], [409, 'STATEMENT_OF_ANOTHER_DAY']);
    answers.core = came();
    assert.equal((await post({ pull: ['core'] })).body['code'], 'STATEMENT_OF_ANOTHER_DAY', 'empty, and the hub has committed a payment');
    assert.equal((await ask('GET /reconciliation/days/2026-03-11', { cookies })).status, 404);
    answers.core = came(BOOKED);
    assert.equal((await post({ pull: ['core'] })).status, 200);
    const again = await post({ pull: ['core'] }, '2026-03-10');
    assert.deepEqual([again.status, again.body['code']], [409, 'STATEMENT_OF_ANOTHER_DAY'], 'the same bytes for two days');
    assert.equal((await pulls('2026-03-10'))[0]?.last?.code, 'STATEMENT_OF_ANOTHER_DAY');
    answers.core = came();
    assert.equal((await post({ pull: ['core'] }, '2026-03-10')).status, 200, 'a day without bookings');
    assert.equal((await post({ pull: ['core'] }, '2026-03-09')).status, 200, 'another one');
  });

  test('in another currency, or with a booking twice, shows that', async () => {
    const { post, answers } = await world({ core: came('t-1,in,10,XOF,COMMITTED') });
    const codes = async () => ((await post({ pull: ['core'] })).body as unknown as ShownDay).differences.map(({ code }) => code);
    assert.deepEqual(await codes(), ['AMOUNT_DIFFERS']);
    answers.core = came(BOOKED, BOOKED);
    assert.deepEqual(await codes(), ['BOOKED_TWICE']);
  });

  test('does not open a day that was closed while it was on its way', async () => {
    const { post, day, meanwhile, ask, cookies } = await world({ core: came(BOOKED) });
    await post({ pull: ['core'] });
    meanwhile.do = async () => {
      const closing = await ask('POST /reconciliation/days/2026-03-11/close', { cookies, body: { reason: 'looked at' } });
      assert.equal(closing.status, 204);
    };
    const { status, body } = await post({ pull: ['core'] });
    assert.deepEqual([status, body['code']], [409, 'CHANGED_MEANWHILE']);
    assert.equal((await day()).closed?.reason, 'looked at');
    meanwhile.do = async () => {};
    assert.equal((await post({ pull: ['core'] })).status, 200, 'who says so opens it');
  });
});

/** What is listed, in order. */
const listed = ({ differences }: ShownDay) => differences.map(({ transferId, code }) => `${transferId} ${code}`);
const at = (day: number, hour: number, minute = 0, second = 0) => Date.UTC(2026, 2, day, hour, minute, second);

describe('payments that a day’s statement need not have', () => {
  test('began the day before: they are looked for in its statement, and nobody is told to book them', async () => {
    const facts: typeof T1 = [
      [at(11, 0, 0, 20), { ...fact('t-2'), startedAt: at(10, 23, 59, 30) }],
      [at(11, 0, 0, 25), { ...fact('t-3'), startedAt: at(10, 23, 59, 31) }],
      ...T1,
    ];
    const before = came('t-2,in,10,USD,COMMITTED', 't-8,in,1,USD,COMMITTED');
    const { post, asked } = await world(
      { core: came(BOOKED), hub: came(BOOKED) },
      { facts, ofDate: { 'core 2026-03-10': before, 'hub 2026-03-10': before } },
    );
    const day = (await post({ pull: ['core', 'hub'] })).body as unknown as ShownDay;
    assert.deepEqual(listed(day), ['t-3 NOT_COMPARED', 't-3 HUB_NOT_COMPARED']);
    assert.deepEqual(asked, ['core 2026-03-11', 'hub 2026-03-11', 'core 2026-03-10', 'hub 2026-03-10']);
    assert.doesNotMatch(day.differences.map(({ action }) => action).join(), /credit|resend/);
  });

  test('began the day before, the statement of which does not come, or holds the money only: not compared', async () => {
    const facts: typeof T1 = [[at(11, 0, 0, 20), { ...fact('t-2'), startedAt: at(10, 23, 59, 30) }], ...T1];
    for (const other of [{ kind: 'not-there' } as const, came('t-2,in,10,USD,RESERVED')]) {
      const { post } = await world({ core: came(BOOKED) }, { facts, ofDate: { 'core 2026-03-10': other } });
      assert.deepEqual(listed((await post({ pull: ['core'] })).body as unknown as ShownDay), ['t-2 NOT_COMPARED']);
    }
  });

  test('ended just before the day did: in an uploaded statement, too', async () => {
    const facts: typeof T1 = [[at(11, 23, 59, 58), { ...fact('t-2'), startedAt: at(11, 23, 40) }], ...T1, [at(11, 13), fact('t-3')]];
    const { post } = await world({}, { facts });
    const { body } = await post({ statement: `${HEAD}${BOOKED}\n` });
    assert.deepEqual(listed(body as unknown as ShownDay), ['t-2 NOT_COMPARED', 't-3 CORE_NOT_BOOKED']);
  });

  test('the hub was asked about: they are of the next day, and no statement of it is refused for them', async () => {
    const facts: typeof T1 = [[at(11, 12), { ...fact('t-2'), hub: 'ACKNOWLEDGED' }], ...T1];
    const ofDate = { 'core 2026-03-11': came(BOOKED, 't-2,in,10,USD,RESERVED'), 'core 2026-03-12': came() };
    const { replica, time, day } = await world({ core: came() }, { facts, ofDate, answer: () => fact('t-2') });
    const daily = replica();
    await daily.look();
    assert.deepEqual(listed(await day()), ['t-2 NOT_COMPARED'], 'the statement is older than the answer');
    await time.advance(DAY);
    const next = await day('2026-03-12');
    assert.deepEqual([next.pulled, listed(next)], [['core'], ['t-2 NOT_COMPARED']]);
    daily.stop();
  });
});

describe('statements that are pulled after the end of each day', () => {
  test('come although somebody compared or closed the day while it ran', async () => {
    const { replica, post, ask, asked, cookies, day, time } = await world({ core: came(BOOKED) });
    await post({ pull: ['core'] }, '2026-03-12');
    await ask('POST /reconciliation/days/2026-03-12/close', { cookies, body: { reason: 'too early', withDifferences: true } });
    const daily = replica();
    await time.advance(17 * HOUR);
    assert.ok(asked.slice(1).includes('core 2026-03-12'));
    assert.deepEqual([(await day('2026-03-12')).by, (await day('2026-03-12')).closed], ['system', undefined]);
    daily.stop();
  });

  test('of one side that are wrong do not keep the other’s from being compared', async () => {
    const { replica, day, pulls } = await world({ core: came(BOOKED), hub: came('t-8,in,10,USD,COMMITTED') });
    const daily = replica();
    await daily.look();
    assert.deepEqual([(await day()).pulled, (await day()).hubStatementRows, listed(await day())], [['core'], undefined, []]);
    const [core, hub] = await pulls();
    assert.deepEqual([core?.last?.rows, hub?.last?.code, hub?.next !== undefined], [1, 'STATEMENT_OF_ANOTHER_DAY', true]);
    daily.stop();
  });

  test('come once on two replicas, when the configured time has passed; a day that is done is not pulled again', async () => {
    const { replica, asked, day, time } = await world({ core: came(BOOKED), hub: came(BOOKED) });
    const [one, other] = [replica(), replica()];
    await Promise.all([one.look(), other.look()]);
    assert.deepEqual(asked, ['core 2026-03-11', 'hub 2026-03-11']);
    assert.deepEqual([(await day()).by, (await day()).pulled], ['system', ['core', 'hub']]);
    await time.advance(15 * HOUR);
    assert.equal(asked.length, 2, 'at midnight the day has just ended');
    await time.advance(HOUR + 60_000);
    assert.deepEqual(asked.slice(2), ['core 2026-03-12', 'hub 2026-03-12']);
    one.stop();
    other.stop();
  });

  test('are tried again with pauses; what came is compared meanwhile; from the third failure on it is an alarm, until it comes', async () => {
    const { replica, asked, answers, day, pulls, time, actions } = await world({ core: came(BOOKED), hub: { kind: 'not-there' } });
    const daily = replica();
    await daily.look();
    assert.deepEqual([(await day()).pulled, (await day()).hubStatementRows], [['core'], undefined]);
    const hub = (await pulls()).find(({ side }) => side === 'hub');
    assert.deepEqual([hub?.last?.code, hub?.next], ['STATEMENT_NOT_THERE', time.now() + 300_000]);
    await time.advance(4 * 60_000);
    assert.equal(asked.length, 2);
    await time.advance(2 * 60_000);
    assert.deepEqual([asked.length, daily.alarms()], [4, []]);
    await time.advance(11 * 60_000);
    assert.deepEqual(
      daily.alarms().map(({ id, code, reason }) => [id, code, reason]),
      [['statement hub', 'STATEMENT_NOT_PULLED', '2026-03-11: The hub has no statement of 2026-03-11 yet.']],
    );
    assert.equal((await actions()).filter((action) => action === 'statement.not-pulled').length, 1, 'what repeats is told once');
    assert.equal((await actions()).filter((action) => action === 'day.compared').length, 1, 'nothing new came');
    answers.hub = came(BOOKED);
    await time.advance(HOUR);
    assert.deepEqual([(await day()).pulled, daily.alarms()], [['core', 'hub'], []]);
    daily.stop();
  });

  test('leave alone what a person compared or closed', async () => {
    const { replica, post, asked, day } = await world({ core: came(BOOKED) });
    await post({ statement: `${HEAD}${BOOKED}\n` });
    const daily = replica();
    await daily.look();
    assert.deepEqual([asked, (await day()).by], [[], 'user:one']);
    daily.stop();
    const late = await world({ core: came(BOOKED) });
    late.meanwhile.do = async () => {
      late.meanwhile.do = async () => {};
      await late.post({});
    };
    const second = late.replica();
    await second.look();
    assert.equal((await late.day()).by, 'user:one', 'a person compared while it was on its way');
    second.stop();
  });

  test('of a day that was missed are had later, for a week, and from before it was configured none', async () => {
    const { replica, asked, answers, time } = await world({ core: { kind: 'failed', reason: 'no connection.' } });
    const first = replica();
    await first.look();
    first.stop();
    assert.deepEqual(asked, ['core 2026-03-11'], 'nothing of the days before');
    await time.advance(3 * DAY);
    answers.core = came();
    const again = replica();
    await again.look();
    assert.deepEqual(asked.slice(1), ['core 2026-03-11', 'core 2026-03-12', 'core 2026-03-13', 'core 2026-03-14']);
    again.stop();
  });

  test('of a standstill of more than a month: the days that are not caught up with are told, until a person has seen to each', async () => {
    const { replica, ask, as, asked, answers, time } = await world({ core: came(BOOKED) });
    const first = replica();
    await first.look();
    first.stop();
    answers.core = came();
    await time.advance(40 * DAY);
    const again = replica();
    again.stop();
    /** Looked at now and then alone: in virtual time, too, a look each minute of two days takes seconds. */
    const told = async () => {
      await again.look();
      return again.alarms().map(({ id, code, reason }) => `${code} ${id}: ${reason.split(': ')[0]}`);
    };
    assert.deepEqual(await told(), ['STATEMENT_NOT_PULLED statement standstill: 2026-03-12 to 2026-03-19']);
    assert.deepEqual([asked[1], asked.at(-1), asked.length], ['core 2026-03-20', 'core 2026-04-20', 33]);
    await time.advance(2 * DAY);
    assert.match((await told()).join(), /: 2026-03-12 to 2026-03-19$/, 'those that were caught up with are not among them');
    const cookies = await as('one', 'operator');
    let posts = 0;
    const compare = (day: number) => {
      const body = { statement: `${HEAD}${BOOKED.replace('t-1', `t-${day}`)}\n` };
      return ask(`POST /reconciliation/days/2026-03-${day}`, { cookies, body, from: `198.51.100.${++posts}` });
    };
    for (const day of [12, 14, 19]) await compare(day);
    assert.match((await told()).join(), /: 2026-03-13 to 2026-03-18$/);
    for (const day of [13, 15, 16, 18]) await compare(day);
    assert.match((await told()).join(), /: 2026-03-17$/);
    await compare(17);
    assert.deepEqual(await told(), []);
  });

  test('take as long as they take: no other replica begins meanwhile', async () => {
    const { replica, meanwhile, asked, time, day } = await world({ core: came(BOOKED) });
    const [one, other] = [replica(), replica()];
    meanwhile.do = async () => {
      meanwhile.do = async () => {};
      await time.advance(16 * 60_000);
    };
    await one.look();
    assert.deepEqual([asked, (await day()).pulled], [['core 2026-03-11'], ['core']]);
    one.stop();
    other.stop();
  });

  test('are had again while payments may still end, and once more when the day after is over for what is not compared', async () => {
    const young = { ...fact('t-2'), startedAt: at(12, 8, 58), hub: 'UNKNOWN' } as const;
    const { replica, asked, time, day } = await world({ core: came(BOOKED) }, { facts: [...T1, [at(11, 12), young]] });
    const daily = replica();
    await daily.look();
    assert.equal((await day()).running, 1);
    await time.advance(6 * 60_000);
    assert.deepEqual([asked.length, (await day()).running], [2, 0]);
    daily.stop();
    const facts: typeof T1 = [...T1, [at(11, 23, 59), fact('t-3')]];
    const edge = await world({ core: came(BOOKED) }, { facts, ofDate: { 'core 2026-03-12': { kind: 'not-there' } } });
    const second = edge.replica();
    await second.look();
    assert.deepEqual(listed(await edge.day()), ['t-3 NOT_COMPARED']);
    await edge.time.advance(15 * HOUR);
    assert.deepEqual(edge.asked, ['core 2026-03-11', 'core 2026-03-12']);
    await edge.time.advance(2 * HOUR);
    const times = () => edge.asked.filter((one) => one === 'core 2026-03-11').length;
    assert.equal(times(), 2);
    await edge.time.advance(DAY);
    assert.equal(times(), 2);
    second.stop();
  });

  test('had again keep what differed, although the hub was asked about it and it is of another day now', async () => {
    const silent = { ...fact('t-2'), hub: 'UNKNOWN' } as const;
    const { post, time, day } = await world({}, { facts: [...T1, [at(11, 12), silent]], answer: () => silent });
    await post({ askHub: true });
    await time.advance(60_000);
    await post({ askHub: true });
    assert.deepEqual(listed(await day()), ['t-2 OUTCOME_UNKNOWN']);
  });

  test('that never came stay an alarm when nobody tries any more, until a person compares the day', async () => {
    const { replica, ask, as, asked, answers, time } = await world({ core: { kind: 'not-there' } });
    const first = replica();
    await first.look();
    await time.advance(2 * HOUR);
    answers.core = came();
    first.stop();
    await time.advance(9 * DAY);
    asked.length = 0;
    const again = replica();
    await again.look();
    assert.deepEqual([asked.includes('core 2026-03-11'), asked.includes('core 2026-03-12'), asked.length], [false, true, 9]);
    assert.match(
      again
        .alarms()
        .map(({ id, reason }) => `${id} ${reason}`)
        .join(),
      /^statement core 2026-03-11: /,
    );
    const cookies = await as('one', 'operator');
    await ask('POST /reconciliation/days/2026-03-11', { cookies, body: { statement: `${HEAD}${BOOKED}\n` } });
    await again.look();
    assert.deepEqual(again.alarms(), []);
    again.stop();
  });

  test('that fail without an answer of anybody are an alarm, too', async () => {
    const { replica, time, meanwhile } = await world({ core: came(BOOKED) });
    meanwhile.do = async () => {
      throw new Error('the disk is full');
    };
    const daily = replica();
    await daily.look();
    await time.advance(20 * 60_000);
    assert.deepEqual(
      daily.alarms().map(({ id, code, reason }) => [id, code, reason]),
      [['statement day', 'STATEMENT_NOT_PULLED', '2026-03-11: the disk is full']],
    );
    meanwhile.do = async () => {};
    await time.advance(HOUR);
    assert.deepEqual(daily.alarms(), []);
    daily.stop();
  });

  test('wait 5 minutes, then longer, at most an hour', () => {
    assert.deepEqual(
      [1, 2, 3, 4, 5, 500].map((tries) => pauseAfter(tries) / 60_000),
      [5, 10, 20, 40, 60, 60],
    );
  });
});
