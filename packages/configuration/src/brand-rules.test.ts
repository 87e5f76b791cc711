import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { accentShades, contrastOf, LEAST_CONTRAST, PORTAL_COLOURS } from './brand-colours.ts';
import { brandChecks } from './brand-rules.ts';
import type { Config } from './schema.ts';

type Brand = Config['management']['brand'];

const NONE = { accent: {}, sandbox: {}, test: {}, production: {} };
const problems = (brand: Partial<Brand>) => brandChecks({ management: { brand: { ...NONE, ...brand } } } as unknown as Config);
const wrong = (brand: Partial<Brand>): readonly string[] => problems(brand).map(({ where }) => where);

describe('a bank’s own colours', () => {
  test('contrast is that of WCAG', () => {
    assert.equal(contrastOf('#000000', '#ffffff'), 21);
    assert.equal(contrastOf('#ffffff', '#ffffff'), 1);
    assert.equal(Math.round(contrastOf('#777777', '#FFFFFF') * 100) / 100, 4.48);
  });

  test('those that can be read are taken, and none at all', () => {
    assert.deepEqual(wrong({}), []);
    assert.deepEqual(wrong({ name: 'Greenbank Payments', accent: { light: '#7a1f5c', dark: '#f0a3d4' } }), []);
    for (const scheme of ['light', 'dark'] as const) {
      const accent = { light: '#7a1f5c', dark: '#f0a3d4' }[scheme];
      const { onAccent, chosen } = accentShades(accent, scheme);
      assert.ok(contrastOf(accent, onAccent) >= LEAST_CONTRAST && contrastOf(accent, chosen) >= LEAST_CONTRAST);
    }
  });

  test('one that cannot be read is refused, with the contrast, the ground, and what to do', () => {
    const [first, ...others] = problems({ accent: { light: '#3fbf7f', dark: '#7fd6d9' } });
    assert.deepEqual(others, []);
    assert.deepEqual(first, {
      where: 'management.brand.accent.light',
      expected: 'a contrast of 4.5 at least with every ground of the portal (WCAG 2.2 AA)',
      found: '#3fbf7f: 2.11 with #f0f4f5 (hover)',
      advice: 'Take a darker shade of it.',
    });
    assert.deepEqual(wrong({ accent: { light: '#0b6068', dark: '#0b6068' } }), ['management.brand.accent.dark']);
    assert.deepEqual(wrong({ test: { light: '#e0a33c', dark: '#e0a33c' } }), ['management.brand.test.light']);
  });

  test('a colour of one scheme alone, and a name that has no room, are refused', () => {
    assert.deepEqual(wrong({ accent: { light: '#0b6068' } }), ['management.brand.accent.dark']);
    assert.deepEqual(wrong({ name: 'x'.repeat(41) }), ['management.brand.name']);
  });

  test('real money is never in the colour of a test, nor of a sandbox', () => {
    const usual = { light: PORTAL_COLOURS.light.environments.test, dark: PORTAL_COLOURS.dark.environments.test };
    assert.deepEqual(wrong({ production: usual }), ['management.brand.production.light', 'management.brand.production.dark']);
    assert.deepEqual(wrong({ sandbox: { light: '#a8201f', dark: '#f0736a' } }), [
      'management.brand.production.light',
      'management.brand.production.dark',
    ]);
  });
});
