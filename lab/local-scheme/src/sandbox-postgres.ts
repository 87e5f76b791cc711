import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandFailed, EXIT_CODES } from '@payment-manager/payment-manager';

/** The sandbox's own PostgreSQL. */
export interface SandboxPostgres {
  /** Everybody on this machine may connect: it holds no real money. */
  readonly url: string;
  stop(): Promise<void>;
  /** CPU of all its processes since it was started, milliseconds; undefined where the system does not tell. */
  cpuMs(): number | undefined;
}

/**
 * Starts the PostgreSQL that an npm package brings, with its data below the sandbox's folder, so that the next start finds it. It
 * ends with this process, however that ends. Port 0 takes a free one. @throws CommandFailed
 */
export async function startSandboxPostgres(sandboxFolder: string, port: number): Promise<SandboxPostgres> {
  const folder = join(sandboxFolder, 'postgres');
  // As root the server runs as another user, who must get through; what is in there is closed by itself.
  if (process.getuid?.() === 0) await chmod(sandboxFolder, 0o711);
  try {
    const { startTestPostgres } = await import('@payment-manager/database/test-postgres');
    return await startTestPostgres({ folder, ...(port === 0 ? {} : { port }) });
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    throw new CommandFailed(
      EXIT_CODES.unavailable,
      code === 'MODULE_NOT_FOUND'
        ? 'PostgreSQL is not installed here: it comes with the packages for development. Run npm ci without --omit=dev.'
        : `The sandbox’s PostgreSQL in ${folder} does not start: ${message}`,
    );
  }
}
