import { dirname, resolve } from 'node:path';
import type { Config } from '@payment-manager/configuration';
import { managementSocket } from '@payment-manager/management-api/socket';
import type { Authorization } from '@payment-manager/operations/api';
import type { HttpClient } from '@payment-manager/runtime';
import type { CommandOptions } from '../commands.ts';
import { configurationSource, loadConfiguration, refuseTwo, USUAL_NAME } from '../configuration-file.ts';
import { operationsUrl } from '../connection/connection-client.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import { meantBy } from '../meant.ts';
import { findRunning, managerTokenFile, sandboxFolder } from '../running-sandbox.ts';
import type { Terminal } from '../terminal.ts';
import { changingThrough, onlyManagement } from './management-client.ts';
import { doorAt, doorBehind, localDoor, type ManagementDoor } from './management-door.ts';
import { type OperationsClient, operationsClient } from './operations-client.ts';
import { authorizationBy, authorizationFor } from './operations-token.ts';

/** A running Payment Manager that the user means. */
export interface FoundManager {
  readonly fspId: string;
  readonly operations: OperationsClient;
  /** The options that mean this one, to be put behind a command that is suggested. */
  readonly meant: string;
  /** Only in the sandbox: its demo core. */
  readonly coreUrl?: string;
  /** The management API of it, where it runs with a portal: what changes anything goes through that. */
  management(): Promise<ManagementDoor | undefined>;
}

/**
 * The Payment Managers that the user means: `--api`, `--url`, `--config`, or `--fsp` and `--folder` for the running sandbox; without any of these the
 * one of PM_CONFIG_FILE or of the configuration in the working folder, else all of the running sandbox.
 *
 * @throws CommandFailed when there is none, or the configuration does not say where it is
 */
export async function findOperations(options: CommandOptions, terminal: Terminal, client: HttpClient): Promise<readonly FoundManager[]> {
  const { url, config, fsp, folder } = options;
  refuseTwo(options);
  if (typeof options['api'] === 'string') return [await behindApi(options['api'], terminal)];
  if (typeof url === 'string') {
    const origin = readUrl(url);
    const authorization = await authorizationAt(origin, options, terminal, client);
    const operations = operationsClient(origin, client, authorization);
    return [{ fspId: '-', meant: meantBy({ url }), operations, management: async () => undefined }];
  }
  if (typeof config === 'string') return [await configured(config, options, terminal, client)];
  if (typeof fsp === 'string' || typeof folder === 'string') return inSandbox(options, terminal, client);
  if (configurationSource(undefined, terminal) !== undefined) return [await configured(undefined, options, terminal, client)];
  return inSandbox(options, terminal, client);
}

/** From elsewhere: everything goes through the management API there. */
async function behindApi(api: string, terminal: Terminal): Promise<FoundManager> {
  const door = doorAt(api, terminal);
  const { process } = (await door.ask('GET /api/me')) as { readonly process?: { readonly fspId?: string } };
  const management = async (): Promise<ManagementDoor> => door;
  return { fspId: process?.fspId ?? '-', meant: meantBy({ api }), operations: onlyManagement(door), management };
}

/** Once for all that a command asks. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/**
 * By what the product at a URL knows us: the file that PM_OPERATIONS_TOKEN_FILE names, else that of the configuration that is named, else
 * that of the running sandbox. A token is sent nowhere that nobody has named together with it.
 */
async function authorizationAt(origin: string, options: CommandOptions, terminal: Terminal, client: HttpClient): Promise<Authorization> {
  const { PM_OPERATIONS_TOKEN_FILE: file, PM_CONFIG_FILE } = terminal.environment;
  if (file !== undefined) return authorizationBy(resolve(terminal.workingFolder, file));
  const { config } = options;
  if (typeof config === 'string' || PM_CONFIG_FILE !== undefined)
    return authorizationFor((await loadConfiguration(config as string | undefined, terminal)).config);
  const folder = sandboxFolder(options, terminal);
  const sandbox = await findRunning(folder, client);
  const own = sandbox?.dfsps.find(({ operationsUrl }) => operationsUrl === origin);
  return own === undefined ? {} : authorizationBy(managerTokenFile(folder, own.fspId));
}

function readUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new CommandFailed(EXIT_CODES.usage, `--url must be like http://127.0.0.1:4404; it is '${text}'.`);
  return url.origin;
}

async function configured(
  file: string | undefined,
  options: CommandOptions,
  terminal: Terminal,
  client: HttpClient,
): Promise<FoundManager> {
  const { config, environments } = await loadConfiguration(file, terminal);
  const url = operationsUrl(config);
  if (url === undefined)
    throw new CommandFailed(
      EXIT_CODES.usage,
      'operations.port is 0 in the configuration: give the address of the operations API with --url.',
    );
  const operations = operationsClient(url, client, await authorizationFor(config));
  if (environments.length > 0) await checkEnvironment(config, operations);
  const management = once(() => localDoor(config, options, terminal));
  return { fspId: config.fspId, meant: meantBy(options), operations: changingThrough(management, operations), management };
}

/** Two environments may have one port, one after the other: what is asked for one must not be done to the other's payments. */
async function checkEnvironment({ environment }: Config, operations: OperationsClient): Promise<void> {
  const { environment: running } = await operations.identity();
  if (running !== environment)
    throw new CommandFailed(
      EXIT_CODES.usage,
      `What runs at ${operations.url} belongs to the environment ${running ?? '(not stated)'}, not to ${environment}. Choose with --environment.`,
    );
}

async function inSandbox(options: CommandOptions, terminal: Terminal, client: HttpClient): Promise<readonly FoundManager[]> {
  const folder = sandboxFolder(options, terminal);
  const sandbox = await findRunning(folder, client);
  if (sandbox === undefined) {
    throw new CommandFailed(
      EXIT_CODES.unavailable,
      `There is no ${USUAL_NAME} in this folder, and no sandbox is running with ${folder}. Name the Payment Manager with --url or --config, or start a sandbox: ./pm start`,
    );
  }
  const wanted = options['fsp'];
  const dfsps = sandbox.dfsps.filter(({ fspId }) => wanted === undefined || fspId === wanted);
  if (dfsps.length === 0)
    throw new CommandFailed(
      EXIT_CODES.usage,
      `Unknown DFSP '${String(wanted)}'. The sandbox has ${sandbox.dfsps.map(({ fspId }) => fspId).join(', ')}.`,
    );
  return Promise.all(
    dfsps.map(async ({ fspId, operationsUrl, coreUrl, ownCore }) => {
      const tokenFile = managerTokenFile(folder, fspId);
      const management = once(() => doorBehind(managementSocket({ dataFolder: dirname(tokenFile) }), options, terminal));
      const operations = operationsClient(operationsUrl, client, await authorizationBy(tokenFile));
      return {
        fspId,
        meant: meantBy(options, { fsp: fspId }),
        ...(ownCore !== true && { coreUrl }),
        operations: changingThrough(management, operations),
        management,
      };
    }),
  );
}
