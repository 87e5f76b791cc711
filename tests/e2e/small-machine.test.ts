/** The payment matrix with 256 MB and half a core for each Payment Manager, by control groups of the kernel. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type SchemeFolders, schemeFolders } from '../scheme/folders.ts';
import { controlGroup } from '../scheme/limited.ts';
import { messageJudge } from '../scheme/message-judge.ts';
import { ALL_SCENES } from './scenes/all-scenes.ts';
import { play } from './scenes/play.ts';

const LIMITS = { memoryMb: 256, cpus: 0.5 };

let folders: SchemeFolders;
before(async () => {
  folders = await schemeFolders('small');
});
after(() => folders.remove());

const most: number[] = [];

/** Why it is not run; everyday tests have the image’s limits in `./pm image --verify` alone. */
function refusal(): string | undefined {
  if (process.env['PM_TEST_LONG'] === undefined) return 'five minutes: with PM_TEST_LONG';
  try {
    controlGroup(LIMITS).remove();
    return undefined;
  } catch (error) {
    return `no control group can be made here (${(error as Error).message}): on Linux as root`;
  }
}

describe('each Payment Manager has 256 MB and half a core', { skip: refusal() }, () => {
  const judge = messageJudge();
  for (const scene of ALL_SCENES) {
    const mode = scene.modes?.[0] ?? 'reserve';
    test(`${scene.name} (${mode})`, () =>
      play(scene, mode, {
        folder: folders.next(),
        judge,
        limits: LIMITS,
        seen: ({ payer, payee }) => most.push(...[payer, payee].map(({ mostMemory }) => mostMemory?.() ?? 0)),
      }));
  }

  test('none comes near its limit', (t) => {
    const most256 = Math.max(...most) / 1_048_576;
    t.diagnostic(`most memory of a process: ${most256.toFixed(0)} MB, what files it was the first to read take included`);
    assert.ok(most.length > 0 && most256 <= LIMITS.memoryMb);
  });
});
