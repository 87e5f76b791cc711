import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createServer } from 'node:tls';
import type { Credentials } from '@payment-manager/runtime';

const manyPieces = Buffer.from('1\r\n \r\n'.repeat(10_000));

/** Writes one-byte chunks as fast as the other side reads, until there are enough or the other side has gone. Resolves with how many. */
export async function drip(socket: Socket, most: number): Promise<number> {
  let pieces = 0;
  const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  while (pieces < most && !socket.destroyed) {
    pieces += 10_000;
    if (!socket.write(manyPieces)) await Promise.race([new Promise<void>((resolve) => socket.once('drain', () => resolve())), gone]);
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (!socket.destroyed) socket.end('0\r\n\r\n');
  await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, 20_000).unref())]);
  return pieces;
}

/** A server that answers everything with 200 and a body in one-byte chunks. */
export interface DrippingPeer {
  readonly url: string;
  /** Request lines that came, each with how many pieces of the answer were written before the asker had gone. */
  readonly asked: ReadonlyMap<string, number>;
  close(): void;
}

export async function drippingPeer({ certificate, privateKey }: Credentials, pieces: number): Promise<DrippingPeer> {
  const asked = new Map<string, number>();
  const server = createServer({ cert: certificate, key: privateKey.reveal() }, (socket) => {
    socket.on('error', () => {});
    socket.once('data', (head: Buffer) => {
      const [line = ''] = head.toString('latin1').split(' HTTP', 1);
      socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n');
      void drip(socket, pieces).then((written) => asked.set(line, written));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return { url: `https://127.0.0.1:${port}`, asked, close: () => void server.close() };
}
