import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOM } from '../tools/sources.ts';

/** So many declarations that are the same in two rules are a shape that wants a name. */
const ALIKE = 3;
/** How things lie beside each other is said where they lie. */
const LAYOUT = /^(?:display|align-|justify-|place-|flex|gap|grid-|min-width|position|overflow|content|padding|font-variant|white-space)/;

interface Rule {
  readonly place: string;
  readonly says: ReadonlySet<string>;
}

/** The rules of a style that are not within another; a declaration with spaces and comments left out. */
function rulesOf(file: string): readonly Rule[] {
  const css = readFileSync(join(ROOM, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  return [...css.matchAll(/^([^\s@}][^{}]*?)\s*\{([^{}]*)\}/gm)].map(([, selector = '', body = '']) => ({
    place: `${file.replace('src/', '')} ${selector.replace(/\s+/g, ' ')}`,
    says: new Set(
      body
        .split(';')
        .map((one) => one.trim().replace(/\s+/g, ' '))
        .filter((one) => one !== '' && !LAYOUT.test(one)),
    ),
  }));
}

test('what several styles would say stands once: in design/shapes, or in a component', () => {
  const rules = globSync('src/**/*.css', { cwd: ROOM }).sort().flatMap(rulesOf);
  assert.ok(rules.length > 300, `${rules.length} rules`);
  const pairs = rules.flatMap((one, at) =>
    rules.slice(at + 1).flatMap((other) => {
      const same = [...one.says].filter((said) => other.says.has(said));
      return same.length >= ALIKE && same.length === Math.min(one.says.size, other.says.size)
        ? [`${one.place} ~ ${other.place}: ${same.join('; ')}`]
        : [];
    }),
  );
  assert.deepEqual(pairs, []);
});
