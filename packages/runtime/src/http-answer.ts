import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { HttpResponse } from './http.ts';

/** The bytes of an answer's body. */
export function bytesOf(body: string | Uint8Array = ''): Buffer {
  return typeof body === 'string' ? Buffer.from(body, 'utf8') : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}

/** Writes an answer. `close`: the connection ends with it. Throws when a header has a value that HTTP does not allow; then nothing is written. */
export function writeAnswer(raw: ServerResponse, { status, headers }: HttpResponse, body: Buffer, close: boolean): void {
  const head = headOf(headers, close);
  if (body.length === 0) delete head['content-type'];
  else head['content-type'] ??= 'application/octet-stream';
  // RFC 9110 8.6: an answer that has no content says no length; one to HEAD may say that of the GET
  if (status < 200 || status === 204 || status === 304) delete head['content-length'];
  else if (!isHead(raw.req) || body.length > 0) head['content-length'] = String(body.length);
  raw.writeHead(status, head).end(body);
}

/** Writes an answer that comes in pieces. It is cut off where they fail. */
export function writePieces(
  raw: ServerResponse,
  { status, headers }: HttpResponse,
  pieces: AsyncIterable<Uint8Array>,
  close: boolean,
): void {
  raw.writeHead(status, headOf(headers, close));
  pipeline(Readable.from(pieces, { objectMode: false }), raw).catch(() => raw.destroy());
}

function headOf(headers: HttpResponse['headers'], close: boolean): Record<string, string> {
  const head: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) head[name.toLowerCase()] = value;
  if (close) head['connection'] = 'close';
  return head;
}

function isHead({ method }: IncomingMessage): boolean {
  return method === 'HEAD';
}
