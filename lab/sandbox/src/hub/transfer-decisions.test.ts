import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDateTime, type TransfersPostRequest } from '@payment-manager/fspiop';
import { virtualTime } from '@payment-manager/runtime';
import fc from 'fast-check';
import { fulfilmentOf, prepareBody } from '../scripted-dfsp.ts';
import { decideExpiry, decideFulfil, decideInquiry, decideRefusal } from './fulfil.ts';
import type { HubMessage } from './hub-message.ts';
import { decidePrepare } from './prepare.ts';
import { schemeDirectory } from './scheme-directory.ts';
import type { Decision, HubTransfer } from './transfer.ts';

const T = '8b1c8b5e-3c1a-4c8d-9b1f-0d2f6a7b8c9d';
const clock = virtualTime();
const START = clock.now();
const relay = (name: string): HubMessage => ({
  kind: 'relay',
  operation: 'PUT /transfers',
  method: 'PUT',
  target: name,
  headers: {},
  body: name,
});

/** Something that can happen to a transfer. */
type Step =
  | { readonly kind: 'prepare'; readonly source: string; readonly amount: string }
  | {
      readonly kind: 'fulfil';
      readonly source: string;
      readonly state: 'RESERVED' | 'COMMITTED' | 'ABORTED';
      readonly right: boolean;
      readonly version: string;
    }
  | { readonly kind: 'refuse'; readonly source: string }
  | { readonly kind: 'inquire'; readonly source: string }
  | { readonly kind: 'wait'; readonly ms: number };

const fsp = fc.constantFrom('greenbank', 'bluewallet', 'redfund');
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('prepare' as const), source: fsp, amount: fc.constantFrom('25', '26', '1000') }),
  fc.record({
    kind: fc.constant('fulfil' as const),
    source: fc.constantFrom('bluewallet', 'bluewallet', 'redfund'),
    state: fc.constantFrom('RESERVED' as const, 'COMMITTED' as const, 'ABORTED' as const),
    right: fc.boolean(),
    version: fc.constantFrom('1.0', '1.1', '2.0'),
  }),
  fc.record({ kind: fc.constant('refuse' as const), source: fsp }),
  fc.record({ kind: fc.constant('inquire' as const), source: fsp }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1_000, 15_000, 30_000) }),
);

function decide(known: HubTransfer | undefined, given: Step, now: number, directory: ReturnType<typeof schemeDirectory>): Decision {
  switch (given.kind) {
    case 'prepare': {
      const change = {
        amount: { amount: given.amount, currency: 'USD' },
        payerFsp: given.source,
        expiration: formatDateTime(START + 40_000),
      };
      const body = prepareBody(T, clock, change) as TransfersPostRequest;
      return decidePrepare(
        known,
        { source: given.source, body, contentHash: given.source + given.amount, answerVersion: '1.1', relay: relay('prepare') },
        directory,
        now,
      );
    }
    case 'fulfil': {
      const body = { transferState: given.state, fulfilment: fulfilmentOf(given.right ? 7 : 8).fulfilment };
      return decideFulfil(
        known,
        { transferId: T, source: given.source, body, contentHash: JSON.stringify(body), version: given.version, relay: relay('fulfil') },
        now,
      );
    }
    case 'refuse':
      return decideRefusal(
        known,
        {
          transferId: T,
          source: given.source,
          error: { errorCode: '5104', errorDescription: 'no' },
          version: '1.1',
          relay: relay('refusal'),
        },
        now,
      );
    case 'inquire':
      return decideInquiry(known, { transferId: T, source: given.source, version: '1.1' }, 'error');
    case 'wait':
      return decideExpiry(known, now);
  }
}

test('transfer decisions: whatever happens in whatever order, money is conserved, an outcome never changes, and no fulfilment leaks', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const directory = schemeDirectory();
      for (const fspId of ['greenbank', 'bluewallet', 'redfund']) {
        directory.putParticipant({ fspId, endpoint: 'http://x', jwsPublicKeys: [], currencies: ['USD'] });
        directory.putPosition(fspId, 'USD', 1_000_000n);
      }
      let known: HubTransfer | undefined;
      let now = START;
      let commits = 0;
      for (const given of steps) {
        if (given.kind === 'wait') now += given.ms;
        const before = known;
        const decision = decide(known, given, now, directory);
        directory.move(decision.positions ?? []);
        known = decision.transfer ?? known;
        if (before !== undefined && before.state !== 'RESERVED') assert.equal(known, before, 'a decided transfer stays as it is');
        if (decision.transfer?.state === 'COMMITTED') commits += 1;
        const positions = directory.positions();
        assert.equal(
          positions.reduce((sum, position) => sum + position.committed, 0n),
          0n,
        );
        const openUnits = known?.state === 'RESERVED' ? BigInt(known.amount) * 10_000n : 0n;
        assert.equal(
          positions.reduce((sum, position) => sum + position.reserved, 0n),
          openUnits,
        );
        assert.ok(positions.every((position) => position.committed + position.reserved <= position.netDebitCap));
        const told = JSON.stringify(decision.owed);
        if (known?.state !== 'COMMITTED') assert.ok(!told.includes(fulfilmentOf(7).fulfilment));
        if (before?.state === 'RESERVED' && known?.state !== 'RESERVED')
          assert.equal(decision.owed.filter(({ to }) => to === known?.payerFsp).length, 1);
      }
      assert.ok(commits <= 1);
      if (known !== undefined && now >= known.expiration)
        assert.notEqual(decideExpiry(known, now).transfer?.state ?? known.state, 'RESERVED');
    }),
    { numRuns: 2_000 },
  );
});
