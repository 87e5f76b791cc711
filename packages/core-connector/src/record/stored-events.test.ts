import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { formatOfKind, memoryJournal } from '@payment-manager/journal';
import { recordedLog } from '@payment-manager/runtime';
import { World } from '../../test/world.ts';
import { keepVersion } from '../loading/kept-version.ts';
import { CORE_KIND, USED_ID } from './claims.ts';
import type { CoreEvent } from './events.ts';
import { journalProofs } from './journal-proofs.ts';

const PREPARE = 'transfer.prepare';
const PERSON = { by: 'who', reason: 'why' };

/** An event of each kind: a new one, or a new meaning of one, is a new format of the journal (`packages/journal/src/format.ts`). */
const EVENTS: { readonly [T in CoreEvent['type']]: Extract<CoreEvent, { type: T }> } = {
  'operation-begun': {
    type: 'operation-begun',
    at: 1,
    transferId: 'T1',
    side: 'payee',
    operation: PREPARE,
    hash: 'hash',
    version: 'v1',
    input: '{}',
    deadline: 2,
    undoes: PREPARE,
  },
  'operation-failed': { type: 'operation-failed', at: 1, operation: PREPARE, reason: 'why' },
  'operation-ended': { type: 'operation-ended', at: 1, operation: PREPARE, ended: { kind: 'reply', reply: '{}', facts: '{}' } },
  'person-acted': { type: 'person-acted', at: 1, what: 'what', ...PERSON },
  stuck: { type: 'stuck', at: 1, operation: PREPARE, reason: 'why' },
  'effect-started': {
    type: 'effect-started',
    at: 1,
    effect: 'hold',
    operation: PREPARE,
    attempt: 1,
    deadline: 2,
    proven: true,
    first: { kind: 'hold', key: 'T1-hold', amount: '1.5', sealed: 'sealed', awaits: 'decided', expiresAt: 3, since: 1 },
  },
  'effect-ended': { type: 'effect-ended', at: 1, effect: 'hold', outcome: 'refused', by: 'answer', code: '5105', message: 'why' },
  'effect-unknown': { type: 'effect-unknown', at: 1, effect: 'hold', reason: 'why' },
  'effect-not-sent': { type: 'effect-not-sent', at: 1, effect: 'hold', reason: 'why' },
  'effect-pending': { type: 'effect-pending', at: 1, effect: 'hold', facts: '{}' },
  'effect-quiet': { type: 'effect-quiet', at: 1, effect: 'hold' },
  'key-ended': { type: 'key-ended', at: 1, effect: 'hold' },
  'effect-hinted': { type: 'effect-hinted', at: 1, effect: 'hold', callback: 'decided' },
  'effect-asked': { type: 'effect-asked', at: 1, effect: 'hold', said: 'absent', reason: 'why', hinted: true },
  'reversal-failed': { type: 'reversal-failed', at: 1, effect: 'hold', reason: 'why' },
  'hold-renewed': { type: 'hold-renewed', at: 1, effect: 'hold', until: 3 },
  'renewal-failed': { type: 'renewal-failed', at: 1, effect: 'hold', reason: 'why' },
  'exception-raised': { type: 'exception-raised', at: 1, effect: 'hold', code: 'CORE_EFFECT_UNKNOWN', reason: 'why' },
};

test('records at the core: each kind of event is stored as it was before', async (t) => {
  const snapshot = fileURLToPath(new URL('../../test/stored-events/core.snapshot', import.meta.url));
  t.assert.fileSnapshot(EVENTS, snapshot, { serializers: [(value: unknown) => `${JSON.stringify(value, null, 2)}\n`] });
});

test('what a connector writes is of kinds that came with format 2: no process of a version before shares the journal then', async () => {
  const journal = memoryJournal();
  const kinds = new Set<string>();
  const watched = {
    ...journal,
    append(append: Parameters<typeof journal.append>[0]) {
      kinds.add(append.kind);
      return journal.append(append);
    },
  };
  const world = new World();
  await keepVersion(watched, 'v1', { files: { connector: '', operations: new Map() }, settings: {} }, 1);
  await journalProofs(watched, world.time, recordedLog()).add('v1 transfer.prepare hold');
  await world.ask(PREPARE);
  kinds.add((await world.journal.load('core-payee-T1'))?.kind ?? 'none');
  assert.deepEqual([...kinds].sort(), [CORE_KIND, USED_ID, 'core-enquiry', 'core-version'].sort());
  for (const kind of kinds) assert.equal(formatOfKind(kind), 2, kind);
});
