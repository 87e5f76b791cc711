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

const TIMEOUT_MS = 30_000;
const ANSWER_BYTES_MAX = 5_000_000;

/**
 * Asks the management API of a product on this machine, as `local:NAME`. Resolves with the answer’s body; the socket’s file says who may.
 *
 * @throws NotRunning; CommandFailed with what the API says
 */
export async function askLocal(
  socket: string,
  line: string,
  body: object | undefined,
  by: string,
): Promise<Readonly<Record<string, unknown>>> {
  const { request } = await import('node:http');
  const [method, path] = line.split(' ');
  const sent = body === undefined ? '' : JSON.stringify(body);
  const headers = {
    host: 'localhost',
    'x-pm-user': by.replace(/[^A-Za-z0-9._-]/g, '-'),
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
  const answered = (text === '' ? {} : JSON.parse(text)) as Readonly<Record<string, unknown>>;
  if (status >= 200 && status < 300) return answered;
  const { message = `HTTP ${status}`, advice = '' } = answered;
  throw new CommandFailed(EXIT_CODES.failed, `${message} ${advice}`.trim());
}
