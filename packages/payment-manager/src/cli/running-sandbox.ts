import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { HttpClient } from '@payment-manager/runtime';
import type { CommandOptions } from './commands.ts';
import type { Terminal } from './terminal.ts';

/** A DFSP of the running sandbox, as `./pm send` needs to know it. */
export interface RunningDfsp {
  readonly fspId: string;
  readonly coreUrl: string;
  /** The core is somebody's own: it has neither accounts nor payments to show. */
  readonly ownCore?: true;
  readonly outboundUrl: string;
  readonly operationsUrl: string;
  readonly customers: readonly {
    readonly id: string;
    readonly displayName: string;
    readonly identifiers: readonly { readonly idType: string; readonly idValue: string }[];
  }[];
}

/** What runs where; kept in the sandbox's folder while it runs. */
export interface RunningSandbox {
  readonly pid: number;
  readonly hubAdminUrl: string;
  /** The operator's API of the scheme's Connection Manager. */
  readonly hubOperatorUrl: string;
  readonly dfsps: readonly RunningDfsp[];
}

/** The folder that the option names, else `.pm/sandbox` in this project. */
export function sandboxFolder(options: CommandOptions, terminal: Terminal): string {
  const given = options['folder'];
  if (typeof given === 'string') return resolve(terminal.workingFolder, given);
  return fileURLToPath(new URL('../../../../.pm/sandbox', import.meta.url));
}

/** The file in a sandbox's folder that says what runs where, for as long as it runs. */
export function runningFile(folder: string): string {
  return join(folder, 'running.json');
}

/** Where the Payment Manager of a DFSP of the sandbox keeps the token of its operations API. */
export function managerTokenFile(folder: string, fspId: string): string {
  return join(folder, fspId, 'data', 'operations.token');
}

/** The sandbox that runs with this folder, or undefined. A file that a killed sandbox left behind is seen through. */
export async function findRunning(folder: string, client: HttpClient): Promise<RunningSandbox | undefined> {
  let running: RunningSandbox;
  try {
    running = JSON.parse(await readFile(runningFile(folder), 'utf8')) as RunningSandbox;
  } catch {
    return undefined;
  }
  const outcome = await client.request({ method: 'GET', url: `${running.hubAdminUrl}/`, headers: {}, timeoutMs: 3000 });
  return outcome.kind === 'answer' && outcome.status === 200 ? running : undefined;
}
