import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { configReference } from '@payment-manager/configuration';
import { coreApiDocument, coreMarkdown } from '@payment-manager/mojaloop-connector/core-api';
import { type Command, EXIT_CODES } from '@payment-manager/payment-manager';
import { allCommands } from './command-list.ts';
import { commandReference } from './command-reference.ts';

/** The documents that are made from the code, by name. */
export function references(): Readonly<Record<string, string>> {
  return {
    'configuration.md': configReference(),
    'command-line.md': commandReference(allCommands),
    'core-api.md': coreMarkdown(),
    'core-api.openapi.json': `${JSON.stringify(coreApiDocument(), undefined, 2)}\n`,
  };
}

const docs = new URL('../../../docs/', import.meta.url);

/** The command; with `--reference` the documents are written anew instead. */
export function orReference(command: Command): Command {
  return async (args, options, terminal) => {
    if (options['reference'] !== true) return command(args, options, terminal);
    for (const [name, text] of Object.entries(references())) {
      await writeFile(new URL(name, docs), text);
      terminal.out(`Written: ${fileURLToPath(new URL(name, docs))}`);
    }
    return EXIT_CODES.ok;
  };
}
