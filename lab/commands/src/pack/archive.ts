import { CommandFailed, EXIT_CODES } from '@payment-manager/payment-manager';
import { runTool } from './tools.ts';

/** How each kind of tar is told that all files are root's: as root it gives unpacked files to the owner's number, which is another person elsewhere. */
const OWNED_BY_ROOT = {
  gnu: ['--owner=0', '--group=0', '--numeric-owner'],
  /** libarchive's, the tar of macOS and FreeBSD. */
  bsd: ['--uid=0', '--gid=0', '--uname=', '--gname='],
} as const;

/** The options for a tar that says this of itself with `--version`; undefined: neither GNU's nor libarchive's. */
export function ownedByRoot(version: string): readonly string[] | undefined {
  if (/\bGNU tar\b/.test(version)) return OWNED_BY_ROOT.gnu;
  if (/\bbsdtar\b/.test(version)) return OWNED_BY_ROOT.bsd;
  return undefined;
}

/** Packs the folder `name` of `parent` into a new file, all of it root's. @throws CommandFailed where tar fails, or cannot do that */
export async function archive(file: string, parent: string, name: string): Promise<void> {
  const options = ownedByRoot(await runTool('tar', ['--version'], parent));
  if (options === undefined)
    throw new CommandFailed(
      EXIT_CODES.unavailable,
      'An installation is packed with GNU tar or bsdtar (libarchive), and this tar is neither.',
    );
  await runTool('tar', [...options, '-czf', file, name], parent);
}
