import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandOptions } from './commands.ts';

const KEPT = ['api', 'url', 'config', 'environment', 'fsp', 'folder', 'flow'] as const;

/**
 * The options by which the user means a Payment Manager, as they are typed, with a blank before: what a command suggests must reach the same
 * one. `more` outranks what was given.
 */
export function meantBy(options: CommandOptions, more: CommandOptions = {}): string {
  const all = { ...options, ...more };
  return KEPT.flatMap((name) => (typeof all[name] === 'string' ? [` --${name} ${quoted(all[name])}`] : [])).join('');
}

/** The DFSPs that a sandbox's folder has configurations of. */
export function dfspsIn(sandboxFolder: string, fileName: string): readonly string[] {
  if (!existsSync(sandboxFolder)) return [];
  return readdirSync(sandboxFolder).filter((name) => existsSync(join(sandboxFolder, name, fileName)));
}

function quoted(text: string): string {
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
