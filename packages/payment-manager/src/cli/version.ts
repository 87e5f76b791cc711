import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

interface Description {
  readonly version: string;
  readonly gitHead?: string;
}

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/**
 * `Payment Manager 0.1.0 (17641c3), Node 24.22.3`: the version of the changelog, the commit where this is a git checkout or was packed from
 * one (`gitHead`), and what runs it.
 */
export function versionText(): string {
  const description = describe();
  const { version, gitHead: commit = presentCommit() } = description;
  return `Payment Manager ${version}${commit === undefined ? '' : ` (${commit})`}, Node ${process.versions.node}`;
}

/** `0.1.0`. */
export function versionNumber(): string {
  return describe().version;
}

function describe(): Description {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as Description;
}

function presentCommit(): string | undefined {
  try {
    // not that of a checkout around an installation without one
    if (git('rev-parse', '--show-toplevel') !== root.replace(/\/$/, '')) return undefined;
    return git('describe', '--always', '--dirty', '--exclude', '*');
  } catch {
    return undefined;
  }
}

function git(...args: string[]): string {
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'] };
  return execFileSync('git', args, { cwd: root, encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'ignore'], timeout: 2_000 }).trim();
}
