import { colour, group, optional, path, text } from './leaf.ts';

const both = (what: string, light: string, dark: string) =>
  group(`${what} Each as '#rrggbb', in quotes, both or none; the contrast of text is checked at the start (WCAG 2.2 AA, 4.5).`, {
    light: optional(colour({ description: 'In daylight, on light grounds.', example: `'${light}'` })),
    dark: optional(colour({ description: 'In the dark, on dark grounds.', example: `'${dark}'` })),
  });

/** How a bank’s own portal is called and looks. */
export const brand = group('Name, logo and colours of the portal, where they are the bank’s own (docs/portal/branding.md).', {
  name: optional(
    text({ description: 'How the portal is called, instead of “Payment Manager”; at most 40 characters.', example: 'Greenbank Payments' }),
  ),
  logoFile: optional(
    path({
      description:
        'Logo, an SVG or a PNG of at most 100 kB: in the navigation, at the sign-in, on the printed report and as the icon of the page. Read at the start. An SVG with scripts, events, entities or parts from elsewhere is refused: the portal starts without a logo, and `./pm config` says why.',
      example: 'brand/logo.svg',
    }),
  ),
  accent: both('Colour of links, buttons and of what is chosen.', '#0b6068', '#5cc4c8'),
  sandbox: both('Colour of a sandbox: the line above every page, and its name.', '#53389e', '#a58df0'),
  test: both('Colour of environments without real money.', '#8a5300', '#e0a33c'),
  production: both('Colour of environments whose name has `prod` or `live` in it.', '#a8201f', '#f0736a'),
});
