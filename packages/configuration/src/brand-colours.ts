/** The colours on which the portal writes, as in its `design/tokens.css` (a test compares), and those of environments as it comes. */
export const PORTAL_COLOURS = {
  light: {
    grounds: { page: '#f4f6f7', surface: '#ffffff', raised: '#ffffff', hover: '#f0f4f5' },
    quiet: '#52605f',
    environments: { sandbox: '#53389e', test: '#8a5300', live: '#a8201f' },
  },
  dark: {
    grounds: { page: '#101416', surface: '#171c1f', raised: '#1e2427', hover: '#1f2629' },
    quiet: '#a3b0b3',
    environments: { sandbox: '#a58df0', test: '#e0a33c', live: '#f0736a' },
  },
} as const;

export type Scheme = keyof typeof PORTAL_COLOURS;

/** What WCAG 2.2 AA asks of text (1.4.3). */
export const LEAST_CONTRAST = 4.5;
const [WHITE, BLACK] = ['#ffffff', '#101416'];
/** How much of the accent is in the ground of what is chosen. */
const CHOSEN_SHARE = 0.12;

const channels = (colour: string): readonly number[] => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));

/** Relative luminance of `#rrggbb`, 0 to 1. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = channels(colour).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast of two colours as WCAG defines it, 1 to 21. */
export function contrastOf(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** How far apart two colours are, 0 to 441. */
export function distanceOf(one: string, other: string): number {
  const others = channels(other);
  return Math.hypot(...channels(one).map((value, at) => value - (others[at] ?? 0)));
}

function mixed(colour: string, ground: string, share: number): string {
  const grounds = channels(ground);
  const hex = channels(colour).map((value, at) => Math.round(value * share + (grounds[at] ?? 0) * (1 - share)));
  return `#${hex.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

/** What the portal makes of an accent: text on it, and the ground of what is chosen. */
export function accentShades(accent: string, scheme: Scheme): { readonly onAccent: string; readonly chosen: string } {
  return {
    onAccent: contrastOf(accent, WHITE) >= contrastOf(accent, BLACK) ? WHITE : BLACK,
    chosen: mixed(accent, PORTAL_COLOURS[scheme].grounds.surface, CHOSEN_SHARE),
  };
}
