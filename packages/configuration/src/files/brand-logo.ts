import { open, stat } from 'node:fs/promises';
import { ConfigInvalid } from '../problem.ts';

/** A logo that was looked at. */
export interface BrandLogo {
  readonly type: 'image/svg+xml' | 'image/png';
  readonly content: Buffer;
}

const LOGO_MAX_BYTES = 100_000;
const PNG_MAX_PIXELS = 2_048;
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** What an SVG may not have: what runs, what is filled in by whoever reads it, and what is fetched from elsewhere. */
const REFUSED: readonly (readonly [RegExp, string])[] = [
  [/<!DOCTYPE|<!ENTITY|<\?xml-stylesheet/i, 'a document type, an entity or a style sheet of its own'],
  [
    /<(?:[a-z0-9]+:)?(?:script|foreignObject|iframe|object|embed|handler|listener|animate|set|audio|video)\b/i,
    'an element that runs or embeds something',
  ],
  [/[\s"'/]on[a-z]+\s*=/i, 'an attribute that runs at an event'],
  [/(?:href|src)\s*=\s*["']?\s*(?!#)[^"'\s>]/i, 'a reference to something else than its own parts'],
  [/url\(\s*(?!\s|["']?#)|@import/i, 'a style that fetches something'],
];

/** The logo of `management.brand.logoFile`. @throws ConfigInvalid when it is none that is taken, or cannot be read */
export async function readBrandLogo(file: string): Promise<BrandLogo> {
  const content = await contentOf(file);
  if (content.subarray(0, PNG.length).equals(PNG)) {
    const [width, height] = content.length < 24 ? [0, 0] : [content.readUInt32BE(16), content.readUInt32BE(20)];
    if (width < 1 || height < 1 || width > PNG_MAX_PIXELS || height > PNG_MAX_PIXELS)
      throw wrong(`a PNG of ${width} × ${height} pixels`, `Make it at most ${PNG_MAX_PIXELS} pixels wide and high.`);
    return { type: 'image/png', content };
  }
  const text = content.toString('utf8');
  if (!/^\uFEFF?\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--(?:(?!-->)[\s\S])*-->\s*)*<svg[\s>]/.test(text))
    throw wrong('a file that is neither', 'Export the logo as SVG or PNG.');
  const [, found] = REFUSED.find(([form]) => form.test(text)) ?? [];
  if (found !== undefined) throw wrong(`an SVG with ${found}`, 'Export it as plain SVG, or as PNG.');
  return { type: 'image/svg+xml', content };
}

async function contentOf(file: string): Promise<Buffer> {
  try {
    if (!(await stat(file)).isFile()) throw wrong('no file', 'Name the file itself.');
    await using handle = await open(file);
    // one byte more than it may have: a file without end is not read to it
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(LOGO_MAX_BYTES + 1), 0, LOGO_MAX_BYTES + 1, 0);
    if (bytesRead > LOGO_MAX_BYTES) throw wrong('a larger file', 'Make it smaller: it is shown at a height of 28 to 48 pixels.');
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    if (error instanceof ConfigInvalid) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw wrong(`a file that cannot be read (${code})`, 'Check the path, and that this user may read it.');
  }
}

const wrong = (found: string, advice: string): ConfigInvalid =>
  new ConfigInvalid([
    { where: 'management.brand.logoFile', expected: `an SVG or a PNG of at most ${LOGO_MAX_BYTES / 1_000} kB`, found, advice },
  ]);
