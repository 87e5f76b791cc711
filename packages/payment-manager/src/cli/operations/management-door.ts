import { existsSync } from 'node:fs';
import { type Config, isLoopback } from '@payment-manager/configuration';
import { managementSocket } from '@payment-manager/management-api/socket';
import { createHttpClient, membersIn } from '@payment-manager/runtime';
import type { CommandOptions } from '../commands.ts';
import { configurationFile, loadConfiguration } from '../configuration-file.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import { type Answered, demandDone, NotRunning, sendLocal } from './ask-local.ts';
import { operatorName } from './person.ts';

/** The management API of a running product: roles, four eyes and the audit log hold for what a command changes through it. */
export interface ManagementDoor {
  /** Where it is, for people. */
  readonly where: string;
  /** @throws CommandFailed for what it refuses, and (75) for what waits for a second person */
  ask(line: string, body?: object): Promise<Answered['body']>;
  /** The same; undefined: there is no such thing. */
  find(line: string): Promise<Answered['body'] | undefined>;
  /** Whatever it answers. @throws CommandFailed where it does not */
  send(line: string, body?: object): Promise<Answered>;
}

/** Somebody else must agree first. */
export class WaitsForSomebody extends CommandFailed {
  constructor(approval: unknown) {
    super(
      EXIT_CODES.waiting,
      `Nothing is done yet: a second person must agree within three days, in the portal (approval ${String(approval)}). It is done then, without this command.`,
    );
  }
}

const TIMEOUT_MS = 900_000;
const ANSWER_BYTES_MAX = 50_000_000;

/**
 * The door that the user means: with `--api` the one there, by the key in PM_API_KEY; else the socket of the product that the configuration means, where
 * that runs with a portal. Undefined: there is none, and the command does its work as where there is no portal.
 *
 * @throws CommandFailed
 */
export async function managementDoor(options: CommandOptions, terminal: Terminal): Promise<ManagementDoor | undefined> {
  const { api } = options;
  if (typeof api === 'string') return doorAt(api, terminal);
  return localDoor((await loadConfiguration(configurationFile(options, terminal), terminal)).config, options, terminal);
}

/** The socket of the product of a configuration; undefined: it does not run, or has no portal. */
export async function localDoor(
  config: Pick<Config, 'management' | 'dataFolder'>,
  options: CommandOptions,
  terminal: Terminal,
): Promise<ManagementDoor | undefined> {
  return config.management.enabled ? doorBehind(managementSocket(config), options, terminal) : undefined;
}

/** The same of a data folder whose product may have a portal. */
export async function doorBehind(socket: string, options: CommandOptions, terminal: Terminal): Promise<ManagementDoor | undefined> {
  if (!existsSync(socket)) return undefined;
  const by = operatorName(options, terminal);
  const door = doorOf(socket, (line, body) => sendLocal(socket, line, body, by));
  try {
    await door.ask('GET /api/me');
    return door;
  } catch (error) {
    if (error instanceof NotRunning) return undefined;
    throw error;
  }
}

/** From elsewhere: `--api` and PM_API_KEY. @throws CommandFailed */
export function doorAt(api: string, { environment }: Pick<Terminal, 'environment'>): ManagementDoor {
  const url = URL.canParse(api) ? new URL(api) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new CommandFailed(EXIT_CODES.usage, `--api must be like https://payments.greenbank.example.org; it is '${api}'.`);
  if (url.protocol === 'http:' && !isLoopback(url.hostname.replace(/^\[|\]$/g, '')) && url.hostname !== 'localhost')
    throw new CommandFailed(EXIT_CODES.usage, `--api ${url.origin}: a key is sent over https alone, but to this machine.`);
  const { PM_API_KEY: key } = environment;
  if (key === undefined || !/^[A-Za-z0-9_-]{1,100}$/.test(key))
    throw new CommandFailed(EXIT_CODES.usage, 'With --api the key of a machine must be in PM_API_KEY (docs/operations/portal.md).');
  return doorOf(url.origin, (line, body) => sendByKey(url.origin, key, line, body));
}

async function sendByKey(origin: string, key: string, line: string, body: object | undefined): Promise<Answered> {
  const [method = 'GET', path = ''] = line.split(' ');
  const http = createHttpClient({ maxAnswerBytes: ANSWER_BYTES_MAX });
  try {
    const outcome = await http.request({
      method: method as 'GET',
      url: `${origin}${path}`,
      headers: { accept: 'application/json', authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      timeoutMs: TIMEOUT_MS,
    });
    if (outcome.kind === 'failed')
      throw new CommandFailed(
        EXIT_CODES.unavailable,
        `The management API at ${origin} does not answer: ${outcome.message} ${outcome.advice}`,
      );
    const read = outcome.body.length === 0 ? {} : membersIn(outcome.body);
    if (read === undefined)
      throw new CommandFailed(EXIT_CODES.unavailable, `The program at ${origin} is not the management API of a Payment Manager.`);
    return { status: outcome.status, body: read };
  } finally {
    await http.close();
  }
}

function doorOf(where: string, send: (line: string, body?: object) => Promise<Answered>): ManagementDoor {
  return {
    where,
    send,
    async ask(line, body) {
      const answered = await send(line, body);
      if (answered.status === 202) throw new WaitsForSomebody(answered.body['approval']);
      return demandDone(answered);
    },
    async find(line) {
      const answered = await send(line);
      return answered.status === 404 ? undefined : demandDone(answered);
    },
  };
}
