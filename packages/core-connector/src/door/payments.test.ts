import assert from 'node:assert/strict';
import { test } from 'node:test';
import { prepareFor, quoted, told as toldOf } from '@payment-manager/mojaloop-connector/test-scenes';
import { seededRandom } from '@payment-manager/runtime';
import { payments } from '../../test/payments.ts';
import type { Fault } from '../../test/scripted-core.ts';

const FAULTS: readonly Fault[] = ['not-sent', 'lost-before', 'lost-after', 'late', 'cut', 'gateway', 'refuse', 'pending'];

/** The faults of the network between a payment and its connector. */
const NETWORK = ['lost', 'answer-lost', 'no-connection'] as const;

/** A payment with faults and deaths, for each seed; what the ledger says must be what the hub says. Answers what the hub was told. */
async function pays(seeds: number, apart: boolean): Promise<ReadonlySet<string>> {
  const seen = new Set<string>();
  for (let seed = 1; seed <= seeds; seed++) {
    const fates = seededRandom(seed * 7);
    let broken = true;
    const network = () => (!broken || fates.fraction() > 0.25 ? 'arrives' : (NETWORK[Math.floor(fates.fraction() * 3)] ?? 'arrives'));
    const { random, core, payee, time } = await payments(seed, apart ? { network } : undefined);
    const quote = await quoted(payee, { amountType: 'RECEIVE', amount: { currency: 'USD', amount: '99.5' } });
    core.core.fault = (call) => {
      if (random.fraction() > 0.3) return undefined;
      const fault = FAULTS[Math.floor(random.fraction() * FAULTS.length)];
      if (call.startsWith('GET') && (fault === 'refuse' || fault === 'pending' || fault === 'late')) return undefined;
      if (fault === 'pending' && !call.startsWith('POST /accounts')) return undefined;
      return fault === 'refuse' && (call.endsWith('/release') || call.endsWith('/suspense')) ? undefined : fault;
    };
    const prepare = prepareFor(payee, quote);
    const id = prepare.transferId;
    await payee.receive('POST', '/transfers', prepare);
    await time.advance(random.fraction() * 2_000);
    if (random.fraction() < 0.5) {
      // one process, or either of two
      const which = apart ? random.fraction() : 0.5;
      const restarted = which < 0.7 ? core.kill() : undefined;
      if (which > 0.3) await payee.crash();
      await restarted;
    }
    await time.advance(20_000);
    const said = toldOf(payee, id);
    // the hub commits what we reserved, mostly, and aborts everything else when it has expired
    const commits = said.includes('RESERVED') && random.fraction() < 0.8;
    const body = { transferState: commits ? 'COMMITTED' : 'ABORTED', completedTimestamp: new Date(time.now()).toISOString() };
    if (said.includes('RESERVED')) await payee.receive('PATCH', `/transfers/${id}`, body, { source: 'switch' });
    else if (said.length === 0)
      await payee.receive(
        'PUT',
        `/transfers/${id}/error`,
        { errorInformation: { errorCode: '3303', errorDescription: 'expired' } },
        { source: 'switch' },
      );
    core.core.fault = () => undefined;
    broken = false;
    await time.advance(3_000_000);
    const { held, booked, suspense } = core.core.totals;
    const what = `seed ${seed}: ${said.join(' ')} then ${commits ? 'COMMITTED' : 'ABORTED'}`;
    if (!commits) assert.deepEqual({ held, booked, suspense }, { held: '0', booked: '0', suspense: '0' }, what);
    else if (suspense === '0') assert.deepEqual({ held, booked }, { held: '0', booked: '99.5' }, what);
    else assert.deepEqual({ booked, suspense }, { booked: '0', suspense: '99.5' }, what);
    assert.deepEqual(
      (await payee.connector.exceptions({ limit: 9 })).map(({ code, reason }) => `${code}: ${reason}`),
      [],
      what,
    );
    seen.add(said.length === 0 ? 'no answer' : (said[0] ?? '').slice(0, 8));
  }
  return new Set([...seen].map((word) => word.split(' ')[0] ?? ''));
}

test('40 payments through the real payee’s side, with faults of the core and deaths: the ledger says what the hub says', async () => {
  const seen = await pays(40, false);
  assert.ok(seen.has('RESERVED') && seen.has('error'), [...seen].join());
});

test('20 payments over the backend API of a connector in a process of its own, with a journal of its own, a network that loses, and deaths of either', async () => {
  const seen = await pays(20, true);
  assert.ok(seen.has('RESERVED') && seen.has('error'), [...seen].join());
});
