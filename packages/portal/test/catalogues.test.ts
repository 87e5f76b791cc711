import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOM } from '../tools/sources.ts';

type Texts = { readonly [name: string]: string | Texts | ((...values: readonly string[]) => string) };

/** The same in both languages: names, and words that both have. */
const SAME =
  /^(?:Payment Manager|Pages|Exceptions|Administration|UTC|Code|Type|Date|Format|Sandbox|Passkeys|Source|Sessions|Transaction|Notes|Messages|Condition|Message|Total|Certificates|Signature|Permissions|Actions|Action|\W*)$/;

async function textsOf(file: string): Promise<Texts> {
  return ((await import(join(ROOM, file))) as { default: Texts }).default;
}

/** Each text with its place, functions called with words. */
function flat(texts: Texts, place = ''): Map<string, string> {
  const all = new Map<string, string>();
  for (const [name, value] of Object.entries(texts)) {
    if (typeof value === 'string') all.set(place + name, value);
    else if (typeof value === 'function')
      all.set(`${place}${name}()`, value(...Array.from({ length: value.length }, (_, at) => `‹${at}›`)));
    else for (const [deeper, text] of flat(value, `${place}${name}.`)) all.set(deeper, text);
  }
  return all;
}

const parts = globSync('src/**/en.ts', { cwd: ROOM }).sort();

test('every catalogue is there in each language, with the same texts, none empty, each with all of its values', async () => {
  assert.ok(parts.length >= 6);
  for (const part of parts) {
    const english = flat(await textsOf(part));
    const french = flat(await textsOf(part.replace(/en\.ts$/, 'fr.ts')));
    assert.deepEqual([...french.keys()], [...english.keys()], part);
    for (const [name, text] of english) {
      const other = french.get(name) ?? '';
      assert.ok(text.trim() !== '' && other.trim() !== '', `${part}: ${name} is empty`);
      assert.ok(text !== other || SAME.test(text), `${part}: ${name} is the same in both languages: ${text}`);
      const values = (said: string): string[] => [...new Set(said.match(/‹\d›/g) ?? [])].sort();
      assert.deepEqual(values(other), values(text), `${part}: ${name} says other values`);
    }
  }
});

test('what pages show is in a catalogue: no words between tags, none in labels', () => {
  const wrong = globSync('src/**/*.tsx', { cwd: ROOM }).flatMap((file) => {
    const text = readFileSync(join(ROOM, file), 'utf8');
    const between = [...text.matchAll(/>\s*([A-Z][a-z]+(?: [a-z]+)+[^<>{}]*)</g)].map(([, words]) => words);
    const labels = [...text.matchAll(/(?:label|title|placeholder|aria-label|alt)="([^"]+)"/g)].map(([, words]) => words);
    return [...between, ...labels].map((words) => `${file}: ${words}`);
  });
  assert.deepEqual(wrong, []);
});

test('every refusal that the API has is explained', async () => {
  const explained = await textsOf('src/text/problems/en.ts');
  const sources = globSync('../management-api/src/{server,identity,routes,approvals}/**/*.ts', { cwd: ROOM }).filter(
    (file) => !file.endsWith('.test.ts'),
  );
  const codes = sources.flatMap((file) =>
    [...readFileSync(join(ROOM, file), 'utf8').matchAll(/\bcode: '([A-Z_]+)'/g)].map(([, code = '']) => code),
  );
  assert.ok(codes.length > 15);
  assert.deepEqual([...new Set(codes)].filter((code) => explained[code] === undefined).sort(), []);
});
