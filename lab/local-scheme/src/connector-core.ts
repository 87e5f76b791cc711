import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommandFailed, EXIT_CODES } from '@payment-manager/payment-manager';
import {
  CONNECTORS_TO_DEMO_CORES,
  type ConnectorSettings,
  type ConnectorToDemoCore,
  connectorSettings,
  type SchemeDfsp,
} from '@payment-manager/sandbox';

/** By which connector a demo core is reached: its folder, or by none. */
export type ReachedBy = string | 'none';

/** The folder of a template. */
export function templateFolder(name: ConnectorToDemoCore): string {
  return fileURLToPath(new URL(`../../../connectors/${name}`, import.meta.url));
}

/** The folder of the connector by which a demo core is reached: the chosen one, or the template that its settings name; undefined: none. */
export function connectorOf({ core }: Pick<SchemeDfsp, 'core'>, chosen: ReachedBy | undefined): string | undefined {
  const { connector: template } = core.settings;
  const by = chosen ?? (template === undefined ? 'none' : templateFolder(template));
  return by === 'none' ? undefined : by;
}

/** Whether a connector makes payments of our own customers: then the Payment Manager holds and captures, and the demo core does not. */
export function sendsMoney(folder: string): boolean {
  const operations = join(folder, 'operations');
  return readdirSync(operations).some((file) => /^operation: *send\.hold/m.test(readFileSync(join(operations, file), 'utf8')));
}

/**
 * Reads `bluewallet=connectors/rest-core` or `bluewallet=none`: the folder of the connector by which a DFSP's demo core is reached, by FSP id.
 *
 * @throws CommandFailed (64) saying what is wrong
 */
export function readConnectors(given: unknown, fspIds: readonly string[], workingFolder: string): ReadonlyMap<string, ReachedBy> {
  const connectors = new Map<string, ReachedBy>();
  for (const text of Array.isArray(given) ? (given as string[]) : []) {
    const [, fspId = '', path = ''] = /^([^=]*)=(.*)$/.exec(text) ?? [];
    const folder = resolve(workingFolder, path);
    if (!fspIds.includes(fspId))
      throw wrong(text, `expected one of the DFSPs ${fspIds.join(', ')}, =, and the folder of a connector, or none`);
    if (path !== 'none' && !existsSync(join(folder, 'connector.yaml'))) throw wrong(text, `there is no connector.yaml in ${folder}`);
    if (path !== 'none' && nameOf(folder) === undefined)
      throw wrong(text, `a demo core offers the API of ${CONNECTORS_TO_DEMO_CORES.join(' and ')}, and copies of these, and no other`);
    connectors.set(fspId, path === 'none' ? path : folder);
  }
  return connectors;
}

function wrong(text: string, why: string): CommandFailed {
  return new CommandFailed(EXIT_CODES.usage, `--connector ${text}: ${why}. Example: --connector bluewallet=connectors/rest-core`);
}

/** Which of the connectors to demo cores it is, or is a copy of. */
function nameOf(folder: string): ConnectorToDemoCore | undefined {
  const [, name] = /^connector: *(\S+)/m.exec(readFileSync(join(folder, 'connector.yaml'), 'utf8')) ?? [];
  return CONNECTORS_TO_DEMO_CORES.find((one) => one === name);
}

/** The `core` of a configuration with this connector; its secrets are put into the configuration's folder. */
export async function coreByConnector(connector: string, { settings, secrets }: ConnectorSettings, folder: string): Promise<object> {
  const secretFiles: Record<string, string> = {};
  for (const [name, secret] of Object.entries(secrets)) {
    secretFiles[name] = `core-${name}`;
    await writeFile(join(folder, `core-${name}`), `${secret}\n`, { mode: 0o600 });
  }
  return { connector, settings, secretFiles };
}

/** The same for a connector that a demo core offers the API of. */
export function demoCoreByConnector(connector: string, { core, coreUrl }: SchemeDfsp, folder: string): Promise<object> {
  return coreByConnector(connector, connectorSettings(nameOf(connector) ?? 'rest-core', core, coreUrl), folder);
}
