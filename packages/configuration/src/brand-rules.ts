import { accentShades, contrastOf, distanceOf, LEAST_CONTRAST, PORTAL_COLOURS, type Scheme } from './brand-colours.ts';
import type { ConfigProblem } from './problem.ts';
import type { Config } from './schema.ts';

const NAME_MAX = 40;
/** Colours of environments that are closer than this are taken for one another. */
const APART = 48;
const SCHEMES = ['light', 'dark'] as const;

type Brand = Config['management']['brand'];
type Pair = Brand['accent'];

const problem = (key: string, expected: string, found: string, advice: string): ConfigProblem => ({
  ...{ where: `management.brand.${key}`, expected, found, advice },
});

/** What is written in the bank’s own colours can be read, and real money has a colour of its own. */
export function brandChecks({ management: { brand } }: Config): ConfigProblem[] {
  const { name, accent, sandbox, test, production } = brand;
  const pairs = { accent, sandbox, test, production };
  return [
    ...(name !== undefined && name.length > NAME_MAX
      ? [problem('name', `at most ${NAME_MAX} characters`, `${name.length}`, 'Shorten it: it stands in the navigation.')]
      : []),
    ...Object.entries(pairs).flatMap(([key, pair]) => halfPair(key, pair)),
    ...SCHEMES.flatMap((scheme) => [
      ...accentProblems(accent[scheme], scheme),
      ...(['sandbox', 'test', 'production'] as const).flatMap((key) =>
        tooFaint(key, brand[key][scheme], scheme, { ...PORTAL_COLOURS[scheme].grounds }),
      ),
      ...alike(brand, scheme),
    ]),
  ];
}

function halfPair(key: string, { light, dark }: Pair): ConfigProblem[] {
  if ((light === undefined) === (dark === undefined)) return [];
  const missing = light === undefined ? 'light' : 'dark';
  return [problem(`${key}.${missing}`, 'a colour for both schemes', 'one alone', `Set \`management.brand.${key}.${missing}\`, too.`)];
}

function accentProblems(accent: string | undefined, scheme: Scheme): ConfigProblem[] {
  if (accent === undefined) return [];
  const { grounds, quiet } = PORTAL_COLOURS[scheme];
  const { onAccent, chosen } = accentShades(accent, scheme);
  const faint = tooFaint('accent', accent, scheme, { ...grounds, 'what is chosen': chosen, 'the text on it': onAccent });
  if (faint.length > 0 || contrastOf(quiet, chosen) >= LEAST_CONTRAST) return faint;
  return [
    problem(
      `accent.${scheme}`,
      `a colour of which ${round(LEAST_CONTRAST)} is left for quiet text on what is chosen (${chosen})`,
      `${accent}: ${round(contrastOf(quiet, chosen))}`,
      `Take a ${scheme === 'light' ? 'lighter' : 'darker'} or less strong one.`,
    ),
  ];
}

/** The ground on which a colour is read worst, where that is not enough. */
function tooFaint(key: string, colour: string | undefined, scheme: Scheme, grounds: Readonly<Record<string, string>>): ConfigProblem[] {
  if (colour === undefined) return [];
  const [[ground, on] = ['', '']] = Object.entries(grounds).sort(([, a], [, b]) => contrastOf(colour, a) - contrastOf(colour, b));
  const worst = contrastOf(colour, on);
  if (worst >= LEAST_CONTRAST) return [];
  return [
    problem(
      `${key}.${scheme}`,
      `a contrast of ${round(LEAST_CONTRAST)} at least with every ground of the portal (WCAG 2.2 AA)`,
      `${colour}: ${round(worst)} with ${on} (${ground})`,
      `Take a ${scheme === 'light' ? 'darker' : 'lighter'} shade of it.`,
    ),
  ];
}

const KEYS = { sandbox: 'sandbox', test: 'test', live: 'production' } as const;

function alike(brand: Brand, scheme: Scheme): ConfigProblem[] {
  const usual = PORTAL_COLOURS[scheme].environments;
  const of = (kind: keyof typeof KEYS): string => brand[KEYS[kind]][scheme] ?? usual[kind];
  return (['sandbox', 'test'] as const)
    .filter((kind) => distanceOf(of(kind), of('live')) < APART)
    .map((kind) =>
      problem(
        `production.${scheme}`,
        `a colour that nobody takes for that of \`${kind}\` (${of(kind)})`,
        of('live'),
        'Take another hue: whoever looks at real money must see that at a glance.',
      ),
    );
}

/** Rounded down: what is not enough must not look as if it were. */
const round = (value: number): string => (Math.floor(value * 100) / 100).toString();
