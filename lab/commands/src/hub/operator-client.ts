import {
  CommandFailed,
  type CommandOptions,
  EXIT_CODES,
  findRunning,
  printable,
  sandboxFolder,
  type Terminal,
} from '@payment-manager/payment-manager';
import type { HttpClient } from '@payment-manager/runtime';

/** Calls the operator's API and gives its answer. @throws CommandFailed in the server's words */
export type OperatorCall = (method: string, path: string, body?: object) => Promise<Readonly<Record<string, unknown>>>;

const TIMEOUT_MS = 30_000;

/** The operator's API that the user means: `--url`, else that of the running sandbox. */
export async function operatorOf(options: CommandOptions, terminal: Terminal, client: HttpClient): Promise<OperatorCall> {
  const base = await operatorUrl(options, terminal, client);
  return async (method, path, body) => {
    const outcome = await client.request({
      method,
      url: base + path,
      headers: {},
      timeoutMs: TIMEOUT_MS,
      ...(body && { body: JSON.stringify(body) }),
    });
    if (outcome.kind === 'failed') throw new CommandFailed(EXIT_CODES.unavailable, `${outcome.message} ${outcome.advice}`);
    const content = contentOf(outcome.body);
    if (outcome.status < 300 && content) return content;
    throw new CommandFailed(
      EXIT_CODES.failed,
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
    throw new CommandFailed(EXIT_CODES.usage, `--url must be like http://127.0.0.1:4004; it is '${url}'.`);
  }
  const folder = sandboxFolder(options, terminal);
  const running = await findRunning(folder, client);
  if (!running) throw new CommandFailed(EXIT_CODES.unavailable, `No sandbox is running with ${folder}. Start one: ./pm start`);
  return running.hubOperatorUrl;
}
