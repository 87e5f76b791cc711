import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { configReference, standAloneReference } from '@payment-manager/configuration';
import { connectorReference } from '@payment-manager/core-connector';
import { openApiDocument } from '@payment-manager/management-api/openapi';
import { coreApiDocument, coreMarkdown } from '@payment-manager/mojaloop-connector/core-api';
import { type Command, type CommandEntry, EXIT_CODES } from '@payment-manager/payment-manager';
import { commandReference } from './command-reference.ts';

/** The documents that are made from the code, by name; `commands`: every command, in the order of the help. */
export function references(commands: readonly CommandEntry[]): Readonly<Record<string, string>> {
  return {
    'configuration.md': configReference(),
    'command-line.md': commandReference(commands),
    'core-api.md': coreMarkdown(),
    'connectors/reference.md': connectorReference(),
    'connectors/stand-alone-configuration.md': standAloneReference(),
    'core-api.openapi.json': `${JSON.stringify(coreApiDocument(), undefined, 2)}\n`,
    'management-api.openapi.json': `${JSON.stringify(openApiDocument(), undefined, 1)}\n`,
  };
}

const docs = new URL('../../../docs/', import.meta.url);

/** The command; with `--reference` the documents are written anew instead. */
export function orReference(command: Command, commands: readonly CommandEntry[]): Command {
  return async (args, options, terminal) => {
    if (options['reference'] !== true) return command(args, options, terminal);
    for (const [name, text] of Object.entries(references(commands))) {
      await writeFile(new URL(name, docs), text);
      terminal.out(`Written: ${fileURLToPath(new URL(name, docs))}`);
    }
    return EXIT_CODES.ok;
  };
}
