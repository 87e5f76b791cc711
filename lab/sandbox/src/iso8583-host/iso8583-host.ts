import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Clock, Timers } from '@payment-manager/runtime';
import { type HostAccount, type HostDesk, openHostDesk } from './host-desk.ts';
import { type HostMessage, takeMessages, writeMessage } from './host-message.ts';

/**
 * What happens to a message at the host:
 *
 * | fault | what happens |
 * |---|---|
 * | `lost` | executed; no answer |
 * | `ignored` | not executed; no answer |
 * | `closes` | executed; the connection is closed in place of an answer |
 * | `late` | executed; the answer comes `lateMs` later |
 * | `twice` | executed; the answer comes twice |
 * | `busy` | not executed; response code 91 |
 */
export type HostFault = 'lost' | 'ignored' | 'closes' | 'late' | 'twice' | 'busy';

export interface Iso8583HostOptions {
  readonly accounts: readonly HostAccount[];
  readonly currency: string;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Default 3,000. */
  readonly lateMs?: number;
}

/** A host that speaks ISO 8583 over TCP, on 127.0.0.1. */
export interface Iso8583Host {
  readonly desk: HostDesk;
  readonly port: number;
  /** Every message that came, but for those about the connection. */
  readonly messages: readonly HostMessage[];
  /** The fault of a message; undefined: none. */
  fault: (message: HostMessage) => HostFault | undefined;
  close(): Promise<void>;
}

const LATE_MS = 3_000;

/** Starts a host: its own ledger, and faults on demand. */
export async function startIso8583Host({ timers, lateMs = LATE_MS, ...options }: Iso8583HostOptions): Promise<Iso8583Host> {
  const desk = openHostDesk(options);
  const messages: HostMessage[] = [];
  const sockets = new Set<Socket>();
  const host = { fault: (_message: HostMessage): HostFault | undefined => undefined };
  const server = createServer((socket) => {
    sockets.add(socket);
    let received = Buffer.alloc(0);
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (bytes) => {
      try {
        const { messages: whole, rest } = takeMessages(Buffer.concat([received, bytes]));
        received = Buffer.from(rest);
        for (const message of whole) take(socket, message);
      } catch {
        socket.destroy();
      }
    });
  });

  function take(socket: Socket, message: HostMessage): void {
    const isNetwork = message.type === '0800';
    if (!isNetwork) messages.push(message);
    const fault = isNetwork ? undefined : host.fault(message);
    if (fault === 'ignored') return;
    const said = fault === 'busy' ? { 39: '91' } : desk.answer(message);
    const fields = new Map([...message.fields, ...Object.entries(said).map(([number, value]) => [Number(number), value] as const)]);
    const bytes = writeMessage({ type: `${message.type.slice(0, 2)}${Number(message.type[2]) + 1}0`, fields });
    if (fault === 'lost') return;
    if (fault === 'closes') socket.destroy();
    else if (fault === 'late') timers.after(lateMs, () => socket.write(bytes));
    else socket.write(fault === 'twice' ? Buffer.concat([bytes, bytes]) : bytes);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    desk,
    port: (server.address() as AddressInfo).port,
    messages,
    get fault() {
      return host.fault;
    },
    set fault(fault) {
      host.fault = fault;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
