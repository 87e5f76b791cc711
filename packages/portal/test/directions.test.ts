import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isolated, withIsolatedValues } from '@payment-manager/runtime/isolate';
import { firstLanguage, LANGUAGES, type Language } from '@payment-manager/runtime/languages';
import { formatsIn } from '../src/text/formats-in.ts';
import { ROOM } from '../tools/sources.ts';

/** What says left or right: it would stay there where a page is read from right to left. */
const SIDES = [
  /(?:^|[\s;{])(?:margin|padding|border)-(?:left|right)\b/,
  /(?:^|[\s;{])(?:left|right):/,
  /(?:text-align|float|clear|justify-[a-z]+): (?:left|right)/,
  /border-(?:top|bottom)-(?:left|right)-radius/,
  /\bto (?:left|right)\b/,
];
/** Declarations that may: why they are the same from both sides. */
const ALLOWED: Readonly<Record<string, string>> = {
  'repeating-linear-gradient(to right, var(--pm-line-strong) 0 5px, transparent 5px 9px)': 'dashes, which go nowhere',
};

const styles = globSync('src/**/*.css', { cwd: ROOM }).sort();
const withoutComments = (css: string): string => css.replace(/\/\*[\s\S]*?\*\//g, '');

/** Four distances of which the second is not the fourth. */
function isLopsided(value: string): boolean {
  const parts = value.match(/(?:[a-z-]+\((?:[^()]|\([^()]*\))*\)|[^\s()]+)/g) ?? [];
  return parts.length === 4 && parts[1] !== parts[3];
}

test('no style says left or right: a page is mirrored by its direction alone', () => {
  assert.ok(styles.length > 20);
  const wrong = styles.flatMap((file) =>
    withoutComments(readFileSync(join(ROOM, file), 'utf8'))
      .split('\n')
      .filter((line) => SIDES.some((side) => side.test(line)) && !Object.keys(ALLOWED).some((allowed) => line.includes(allowed)))
      .map((line) => `${file}: ${line.trim()}`),
  );
  assert.deepEqual(wrong, []);
});

test('distances of four sides are the same at both, and what has no logical form turns with the page', () => {
  const wrong = styles.flatMap((file) =>
    [
      ...withoutComments(readFileSync(join(ROOM, file), 'utf8')).matchAll(
        /(padding|margin|inset|border-radius|box-shadow|transform): ([^;]+);/g,
      ),
    ]
      .filter(([, name = '', value = '']) =>
        name === 'box-shadow' || name === 'transform'
          ? /^(?:inset )?-?[1-9][^\s]*(?: |$)|translateX\((?!calc\([^)]*--pm-forward)/.test(value)
          : isLopsided(value),
      )
      .map(([line]) => `${file}: ${line}`),
  );
  assert.deepEqual(wrong, []);
});

const AT = Date.UTC(2026, 2, 12, 20, 30, 5, 120);
const bare = (text: string): string => text.replace(/[\u200e\u200f\u061c\u2066-\u2069]/g, '');

test('numbers and instants have the digits 0 to 9 in each language, and the words of the language', () => {
  const said = Object.fromEntries(
    (Object.keys(LANGUAGES) as Language[]).map((language) => {
      const { amount, count, percent, exactly, dayOfYear, clock, duration } = formatsIn(language, 'Africa/Maputo');
      const all = [amount('-1234567.80', 'USD'), count(12_345), percent(0.982), exactly(AT), dayOfYear(AT), clock(AT), duration(90_000)];
      for (const text of all) assert.match(bare(text), /[0-9]/);
      assert.doesNotMatch(all.join(), /[\u0660-\u0669\u06f0-\u06f9\u1040-\u1049]/, language);
      return [language, bare(all.slice(0, 4).join(' | '))];
    }),
  );
  assert.equal(said['pt'], '-1\u00a0234\u00a0567,80\u00a0USD | 12\u00a0345 | 98,2% | 12/03/2026, 22:30:05,120 UTC+2');
  assert.equal(said['sw'], '-1,234,567.80\u00a0USD | 12,345 | 98.2% | 12 Mac 2026, 22:30:05.120 UTC+2');
  assert.match(said['my'] ?? '', /^-1,234,567\.80\u00a0USD \| 12,345 \| 98\.2% \| .*မတ်.* UTC\+2$/);
  assert.match(said['ar'] ?? '', /^-1,234,567\.80\u00a0USD \| 12,345 \| 98\.2% \| 12 مارس 2026, 22:30:05\.120 UTC\+2$/);
});

test('in a page that is read from right to left an amount is one piece, its sign before it and its currency behind', () => {
  const { amount, figure, fromTo } = formatsIn('ar', 'UTC');
  assert.equal(amount('-25', 'USD'), '\u2066-25.00\u00a0USD\u2069');
  assert.equal(figure('7.5', 'USD'), '\u20667.50\u2069');
  assert.equal(fromTo('Amara', '+258 84'), '\u2068Amara\u2069 ← \u2068+258 84\u2069');
  // letters alone, too: two names of one direction around a sign would be one piece, and be read payee first
  assert.equal(fromTo('Zoe Diallo', 'Ada Banda'), '\u2068Zoe Diallo\u2069 ← \u2068Ada Banda\u2069');
  assert.equal(formatsIn('en', 'UTC').fromTo('Amara', 'Thandi'), 'Amara → Thandi');
});

test('a value in a sentence of such a page is isolated, a word that the catalogue compares is not touched', () => {
  const texts = withIsolatedValues({
    title: 'عنوان',
    sent: (to: string) => `إلى ${to}`,
    deep: { said: (v: Readonly<Record<string, string>>) => `${v['outcome'] === 'not-found' ? 'لا' : 'نعم'} ${v['id']}` },
    many: (all: readonly string[], count: number) => `${all.join()} ${count}`,
  });
  assert.equal(texts.title, 'عنوان');
  assert.equal(texts.sent('52e5107a-3759'), 'إلى \u206852e5107a-3759\u2069');
  assert.equal(texts.deep.said({ outcome: 'not-found', id: '+258' }), 'لا \u2068+258\u2069');
  assert.equal(texts.many(['a', '1.5'], 2), 'a,\u20681.5\u2069 2');
  for (const word of ['COMMITTED', 'party.get ok', 'Thandi Nkosi', 'ثاندي', '12']) assert.equal(isolated(word), word);
});

test('the first language is what was chosen here, else the first of the browser’s that there is', () => {
  assert.equal(firstLanguage('sw', ['fr-FR']), 'sw');
  assert.equal(firstLanguage('xx', ['de-DE', 'ar-EG', 'fr']), 'ar');
  assert.equal(firstLanguage(undefined, ['mya', 'pt-MZ']), 'pt');
  assert.equal(firstLanguage(undefined, ['arn']), 'en');
  assert.equal(firstLanguage(undefined, ['toString']), 'en');
});
