import assert from 'node:assert/strict';
import { assertBooks, assertCalledAtMostOnce, exceptionCodes } from '../../scheme/books.ts';
import { FINERACT_SAVINGS, merged, REST_CORE } from '../../scheme/configuration.ts';
import type { messageJudge } from '../../scheme/message-judge.ts';
import { type RunningScheme, type SchemeChoices, type Side, startRunningScheme } from '../../scheme/running-scheme.ts';
import { until } from '../../scheme/waiting.ts';
import type { CoreMode, Outcome, Scene } from './scene.ts';

/** The folders of the connectors that are modes of the payee's core. */
export const CONNECTORS: Partial<Record<CoreMode, string>> = { 'rest-core': REST_CORE, 'fineract-savings': FINERACT_SAVINGS };
const NO_FEE = 0n;

/** In which scheme a scene is played. */
export interface Stage {
  readonly folder: string;
  readonly judge: ReturnType<typeof messageJudge>;
  /** Each Payment Manager as two processes’ worth, by role, on this PostgreSQL. */
  readonly split?: SchemeChoices['split'];
  /** Each Payment Manager as a process with no more than this. */
  readonly limits?: SchemeChoices['limits'];
  /** Told of what is over, before it is stopped. */
  readonly seen?: (running: RunningScheme) => void;
}

/** Plays a scene in a scheme of its own, and looks at what must be true after every scene. */
export async function play(scene: Scene, mode: CoreMode, { folder, judge, split, limits, seen }: Stage): Promise<void> {
  const running = await startRunningScheme({
    folder,
    ...(split !== undefined && { split }),
    ...(limits !== undefined && { limits }),
    ...(mode === 'reserve' || mode === 'credit' ? { atPrepare: mode } : {}),
    ...(scene.payer !== undefined && { payer: scene.payer }),
    payee: merged(scene.payee ?? {}, CONNECTORS[mode] === undefined ? {} : { core: { connector: CONNECTORS[mode] } }),
    ...(scene.nobodyLate !== undefined && { nobodyLate: scene.nobodyLate }),
    ...(scene.scheme !== undefined && { scheme: scene.scheme }),
  });
  try {
    await assertSound(running, judge, await scene.run(running, mode), mode === 'fineract-savings' ? NO_FEE : undefined);
    seen?.(running);
  } finally {
    await running.stop();
  }
}

/** What must be true after every scene. */
async function assertSound(running: RunningScheme, judge: Stage['judge'], outcome: Outcome, feeEach: bigint | undefined): Promise<void> {
  const { payer, payee, scheme, hub } = running;
  await payer.nothingOpen();
  if (outcome.payeeStaysOpen !== true) await payee.nothingOpen();
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
