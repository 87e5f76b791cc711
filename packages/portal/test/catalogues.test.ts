import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { knownOf, LANGUAGES, type Language } from '@payment-manager/runtime/languages';
import { ROOM } from '../tools/sources.ts';

type Texts = { readonly [name: string]: string | Texts | ((...values: readonly string[]) => string) };

/** The same in English and in another language: names, and words that both have. */
const SAME =
  /^(?:Payment Manager|Pages|Exceptions|Administration|UTC|Code|Type|Date|Format|Sandbox|Passkeys|Source|Sessions|Transaction|Notes|Messages|Condition|Message|Total|Certificates|Signature|Permissions|Actions|Positions|Action|Hub|Auditor|\W*)$/;

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

/** Of the portal, and what alerts are told with. */
const parts = globSync(['src/**/en.ts', '../runtime/src/words/*/en.ts'], { cwd: ROOM }).sort();
const OTHERS = (Object.keys(LANGUAGES) as Language[]).filter((language) => language !== 'en');

/** Letters that a text of the language has, where they are not the Latin ones. */
const LETTERS: Readonly<Record<string, RegExp>> = { ar: /\p{Script=Arabic}/u, my: /\p{Script=Myanmar}/u };

for (const language of OTHERS) {
  test(`every catalogue is there in ${language}, with the same texts, none empty or still English, each with all of its values`, async () => {
    assert.ok(parts.length >= 24);
    for (const part of parts) {
      const english = flat(await textsOf(part));
      const file = part.replace(/en\.ts$/, `${language}.ts`);
      assert.match(
        readFileSync(join(ROOM, file), 'utf8'),
        /^const [A-Z]+: [A-Za-z]+Texts|: [A-Za-z]+(?:Texts|Words) = \{/m,
        `${file} has the type of the English one`,
      );
      const others = flat(await textsOf(file));
      assert.deepEqual([...others.keys()].sort(), [...english.keys()].sort(), file);
      for (const [name, text] of english) {
        const other = others.get(name) ?? '';
        assert.ok(text.trim() !== '' && other.trim() !== '', `${file}: ${name} is empty`);
        assert.ok(text !== other || SAME.test(text.replace(/‹\d›/g, '')), `${file}: ${name} is still English: ${text}`);
        const letters = LETTERS[language];
        const own = other.replace(/‹\d›/g, '');
        assert.ok(
          letters === undefined || text === other || letters.test(own) || !/\p{L}\S*\s+\S*\p{L}/u.test(own),
          `${file}: ${name} has other letters: ${other}`,
        );
        const values = (said: string): string[] => [...new Set(said.match(/‹\d›/g) ?? [])].sort();
        assert.deepEqual(values(other), values(text), `${file}: ${name} says other values`);
      }
    }
  });
}

test('who has read the texts of a language is in the list of languages, and whose nobody has read says so', () => {
  const listed = readFileSync(join(ROOM, '../../docs/portal/languages.md'), 'utf8');
  const rows = [...listed.matchAll(/^\| `([a-z]{2})` \| ([^|]+) \| ([^|]+) \|/gm)].map(([, code = '', name = '', reader = '']) => ({
    ...{ code, name: name.trim(), unread: reader.trim() === 'nobody yet' },
  }));
  assert.deepEqual(
    rows,
    (Object.keys(LANGUAGES) as Language[]).map((code) => ({
      code,
      name: knownOf(code).name,
      unread: knownOf(code).unreviewed !== undefined,
    })),
  );
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

/** Codes of the server that no answer has. */
const IN_THE_LOG_ALONE: ReadonlySet<string> = new Set(['PORTAL_LOGO_UNUSABLE']);

test('every refusal that the API has is explained', async () => {
  const explained = await textsOf('src/text/problems/en.ts');
  const sources = globSync('../management-api/src/{server,identity,routes,approvals}/**/*.ts', { cwd: ROOM }).filter(
    (file) => !file.endsWith('.test.ts'),
  );
  const codes = sources.flatMap((file) =>
    [...readFileSync(join(ROOM, file), 'utf8').matchAll(/\bcode: '([A-Z_]+)'/g)].map(([, code = '']) => code),
  );
  assert.ok(codes.length > 15);
  assert.deepEqual([...new Set(codes)].filter((code) => explained[code] === undefined && !IN_THE_LOG_ALONE.has(code)).sort(), []);
});

const RULES = join(ROOM, '../../docs/alarms.md');

test('every alarm, and every reason for which a payment needs a person, has words', async () => {
  const listed = [...readFileSync(RULES, 'utf8').matchAll(/^\| `([A-Z_]+)` \| (exception|stands|once) /gm)];
  assert.ok(listed.length > 40);
  const { codes: alarms } = (await textsOf('../runtime/src/words/alarms/en.ts')) as { codes: Texts };
  const { codes: exceptions } = (await textsOf('../runtime/src/words/exceptions/en.ts')) as { codes: Texts };
  const without = listed.filter(
    ([, code = '', kind]) => (kind === 'exception' ? exceptions : { ...exceptions, ...alarms })[code] === undefined,
  );
  assert.deepEqual(
    without.map(([, code]) => code),
    [],
  );
});

test('everything that may be said of a payment has words: each fact of a side, each kind of event at the core', async () => {
  const said = await textsOf('src/text/said/en.ts');
  const list = readFileSync(join(ROOM, '../mojaloop-connector/src/transfer/said-fact.ts'), 'utf8');
  const codes = [...(/SAID_CODES = \[([^\]]+)\]/.exec(list)?.[1] ?? '').matchAll(/'([^']+)'/g)].map(([, code]) => code);
  assert.ok(codes.length > 30);
  assert.deepEqual(Object.keys(said).sort(), codes.sort());
  const { core } = (await textsOf('src/text/happenings/en.ts')) as { core: Texts };
  const kindsOf = (file: string, prefix: string): string[] =>
    [...readFileSync(join(ROOM, '../core-connector/src', file), 'utf8').matchAll(/\btype: '([a-z-]+)'/g)].map(([, kind]) => prefix + kind);
  // what nobody has to know: the time after which a repeat is another call
  const silent = ['core:effect-quiet', 'core:key-ended'];
  const kinds = new Set(
    [...kindsOf('record/events.ts', 'core:'), ...kindsOf('send/events.ts', 'send:')].filter((kind) => !silent.includes(kind)),
  );
  assert.ok(kinds.size > 30);
  assert.deepEqual(Object.keys(core).sort(), [...kinds].sort());
});

test('every reason for which a step of the connection stands as it does, and every way a part of the health page is, has words', async () => {
  const { steps, parts } = (await textsOf('src/text/conditions/en.ts')) as { steps: Texts; parts: Texts };
  const listed = (file: string, form: RegExp): string[] =>
    [...(form.exec(readFileSync(join(ROOM, '..', file), 'utf8'))?.[1] ?? '').matchAll(/'([\w-]+)'/g)].map(([, code = '']) => code).sort();
  const reasons = listed('connection-manager-client/src/condition.ts', /type ReasonCode =([^;]+);/);
  const codes = listed('operations/src/api/readiness.ts', /READINESS_CODES = \[([^\]]+)\]/);
  assert.ok(reasons.length > 25 && codes.length > 8);
  assert.deepEqual(Object.keys(steps).sort(), reasons);
  assert.deepEqual(Object.keys(parts).sort(), codes);
});
