import { createHttpClient, type HttpClient } from '@payment-manager/runtime';
import type { Command, CommandOptions } from '../commands.ts';
import { CommandFailed, exitCodes } from '../exit-codes.ts';
import { findRunning, sandboxFolder } from '../sandbox/running-sandbox.ts';
import { stayAlive } from '../stay-alive.ts';
import { printable, style, type Terminal } from '../terminal.ts';
import { overview } from './hub-overview.ts';
import { orderOf, type Verb, verbs } from './hub-verbs.ts';

/** `./pm hub`: what the people at the sandbox's hub do with its Connection Manager. */
export const hub: Command = async ([name = 'list', ...args], options, terminal) => {
  const client = createHttpClient({});
  try {
    return await stayAlive(async () => {
      if (name === 'list') {
        const operator = await operatorOf(options, terminal, client);
        terminal.out(overview(await operator('GET', '/'), await operator('GET', '/dfsps'), await operator('GET', '/faults')));
        return exitCodes.ok;
      }
      const order = orderOf(verbOf(name), args, options);
      const operator = await operatorOf(options, terminal, client);
      for (const { method, path, body } of order.requests) {
        const answer = await operator(method, path, body);
        for (const line of order.tell?.(answer) ?? []) terminal.out(printable(line));
      }
      terminal.out(style.good(order.done));
      return exitCodes.ok;
    });
  } finally {
    await client.close();
  }
};

function verbOf(name: string): Verb {
  const verb = verbs.find((one) => one.name === name);
  if (verb) return verb;
  throw new CommandFailed(exitCodes.usage, `There is no './pm hub ${name}'. There are: list, ${verbs.map((one) => one.name).join(', ')}.`);
}

/** Calls the operator's API and gives its answer. */
type OperatorCall = (method: string, path: string, body?: object) => Promise<Readonly<Record<string, unknown>>>;

const timeoutMs = 30_000;

async function operatorOf(options: CommandOptions, terminal: Terminal, client: HttpClient): Promise<OperatorCall> {
  const base = await operatorUrl(options, terminal, client);
  return async (method, path, body) => {
    const outcome = await client.request({ method, url: base + path, headers: {}, timeoutMs, ...(body && { body: JSON.stringify(body) }) });
    if (outcome.kind === 'failed') throw new CommandFailed(exitCodes.unavailable, `${outcome.message} ${outcome.advice}`);
    const content = contentOf(outcome.body);
    if (outcome.status < 300 && content) return content;
    throw new CommandFailed(
      exitCodes.failed,
      `The Connection Manager says ${outcome.status}: ${printable(String(content?.['message'] ?? 'no more'))}`,
    );
  };
}

function contentOf(body: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8')) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
}

async function operatorUrl({ url, ...options }: CommandOptions, terminal: Terminal, client: HttpClient): Promise<string> {
  if (typeof url === 'string') {
    const given = URL.canParse(url) ? new URL(url) : undefined;
    if (given?.protocol === 'http:') return given.origin;
    throw new CommandFailed(exitCodes.usage, `--url must be like http://127.0.0.1:4003; it is '${url}'.`);
  }
  const folder = sandboxFolder(options, terminal);
  const running = await findRunning(folder, client);
  if (!running) throw new CommandFailed(exitCodes.unavailable, `No sandbox runs with ${folder}. Start one: ./pm start`);
  if (running.hubOperatorUrl !== undefined) return running.hubOperatorUrl;
  throw new CommandFailed(
    exitCodes.unavailable,
    `The sandbox that runs with ${folder} has no Connection Manager. Say with --url where its operator's API is.`,
  );
}
