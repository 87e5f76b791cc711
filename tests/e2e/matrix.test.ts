import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type SchemeFolders, schemeFolders } from '../scheme/folders.ts';
import { messageJudge } from '../scheme/message-judge.ts';
import { ALL_SCENES } from './scenes/all-scenes.ts';
import { CONNECTORS, play } from './scenes/play.ts';
import { ALL_MODES, type CoreMode, type Scene } from './scenes/scene.ts';

const judge = messageJudge();
let folders: SchemeFolders;
before(async () => {
  folders = await schemeFolders('matrix');
});
after(() => folders.remove());

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
  for (const [place, scene] of ALL_SCENES.entries()) {
    for (const mode of modesOf(scene, place)) {
      const how = CONNECTORS[mode] === undefined ? `the payee's core ${mode}s` : `the payee's core behind ${mode}`;
      test(`${scene.name} (${how})`, () => play(scene, mode, { folder: folders.next(), judge }));
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
