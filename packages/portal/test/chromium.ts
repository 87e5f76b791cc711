import { existsSync, lstatSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { untar } from './untar.ts';

const BIN = join(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))), '../bin');
const FONTS = join(dirname(fileURLToPath(import.meta.resolve('dejavu-fonts-ttf/package.json'))), 'ttf');
/** Of what is unpacked, in this form. */
const VERSION = '153.0.0-2';

/** Why there is no browser to test with here; undefined: there is one. */
export function noBrowser(): string | undefined {
  if (process.env['PM_TEST_CHROMIUM'] !== undefined) return undefined;
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return `the packaged Chromium is for Linux on x64; name another by PM_TEST_CHROMIUM (here: ${process.platform} ${process.arch})`;
  return existsSync(join(BIN, 'chromium.br')) ? undefined : 'the packaged Chromium is not installed (./pm install)';
}

/** For what looks at details that others look at in pure functions, and costs seconds. */
export const LONG_FORM = { skip: process.env['PM_TEST_LONG'] === undefined && 'set PM_TEST_LONG to run the long forms' };

/**
 * A Chromium of the packages, on a machine without any library or font for it. The launcher of the package itself is not used: it trusts a file that
 * another program may be writing, and its options hide what the policy for content forbids.
 */
export async function launchChromium(): Promise<Browser> {
  const { chromium } = await import('playwright-core');
  const own = process.env['PM_TEST_CHROMIUM'];
  const folder = await unpacked();
  return chromium.launch({
    executablePath: own ?? join(folder, 'chromium'),
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: folder,
      FONTCONFIG_FILE: join(folder, 'fonts.conf'),
      ...(own === undefined && { LD_LIBRARY_PATH: join(folder, 'lib') }),
    },
    headless: true,
    chromiumSandbox: false,
    args: ['--no-zygote', '--disable-gpu', '--font-render-hinting=none', '--hide-scrollbars'],
  });
}

/** Unpacked once for each user of the machine: into a folder of its own, which is then given its name. */
async function unpacked(): Promise<string> {
  const folder = join(tmpdir(), `pm-chromium-${VERSION}-${userInfo().uid}`);
  if (isOurs(folder)) return folder;
  const making = await mkdtemp(`${folder}.`);
  const packed = async (name: string): Promise<Buffer> => brotliDecompressSync(await readFile(join(BIN, name)));
  if (existsSync(join(BIN, 'chromium.br'))) {
    await writeFile(join(making, 'chromium'), await packed('chromium.br'), { mode: 0o755 });
    for (const name of ['al2023.tar.br', 'fonts.tar.br', 'swiftshader.tar.br'])
      if (existsSync(join(BIN, name))) await untar(await packed(name), making);
  }
  // copied, for it outlives the folder that unpacked it
  await cp(FONTS, join(making, 'dejavu'), { recursive: true });
  await mkdir(join(making, 'cache'), { recursive: true });
  await writeFile(join(making, 'fonts.conf'), fontsConf(folder));
  await writeFile(join(making, 'ready'), '');
  // its fonts are named by the place that it gets
  await rename(making, folder).catch(() => rm(making, { recursive: true, force: true }));
  if (!isOurs(folder)) throw new Error(`${folder} is somebody else's: what is in it is not run`);
  return folder;
}

/** Another user of the machine may have put a program there before us. */
function isOurs(folder: string): boolean {
  if (!existsSync(join(folder, 'ready'))) return false;
  const { uid, mode } = lstatSync(folder);
  return uid === userInfo().uid && (mode & 0o022) === 0;
}

const fontsConf = (folder: string): string => `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${folder}/fonts</dir>
  <dir>${folder}/dejavu</dir>
  <cachedir>${folder}/cache</cachedir>
  <alias><family>sans-serif</family><prefer><family>Open Sans</family><family>DejaVu Sans</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
</fontconfig>
`;
