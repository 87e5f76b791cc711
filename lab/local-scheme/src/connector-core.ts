import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CommandFailed, EXIT_CODES } from '@payment-manager/payment-manager';
import { BANK_CLIENT, BANK_PATH } from '@payment-manager/sandbox';

/**
 * Reads `bluewallet=connectors/rest-core`: the folder of the connector by which a DFSP's demo core is reached, by FSP id.
 *
 * @throws CommandFailed (64) saying what is wrong
 */
export function readConnectors(given: unknown, fspIds: readonly string[], workingFolder: string): ReadonlyMap<string, string> {
  const connectors = new Map<string, string>();
  for (const text of Array.isArray(given) ? (given as string[]) : []) {
    const [, fspId = '', path = ''] = /^([^=]*)=(.*)$/.exec(text) ?? [];
    const folder = resolve(workingFolder, path);
    if (!fspIds.includes(fspId)) throw wrong(text, `expected one of the DFSPs ${fspIds.join(', ')}, =, and the folder of a connector`);
    if (!existsSync(join(folder, 'connector.yaml'))) throw wrong(text, `there is no connector.yaml in ${folder}`);
    connectors.set(fspId, folder);
  }
  return connectors;
}

function wrong(text: string, why: string): CommandFailed {
  return new CommandFailed(EXIT_CODES.usage, `--connector ${text}: ${why}. Example: --connector bluewallet=connectors/rest-core`);
}

/** The `core` of a configuration that reaches a demo core by `connectors/rest-core`, or a copy of it; its secret is put into the folder. */
export async function coreByConnector(connector: string, coreUrl: string, folder: string): Promise<object> {
  const baseUrl = `${coreUrl}${BANK_PATH}`;
  const secret = 'core-secret';
  await writeFile(join(folder, secret), `${BANK_CLIENT.clientSecret}\n`, { mode: 0o600 });
  const settings = { baseUrl, tokenUrl: `${baseUrl}/token`, clientId: BANK_CLIENT.clientId };
  return { connector, settings, secretFiles: { clientSecret: secret } };
}
