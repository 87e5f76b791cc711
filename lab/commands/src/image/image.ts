import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { billOfMaterials, type Component, isAllowed, licenceList } from '@payment-manager/deployment/supply-chain';
import { type Command, CommandFailed, EXIT_CODES, stayAlive, style, type Terminal, table } from '@payment-manager/payment-manager';
import { commitOf } from '../pack/tools.ts';
import { type Base, debianBase } from './base.ts';
import { type ImageName, layOut } from './contents.ts';
import { type Builder, buildImage, findBuilder, findRunner, saveImage } from './engine.ts';
import { type Platform, platformOf } from './platform.ts';
import { megabytes } from './sizes.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url)).replace(/\/$/, '');
const NAMES: readonly ImageName[] = ['payment-manager', 'payment-manager-sandbox'];
/** Above it the product's image is not what was promised. */
export const COMPRESSED_BYTES_MAX = 90_000_000;

/** An image that was built. */
interface Built {
  readonly name: ImageName;
  readonly tag: string;
  readonly bytes: number;
  readonly components: number;
}

/** `./pm image`: both images, each as one file with its bill of materials, its licences and checksums; `--verify` runs them. */
export const image: Command = async ([target], options, terminal) => {
  const { version = '' } = JSON.parse(await readFile(`${root}/packages/payment-manager/package.json`, 'utf8')) as { version?: string };
  const folder = resolve(terminal.workingFolder, target ?? `${root}/.pm/images`);
  const platform = platformOf(text(options['platform']));
  if (options['verify'] === true) {
    const { verifyImages } = await import('./verify.ts');
    const runner = await findRunner(text(options['engine']));
    return stayAlive(() => verifyImages({ version, runner, platform }, options, terminal));
  }
  const engine = await findBuilder(text(options['engine']));
  await mkdir(folder, { recursive: true });
  const making = await mkdtemp(join(tmpdir(), 'pm-image-'));
  try {
    const base = await baseFor(engine, text(options['base']), { making, platform }, terminal);
    const built: Built[] = [];
    for (const name of NAMES) {
      terminal.out(style.dim(`Building ${name} ${version} for ${platform.name} with ${engine} ...`));
      built.push(await buildOne({ name, version, engine, base, folder, making, platform }));
    }
    await writeChecksums(folder, `${version}${platform.suffix}`, platform.suffix);
    const next = `./pm image --verify${platform.own ? '' : ` --platform ${platform.name}`}`;
    terminal.out(`\n${tableOf(built)}\n\nFiles, bills of materials, licences and SHA256SUMS: ${folder}\nNext: ${next}`);
    const [product] = built;
    if (product !== undefined && product.bytes > COMPRESSED_BYTES_MAX)
      throw new CommandFailed(
        EXIT_CODES.failed,
        `${product.tag} has ${megabytes(product.bytes)} compressed, more than ${megabytes(COMPRESSED_BYTES_MAX)}.`,
      );
    return EXIT_CODES.ok;
  } finally {
    await rm(making, { recursive: true, force: true });
  }
};

function text(option: unknown): string | undefined {
  return typeof option === 'string' ? option : undefined;
}

async function baseFor(
  engine: Builder,
  given: string | undefined,
  { making, platform }: { making: string; platform: Platform },
  terminal: Terminal,
): Promise<Base> {
  if (given !== undefined) return { tag: given, packages: [] };
  terminal.out(style.dim('Making the base from Debian’s packages ...'));
  const folder = join(making, 'base');
  await mkdir(folder);
  return debianBase(engine, folder, platform);
}

interface Wanted {
  readonly name: ImageName;
  readonly version: string;
  readonly engine: Builder;
  readonly base: Base;
  readonly folder: string;
  readonly making: string;
  readonly platform: Platform;
}

async function buildOne({ name, version, engine, base, folder, making, platform }: Wanted): Promise<Built> {
  const context = join(making, name);
  const npm = await layOut(name, { root, version, context, platform });
  const components: readonly Component[] = [...base.packages.map((one) => ({ kind: 'deb' as const, ...one })), ...npm];
  const refused = npm.filter(({ licence }) => !isAllowed(licence));
  if (refused.length > 0)
    throw new CommandFailed(
      EXIT_CODES.failed,
      `Not under an allowed licence: ${refused.map((one) => `${one.name} (${one.licence ?? 'not stated'})`).join(', ')}`,
    );
  const bill = `${JSON.stringify(billOfMaterials({ name, version, commit: await commitOf(root), components }), undefined, 2)}\n`;
  const licences = licenceList(components);
  await writeFile(join(context, 'installation/sbom.cdx.json'), bill);
  await writeFile(join(context, 'installation/LICENCES-OF-OTHERS.txt'), licences);
  await cp(join(root, 'Containerfile'), join(context, 'Containerfile'));
  const named = `${version}${platform.suffix}`;
  const tag = `localhost/${name}:${named}`;
  const of = { containerfile: join(context, 'Containerfile'), context, target: name, base: base.tag };
  await buildImage(engine, { ...of, tag, platform });
  await writeFile(join(folder, `${name}-${named}.cdx.json`), bill);
  await writeFile(join(folder, `${name}-${named}.licences.txt`), licences);
  const bytes = await saveImage(engine, tag, join(folder, `${name}-${named}.tar.gz`));
  return { name, tag, bytes, components: components.length };
}

/** As `sha256sum --check` reads it. */
async function writeChecksums(folder: string, named: string, suffix: string): Promise<void> {
  const files = NAMES.flatMap((name) => ['tar.gz', 'cdx.json', 'licences.txt'].map((end) => join(folder, `${name}-${named}.${end}`)));
  const lines: string[] = [];
  for (const file of files) {
    const hash = createHash('sha256');
    for await (const part of createReadStream(file)) hash.update(part as Buffer);
    lines.push(`${hash.digest('hex')}  ${basename(file)}`);
  }
  await writeFile(join(folder, `SHA256SUMS${suffix}`), `${lines.join('\n')}\n`);
}

function tableOf(built: readonly Built[]): string {
  const rows = built.map(({ tag, bytes, components }) => [tag, megabytes(bytes), String(components)]);
  return table(['image', 'compressed', 'packages of others'], rows);
}
