import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { OpenWire } from './wire.ts';
import { WireFailed } from './wire.ts';

const KEEP_ALIVE_MS = 30_000;

/** A connection over TCP, with TLS where the address says so. */
export const openTcp: OpenWire = ({ host, port, tls }, connectMs, timers, events) =>
  new Promise((resolve, reject) => {
    const socket: Socket =
      tls === false
        ? connect({ host, port })
        : connectTls({ host, port, servername: host, ca: tls.ca, cert: tls.certificate, key: tls.key, minVersion: 'TLSv1.2' });
    let state: 'opening' | 'open' | 'over' = 'opening';
    const over = (reason: string): void => {
      if (state === 'opening') reject(new WireFailed(reason));
      else if (state === 'open') events.closed(reason);
      state = 'over';
      timer.cancel();
      socket.destroy();
    };
    const timer = timers.after(connectMs, () => over('no connection in time'));
    socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_MS);
    socket.once(tls === false ? 'connect' : 'secureConnect', () => {
      if (state !== 'opening') return;
      state = 'open';
      timer.cancel();
      resolve({
        write: (bytes) => void socket.write(bytes),
        close: () => {
          state = 'over';
          socket.destroy();
        },
      });
    });
    socket.on('data', (bytes) => {
      if (state === 'open') events.data(bytes);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => over(error.code ?? 'the connection failed'));
    socket.on('close', () => over('the host has closed the connection'));
  });
