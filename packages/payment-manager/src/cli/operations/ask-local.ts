import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';

/** Nobody answers at the socket. */
export class NotRunning extends CommandFailed {
  constructor(socket: string) {
    super(
      EXIT_CODES.unavailable,
      `Nothing answers at ${socket}: the product does not run, its portal is switched off, or this is not its user.`,
    );
  }
}

/** What the management API answered, whatever it is. */
export interface Answered {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A day’s reconciliation may ask the hub about thousands of payments. */
const TIMEOUT_MS = 900_000;
const ANSWER_BYTES_MAX = 50_000_000;

/**
 * Sends a request to the management API of a product on this machine, as `local:NAME`; the socket’s file says who may.
 *
 * @throws NotRunning
 */
export async function sendLocal(socket: string, line: string, body: object | undefined, by: string): Promise<Answered> {
  const { request } = await import('node:http');
  const [method, path] = line.split(' ');
  const sent = body === undefined ? '' : JSON.stringify(body);
  const headers = {
    host: 'localhost',
    'x-pm-user': by.replace(/[^A-Za-z0-9._-]/g, '-').slice(0, 64),
    ...(sent !== '' && { 'content-type': 'application/json' }),
    'content-length': Buffer.byteLength(sent),
  };
  const { status, text } = await new Promise<{ readonly status: number; readonly text: string }>((resolve, reject) => {
    const asking = request({ socketPath: socket, method, path, headers, timeout: TIMEOUT_MS }, (answer) => {
      let read = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => {
        read += part;
        if (read.length > ANSWER_BYTES_MAX) asking.destroy();
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: read }));
      answer.on('error', reject);
    });
    asking.on('timeout', () => asking.destroy());
    asking.on('error', () => reject(new NotRunning(socket)));
    asking.end(sent);
  });
  return { status, body: (text === '' ? {} : JSON.parse(text)) as Answered['body'] };
}

/** The same, for what must be done at once. @throws NotRunning; CommandFailed with what the API says */
export async function askLocal(socket: string, line: string, body: object | undefined, by: string): Promise<Answered['body']> {
  return demandDone(await sendLocal(socket, line, body, by));
}

/** @throws CommandFailed with what the API says, unless it is done */
export function demandDone({ status, body }: Answered): Answered['body'] {
  if (status >= 200 && status < 300) return body;
  const { message = `HTTP ${status}`, advice = '' } = body;
  throw new CommandFailed(status === 503 ? EXIT_CODES.unavailable : EXIT_CODES.failed, `${message} ${advice}`.trim());
}
