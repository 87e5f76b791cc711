import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConnectorFolder } from '@payment-manager/deployment';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';

/** `kubectl apply` keeps what it was given in an annotation too, and those have 256 KiB together. */
const BYTES_MOST = 200_000;
/** A member of a ConfigMap. */
const MEMBER = /^[-._A-Za-z0-9/]{1,253}$/;

/**
 * Everything that a running Payment Manager reads in the folder of its connector, its fixtures and what somebody answered for included: a reload runs
 * fixtures. What would not start is refused here. `here`: the folder on this machine. `production`: real money moves, so nothing may be left to guess.
 * @throws CommandFailed (78)
 */
export async function connectorInPod(here: string, production: boolean): Promise<ConnectorFolder> {
  const connectors = await import('@payment-manager/core-connector');
  try {
    const files = await connectors.readConnectorFolder(here);
    const { connector, problems } = connectors.compileConnector(files);
    if (problems.length > 0) throw refused(`${here}: ${problems.map(connectors.problemLine).join('\n  ')}`);
    const open = production ? await connectors.openGuesses(here, connector.guesses, connectors.filesVersion(files)) : [];
    if (open.length > 0)
      throw refused(`${here} has guesses that nobody answers for: ${open.map(({ id }) => id).join(', ')}. See ./pm connector sign-off.`);
    const beside = [connectors.SIGNED_OFF, connectors.PROBED, connectors.CERTIFIED].filter((name) => existsSync(join(here, name)));
    return checked(
      here,
      new Map([
        ['connector.yaml', files.connector],
        ...files.operations,
        ...(files.tables ?? []),
        ...(files.functions === undefined ? [] : [['functions.ts', files.functions] as const]),
        ...(await connectors.readFixtureFiles(here)),
        ...beside.map((name) => [name, readFileSync(join(here, name), 'utf8')] as const),
      ]),
    );
  } catch (error) {
    if (!(error instanceof connectors.FolderInvalid)) throw error;
    throw refused(
      `${error.message}. It is looked for beside the configuration; those of the image are /opt/payment-manager/connectors/NAME.`,
    );
  }
}

function checked(here: string, files: ConnectorFolder): ConnectorFolder {
  const name = [...files.keys()].find((path) => !MEMBER.test(path));
  if (name !== undefined) throw refused(`${here}/${name}: a ConfigMap takes names of letters, digits and - . _ alone.`);
  const bytes = [...files.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (bytes > BYTES_MOST)
    throw refused(
      `${here} has ${bytes} bytes, and kubectl takes ${BYTES_MOST} of them in a ConfigMap: build an image with it in /opt/payment-manager/connectors.`,
    );
  return files;
}

function refused(what: string): CommandFailed {
  return new CommandFailed(EXIT_CODES.config, `core.connector: ${what}`);
}
