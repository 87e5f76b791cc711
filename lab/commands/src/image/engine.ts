import { createWriteStream } from 'node:fs';
import { readFile, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { CommandFailed, EXIT_CODES } from '@payment-manager/payment-manager';
import { runTool } from '../pack/tools.ts';
import type { Platform } from './platform.ts';

/** What builds images here. */
export type Builder = 'buildah' | 'podman' | 'docker';
/** What runs them. */
export type Runner = 'podman' | 'docker';

const BUILDERS: readonly Builder[] = ['buildah', 'podman', 'docker'];
const RUNNERS: readonly Runner[] = ['podman', 'docker'];

/** What is said where there is none. */
export const NO_ENGINE =
  'There is no engine for containers here. On Debian, as root: apt-get install buildah podman runc containernetworking-plugins mmdebstrap';

/** The first that is installed and does its work: a client of docker whose server is away does not. @throws CommandFailed (69) */
export async function findBuilder(wanted?: string): Promise<Builder> {
  return firstThatAnswers(BUILDERS, wanted);
}

/** The same for what runs images. @throws CommandFailed (69) */
export async function findRunner(wanted?: string): Promise<Runner> {
  return firstThatAnswers(RUNNERS, wanted === 'buildah' ? undefined : wanted);
}

async function firstThatAnswers<E extends Builder>(engines: readonly E[], wanted: string | undefined): Promise<E> {
  const asked = wanted === undefined ? engines : engines.filter((engine) => engine === wanted);
  for (const engine of asked) if (await answers(engine)) return engine;
  throw new CommandFailed(
    EXIT_CODES.unavailable,
    wanted === undefined ? NO_ENGINE : `${wanted} is not here, or does not answer. ${NO_ENGINE}`,
  );
}

async function answers(engine: Builder): Promise<boolean> {
  try {
    await runTool(engine, engine === 'buildah' ? ['--version'] : ['info'], '/');
    return true;
  } catch {
    return false;
  }
}

/** What is built. */
export interface ImageBuild {
  readonly containerfile: string;
  readonly context: string;
  readonly target?: string;
  readonly base?: string;
  readonly tag: string;
  readonly platform: Platform;
}

const NO_EMULATOR =
  'What runs in an image for another processor needs an emulator here. On Debian, as root: apt-get install qemu-user-static binfmt-support, then: update-binfmts --enable';

/** Builds one image. The step that runs in it needs no network, and gets none. @throws CommandFailed with what the engine complains about */
export async function buildImage(engine: Builder, { containerfile, context, target, base, tag, platform }: ImageBuild): Promise<void> {
  const of = [
    ...(engine === 'docker' ? [] : ['--format', 'docker']),
    // buildah runs the step without a runtime and without a network of its own where it may not make one
    ...(engine === 'docker' ? ['--network', 'none'] : ['--isolation', 'chroot']),
    ...(target === undefined ? [] : ['--target', target]),
    ...(base === undefined ? [] : ['--build-arg', `BASE=${base}`]),
    // its own is what an engine builds without a word
    ...(platform.own ? [] : ['--platform', platform.name]),
  ];
  try {
    await runTool(engine, ['build', ...of, '--tag', tag, '--file', containerfile, context], context);
  } catch (error) {
    if (!/exec format error/i.test((error as Error).message)) throw error;
    throw new CommandFailed(EXIT_CODES.unavailable, `${tag} cannot be built for ${platform.name}. ${NO_EMULATOR}`);
  }
}

/** Writes the image into one compressed file; unpacked, `podman load` and `docker load` take it. Resolves with its size in bytes. */
export async function saveImage(engine: Builder, tag: string, file: string): Promise<number> {
  const whole = `${file}.making`;
  try {
    if (engine === 'buildah') await runTool('buildah', ['push', '--quiet', tag, `docker-archive:${whole}:${tag}`], '/');
    else await runTool(engine, ['save', ...(engine === 'podman' ? ['--format', 'docker-archive'] : []), '--output', whole, tag], '/');
    await pipeline((await import('node:fs')).createReadStream(whole), createGzip({ level: 6 }), createWriteStream(file));
  } finally {
    await rm(whole, { force: true });
  }
  return (await stat(file)).size;
}

/** `ID=debian`, `VERSION_ID=12`, ... of this machine. */
export async function osRelease(): Promise<Readonly<Record<string, string>>> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return Object.fromEntries([...text.matchAll(/^([A-Z_]+)="?([^"\n]*)"?$/gm)].map(([, name, value]) => [name, value]));
}
