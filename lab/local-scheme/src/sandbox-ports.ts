import { createServer } from 'node:net';
import { CommandFailed, EXIT_CODES } from '@payment-manager/payment-manager';
import { systemRandom } from '@payment-manager/runtime';
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

const PER_DFSP = 10;

/** @throws CommandFailed when the base is no port number with room above it. */
export function sandboxPorts(basePort: string, fspIds: readonly string[]): SandboxPorts {
  const base = Number(basePort);
  const highest = base + PER_DFSP * (fspIds.length + 1);
  if (!/^[0-9]{1,5}$/.test(basePort) || highest > 65_535 || (base !== 0 && base < 1024)) {
    throw new CommandFailed(
      EXIT_CODES.usage,
      `--base-port must be 0 or a number from 1024 to ${65_535 - PER_DFSP * (fspIds.length + 1)}; it is '${basePort}'.`,
    );
  }
  const at = (index: number, offset: number): number => (base === 0 ? 0 : base + PER_DFSP * (index + 1) + offset);
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
      return { inbound: at(index, 0), outbound: at(index, 1), operations: at(index, 2), management: at(index, 5) };
    },
  };
}

/** The ports of each Payment Manager, free ones where any will do: scheme and commands are told before anybody listens there. */
export async function managerPorts(ports: SandboxPorts, fspIds: readonly string[]): Promise<ReadonlyMap<string, ManagerPorts>> {
  const taken = new Set<number>();
  const found = new Map<string, ManagerPorts>();
  for (const fspId of fspIds) {
    const own = ports.manager(fspId);
    const free = () => freePort(taken);
    found.set(
      fspId,
      own.inbound !== 0 ? own : { inbound: await free(), outbound: await free(), operations: await free(), management: await free() },
    );
  }
  return found;
}

/** Below those that systems give to clients: none of these may take it before it is opened, or between two starts. */
const [lowest, above] = [15_000, 32_000];

/** A port of 127.0.0.1 that nobody had just now, and that is not among those `taken`, which it joins. */
export async function freePort(taken: Set<number> = new Set()): Promise<number> {
  for (;;) {
    const port = lowest + Math.floor(systemRandom.fraction() * (above - lowest));
    if (taken.has(port) || !(await isFree(port))) continue;
    taken.add(port);
    return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
