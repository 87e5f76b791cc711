import { CommandFailed, exitCodes } from '../exit-codes.ts';
import type { ManagerPorts } from './manager-configuration.ts';

/** Which port is whose: the hub first, then ten ports for each DFSP. All 0 when the base is 0. */
export interface SandboxPorts {
  readonly hub: number;
  readonly hubAdmin: number;
  readonly postgres: number;
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
  return {
    hub: base,
    hubAdmin: base === 0 ? 0 : base + 1,
    postgres: base === 0 ? 0 : base + 2,
    cores: Object.fromEntries(fspIds.map((fspId, index) => [fspId, at(index, 3)])),
    manager(fspId) {
      const index = fspIds.indexOf(fspId);
      return { inbound: at(index, 0), outbound: at(index, 1), operations: at(index, 2) };
    },
  };
}
