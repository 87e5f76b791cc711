import { crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGN = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const COLOURS_MAX = 256;

/**
 * A picture of a screen with a palette of 256 colours: a third of the size, and nobody sees it where areas are plain. Of PNGs as a browser makes them:
 * 8 bits, RGB or RGBA (opaque), not interlaced; any other comes back as it is.
 */
export function smallPng(png: Buffer): Buffer {
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const [depth, type, , , interlaced] = png.subarray(24, 29);
  const channels = type === 2 ? 3 : type === 6 ? 4 : 0;
  if (depth !== 8 || channels === 0 || interlaced !== 0) return png;
  const pixels = unfiltered(inflateSync(Buffer.concat(chunksOf(png, 'IDAT'))), width, height, channels);
  const { palette, indexOf } = paletteOf(pixels, channels);
  // each line: its filter (none), and one byte a pixel
  const lines = Buffer.alloc((width + 1) * height);
  for (let at = 0, pixel = 0; pixel < width * height; pixel++, at += channels)
    lines[pixel + 1 + Math.floor(pixel / width)] = indexOf(colourAt(pixels, at));
  const head = Buffer.from(png.subarray(16, 29));
  head.writeUInt8(3, 9);
  const small = Buffer.concat([
    SIGN,
    chunk('IHDR', head),
    chunk('PLTE', palette),
    chunk('IDAT', deflateSync(lines, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
  return small.length < png.length ? small : png;
}

const colourAt = (pixels: Buffer, at: number): number => ((pixels[at] ?? 0) << 16) | ((pixels[at + 1] ?? 0) << 8) | (pixels[at + 2] ?? 0);

/** The colours that are there most, and for each other one the nearest of them. */
function paletteOf(pixels: Buffer, channels: number) {
  const counts = new Map<number, number>();
  for (let at = 0; at < pixels.length; at += channels) {
    const colour = colourAt(pixels, at);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const byCount = [...counts].sort(([, a], [, b]) => b - a).map(([colour]) => colour);
  const chosen: number[] = [];
  // colours that nobody tells apart do not take two places
  for (const apart of [24, 8, 0])
    for (const colour of byCount)
      if (chosen.length < COLOURS_MAX && chosen.every((one) => distance(one, colour) > apart)) chosen.push(colour);
  const nearest = new Map<number, number>();
  return {
    palette: Buffer.from(chosen.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255])),
    indexOf(colour: number): number {
      const known = nearest.get(colour);
      if (known !== undefined) return known;
      let best = 0;
      for (let at = 1; at < chosen.length; at++) if (distance(chosen[at] ?? 0, colour) < distance(chosen[best] ?? 0, colour)) best = at;
      nearest.set(colour, best);
      return best;
    },
  };
}

function distance(a: number, b: number): number {
  return Math.abs((a >> 16) - (b >> 16)) + Math.abs(((a >> 8) & 255) - ((b >> 8) & 255)) + Math.abs((a & 255) - (b & 255));
}

/** Takes the filters of PNG's lines away: none, of the left, of above, of their mean, Paeth's. */
function unfiltered(data: Buffer, width: number, height: number, channels: number): Buffer {
  const length = width * channels;
  const pixels = Buffer.alloc(length * height);
  for (let row = 0; row < height; row++) {
    const filter = data[row * (length + 1)] ?? 0;
    for (let at = 0; at < length; at++) {
      const left = at < channels ? 0 : (pixels[row * length + at - channels] ?? 0);
      const above = row === 0 ? 0 : (pixels[(row - 1) * length + at] ?? 0);
      const corner = row === 0 || at < channels ? 0 : (pixels[(row - 1) * length + at - channels] ?? 0);
      const guess = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter] ?? 0;
      pixels[row * length + at] = (data[row * (length + 1) + 1 + at] ?? 0) + guess;
    }
  }
  return pixels;
}

function paeth(left: number, above: number, corner: number): number {
  const guess = left + above - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? above : corner;
}

function chunksOf(png: Buffer, wanted: string): readonly Buffer[] {
  const found: Buffer[] = [];
  for (let at = SIGN.length; at < png.length; ) {
    const length = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === wanted) found.push(png.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  return found;
}

function chunk(name: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(named), 4);
  return Buffer.concat([frame.subarray(0, 4), named, frame.subarray(4)]);
}
