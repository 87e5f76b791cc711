import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertBooks, assertCalledAtMostOnce, exceptionCodes, nothingOpen } from '../scheme/books.ts';
import { FINERACT_SAVINGS, merged, REST_CORE } from '../scheme/configuration.ts';
import { type SchemeFolders, schemeFolders } from '../scheme/folders.ts';
import { messageJudge } from '../scheme/message-judge.ts';
import { type RunningScheme, type Side, startRunningScheme } from '../scheme/running-scheme.ts';
import { until } from '../scheme/waiting.ts';
import { lostMessageScenes } from './scenes/lost-messages.ts';
import { ordinaryScenes } from './scenes/ordinary.ts';
import { outageScenes } from './scenes/outages.ts';
import { ALL_MODES, type CoreMode, type Outcome, type Scene } from './scenes/scene.ts';

const scenes: readonly Scene[] = [...ordinaryScenes, ...lostMessageScenes, ...outageScenes];
const judge = messageJudge();
let folders: SchemeFolders;
before(async () => {
  folders = await schemeFolders('matrix');
});
after(() => folders.remove());

const CONNECTORS: Partial<Record<CoreMode, string>> = { 'rest-core': REST_CORE, 'fineract-savings': FINERACT_SAVINGS };
const NO_FEE = 0n;

/**
 * Every scene in all its modes when `PM_TEST_LONG` says so. Else those that are about the core, or that are each day’s, are; of the others, in which the hub or
 * the network fails, each is with a crediting core and with one of those that book afterwards, in turn.
 */
function modesOf(scene: Scene, place: number): readonly CoreMode[] {
  const all = scene.modes ?? ALL_MODES;
  if (process.env['PM_TEST_LONG'] !== undefined || scene.inAllModes === true) return all;
  const afterwards = all.filter((mode) => mode !== 'credit');
  return all.filter((mode) => mode === 'credit' || mode === afterwards[place % afterwards.length]);
}

describe('a payment, end to end, over mutual TLS with signatures', { concurrency: 3 }, () => {
  for (const [place, scene] of scenes.entries()) {
    for (const mode of modesOf(scene, place)) {
      const how = CONNECTORS[mode] === undefined ? `the payee's core ${mode}s` : `the payee's core behind ${mode}`;
      test(`${scene.name} (${how})`, () => play(scene, mode));
    }
  }
});

/** Every message that a DFSP sends for a payment was judged by the official schemas, in the versions in which it may go out. */
test('the matrix saw, and judged, every kind of message', () => {
  for (const kind of [
    'GET /parties',
    'PUT /parties',
    'PUT /parties/error',
    'POST /quotes',
    'PUT /quotes',
    'PUT /quotes/error',
    'POST /transfers',
    'PUT /transfers',
    'PUT /transfers/error',
    'GET /transfers',
  ]) {
    assert.ok(judge.kinds.has(`${kind} 1.1`), `${kind} did not occur`);
  }
  for (const kind of ['GET /parties', 'PUT /parties', 'POST /quotes', 'PUT /quotes', 'POST /transfers', 'PUT /transfers']) {
    for (const version of ['1.0', '2.0']) assert.ok(judge.kinds.has(`${kind} ${version}`), `${kind} did not occur with version ${version}`);
  }
});

async function play(scene: Scene, mode: CoreMode): Promise<void> {
  const running = await startRunningScheme({
    folder: folders.next(),
    ...(mode === 'reserve' || mode === 'credit' ? { atPrepare: mode } : {}),
    ...(scene.payer !== undefined && { payer: scene.payer }),
    payee: merged(scene.payee ?? {}, CONNECTORS[mode] === undefined ? {} : { core: { connector: CONNECTORS[mode] } }),
    ...(scene.nobodyLate !== undefined && { nobodyLate: scene.nobodyLate }),
    ...(scene.scheme !== undefined && { scheme: scene.scheme }),
  });
  try {
    await assertSound(running, await scene.run(running, mode), mode === 'fineract-savings' ? NO_FEE : undefined);
  } finally {
    await running.stop();
  }
}

/** What must be true after every scene. */
async function assertSound(running: RunningScheme, outcome: Outcome, feeEach: bigint | undefined): Promise<void> {
  const { payer, payee, scheme, hub } = running;
  await nothingOpen(payer.journalFile);
  if (outcome.payeeStaysOpen !== true) await nothingOpen(payee.journalFile);
  await raised(payee, outcome.payeeExceptions?.length ?? 0);
  assertBooks(payer.core, payee.core, scheme.hub, outcome, feeEach);
  if (outcome.coreMayBeCalledAgain !== true) assertCalledAtMostOnce(payee.core);
  assert.deepEqual(await exceptionCodes(payer.operations), outcome.payerExceptions ?? []);
  assert.deepEqual(await exceptionCodes(payee.operations), outcome.payeeExceptions ?? []);
  await assertPayerKnows(payer);
  for (const { log } of [payer, payee]) {
    assert.deepEqual(
      log.lines.filter(({ level }) => level === 'error'),
      [],
    );
  }
  judge.judging(scheme.publicKeysFolder).assertAllSound(hub.messages);
}

/** The hub's word may be on its way to the payee when the payer knows it already. */
async function raised({ operations }: Side, count: number): Promise<void> {
  await until(`${count} exceptions`, async () => (await exceptionCodes(operations)).length >= count);
}

/** What `GET /transfers/{id}` tells the payer's core in the end is what the core was told before. */
async function assertPayerKnows(payer: Side): Promise<void> {
  for (const { transferId, state } of payer.core.payer.all(100)) {
    if (transferId === undefined) continue;
    const response = await fetch(`${payer.outbound}/transfers/${transferId}`);
    const body = (await response.json()) as { currentState?: string; transferState?: { currentState?: string } };
    assert.equal(body.currentState ?? body.transferState?.currentState, state);
  }
}
