import { createServer } from 'node:net';
import { CommandFailed, exitCodes } from '../exit-codes.ts';
import type { ManagerPorts } from './manager-configuration.ts';

/** Which port is whose: the hub and what belongs to it first, then ten ports for each DFSP. All 0 when the base is 0. */
export interface SandboxPorts {
  readonly hub: number;
  readonly hubAdmin: number;
  readonly postgres: number;
  readonly connectionManager: number;
  readonly operator: number;
  readonly cores: Readonly<Record<string, number>>;
  manager(fspId: string): ManagerPorts;
}

const perDfsp = 10;

/** @throws CommandFailed when the base is no port number with room above it. */
export function sandboxPorts(basePort: string, fspIds: readonly string[]): SandboxPorts {
  const base = Number(basePort);
  const highest = base + perDfsp * (fspIds.length + 1);
  if (!/^[0-9]{1,5}$/.test(basePort) || highest > 65_535 || (base !== 0 && base < 1024)) {
    throw new CommandFailed(
      exitCodes.usage,
      `--base-port must be 0 or a number from 1024 to ${65_535 - perDfsp * (fspIds.length + 1)}; it is '${basePort}'.`,
    );
  }
  const at = (index: number, offset: number): number => (base === 0 ? 0 : base + perDfsp * (index + 1) + offset);
  const ofHub = (offset: number): number => at(-1, offset);
  return {
    hub: ofHub(0),
    hubAdmin: ofHub(1),
    postgres: ofHub(2),
    connectionManager: ofHub(3),
    operator: ofHub(4),
    cores: Object.fromEntries(fspIds.map((fspId, index) => [fspId, at(index, 3)])),
    manager(fspId) {
      const index = fspIds.indexOf(fspId);
      return { inbound: at(index, 0), outbound: at(index, 1), operations: at(index, 2) };
    },
  };
}

/** The ports of each Payment Manager, free ones where any will do: scheme and commands are told before anybody listens there. */
export async function managerPorts(ports: SandboxPorts, fspIds: readonly string[]): Promise<ReadonlyMap<string, ManagerPorts>> {
  const found = fspIds.map(async (fspId) => {
    const own = ports.manager(fspId);
    if (own.inbound !== 0) return [fspId, own] as const;
    const [inbound, outbound, operations] = await Promise.all([freePort(), freePort(), freePort()]);
    return [fspId, { inbound, outbound, operations }] as const;
  });
  return new Map(await Promise.all(found));
}

/** A port of 127.0.0.1 that nobody had just now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(address !== null && typeof address === 'object' ? address.port : 0));
    });
  });
}
