import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { effective } from '../config/effective.ts';
import { configReference } from '../config/reference.ts';
import { commandReference } from './command-reference.ts';
import type { Command } from './commands.ts';
import { loadConfiguration } from './configuration-file.ts';
import { exitCodes } from './exit-codes.ts';
import { style, table } from './terminal.ts';

const docs = new URL('../../../../docs/', import.meta.url);

/** `./pm config`: what is in force, or the references anew. */
export const config: Command = async (_args, options, terminal) => {
  if (options['reference'] === true) {
    const written = { 'configuration.md': configReference(), 'command-line.md': commandReference() };
    for (const [name, text] of Object.entries(written)) {
      await writeFile(new URL(name, docs), text);
      terminal.out(`written: ${fileURLToPath(new URL(name, docs))}`);
    }
    return exitCodes.ok;
  }
  const loaded = await loadConfiguration(options['file'] as string | undefined, terminal);
  const rows = effective(loaded).map((key) => [key.path, key.value, key.origin]);
  terminal.out(table(['key', 'value', 'from'], rows));
  terminal.out('');
  terminal.out(style.good(`The configuration is right${loaded.file === undefined ? '' : `: ${loaded.file}`}.`));
  return exitCodes.ok;
};
