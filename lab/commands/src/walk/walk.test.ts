import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { root, sectionOf } from '../architecture/section.ts';
import type { Hit } from './follower.ts';
import { walked } from './walk.ts';
import { AS_AT_REST, returnsIn, stretchesOf, walkText } from './walk-text.ts';

const file = (path: string): Hit => ({ kind: 'file', file: `packages/${path}` });
const input = (text: string): Hit => ({ kind: 'input', input: text });
/** The lines of files, each file by itself. */
const filesIn = (text: string): readonly string[] =>
  [...text.matchAll(/^ {2}([\w/-]+): (.+)$/gm)]
    .flatMap(([, folder = '', names = '']) => names.split(', ').map((name) => `${folder}/${name}`))
    .sort();

const partsOf = (text: string) => {
  const [acting = '', atRest = ''] = text.split(`\n${AS_AT_REST}\n`);
  return { acting: filesIn(acting), atRest: filesIn(atRest) };
};
/** Files that act only now and then, such as what a timer does while a busy machine makes a payment slow; more means that the path has changed. */
const FEW = 10;
/** A breakpoint in each function that is entered takes half a minute of CPU. */
const skipOf = (occasion: 'payer' | 'payee') =>
  occasion === 'payee' && process.env['PM_TEST_LONG'] === undefined && 'PM_TEST_LONG=1 follows the payee, too';
const missingIn = (files: readonly string[] = [], all: readonly string[]) => files.filter((one) => !all.includes(one));

describe('./pm walk', () => {
  test('tells what came in, and each file where it acts for the first time', () => {
    const id = '01KAV2M0G7C6Q4Z1X9R8T5W3YB';
    const hits = [
      input(`GET /a/${id} comes in`),
      file('runtime/src/http.ts'),
      file('engine/src/engine.ts'),
      file('runtime/src/http-body.ts'),
      input('nothing follows from it'),
      input('200 is the answer to GET /b?x=1'),
      file('engine/src/engine.ts'),
      file('mojaloop-connector/src/payer/decide.ts'),
    ];
    const text = walkText({ hits, atRest: ['packages/vault/src/vault.ts'] });
    assert.match(
      text,
      /^4 files in 3 folders act, in 2 inputs; within one input a folder is entered again 1 times, at most 1 times in one\.\n/,
    );
    assert.match(
      text,
      /\nGET \/a\/\{id\} comes in\n {2}runtime: http\n {2}engine: engine\n {2}runtime: http-body\n200 is the answer to GET \/b\n/,
    );
    assert.deepEqual(partsOf(text).atRest, ['vault/vault']);
    assert.deepEqual(partsOf(text).acting, ['engine/engine', 'mojaloop-connector/payer/decide', 'runtime/http', 'runtime/http-body']);
    assert.deepEqual(stretchesOf(hits).map(returnsIn), [1, 0]);
  });

  for (const occasion of ['payer', 'payee'] as const)
    test(`ARCHITECTURE.md shows which files act in a payment, at its ${occasion} (write it anew with ./pm walk ${occasion} --write)`, {
      skip: skipOf(occasion),
    }, async () => {
      const page = sectionOf(readFileSync(`${root}ARCHITECTURE.md`, 'utf8'), `./pm walk ${occasion}`);
      const [shown, found] = [page, walkText(await walked(occasion))].map(partsOf);
      // what a timer does at rest, too, may be entered between two of its turns
      const gone = missingIn(shown?.acting, [...(found?.acting ?? []), ...(found?.atRest ?? [])]);
      const fresh = missingIn(found?.acting, [...(shown?.acting ?? []), ...(shown?.atRest ?? [])]);
      assert.ok(gone.length <= FEW, `shown, and does not act: ${gone.join(', ')}`);
      assert.ok(fresh.length <= FEW, `acts, and is not shown: ${fresh.join(', ')}`);
      assert.ok((found?.acting.length ?? 0) > 50);
    });
});
