import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@payment-manager/runtime';
import { effective } from '../config/effective.ts';
import type { LoadedConfig } from '../config/load.ts';
import { configReference } from '../config/reference.ts';
import { rightsFindings } from '../environments/doctor/file-rights.ts';
import { fileFindings } from '../environments/doctor/files.ts';
import { commandReference } from './command-reference.ts';
import type { Command } from './commands.ts';
import { loadConfiguration } from './configuration-file.ts';
import { findingLine } from './connection/finding-lines.ts';
import { exitCodes } from './exit-codes.ts';
import { style, type Terminal, table } from './terminal.ts';

/** The documents that are made from the code, by name. */
export async function references(): Promise<Readonly<Record<string, string>>> {
  const { coreApiDocument, coreMarkdown } = await import('@payment-manager/mojaloop-connector/core-api');
  return {
    'configuration.md': configReference(),
    'command-line.md': commandReference(),
    'core-api.md': coreMarkdown(),
    'core-api.openapi.json': `${JSON.stringify(coreApiDocument(), undefined, 2)}\n`,
  };
}

const docs = new URL('../../../../docs/', import.meta.url);

/** `./pm config`: what is in force, or the references anew. */
export const config: Command = async (_args, options, terminal) => {
  if (options['reference'] === true) {
    const written = await references();
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
  const shown = loaded.file === undefined ? '' : `: ${loaded.file}`;
  if (options['withoutFiles'] === true) {
    terminal.out(style.good(`The keys are right${shown}. The files that they name were not looked at.`));
    return exitCodes.ok;
  }
  return files(loaded, shown, terminal);
};

/** What the files that the configuration names are worth. */
async function files(loaded: LoadedConfig, shown: string, terminal: Terminal): Promise<number> {
  const rights = (await rightsFindings(loaded, terminal.environment)).filter(({ state }) => state !== 'ok');
  const findings = [...rights, ...(await fileFindings(loaded.config, systemClock.now()))];
  for (const finding of findings) for (const line of findingLine(finding)) terminal.out(line);
  if (findings.length > 0) terminal.out('');
  const broken = findings.filter(({ state }) => state === 'broken').length;
  if (broken === 0) {
    terminal.out(style.good(`The configuration is right${shown}.`));
    return exitCodes.ok;
  }
  terminal.out(
    style.bad(
      `The keys are right${shown}, and ${broken === 1 ? 'a file is' : `${broken} files are`} not: with them it cannot pay and be paid.`,
    ),
  );
  return exitCodes.config;
}
