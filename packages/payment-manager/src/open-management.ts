import type { LoadedConfig } from '@payment-manager/configuration';
import { clientTrusting, keyFor } from '@payment-manager/credentials';
import { DatabaseUnavailable } from '@payment-manager/database';
import type { AlarmEntry, World } from '@payment-manager/runtime';
import type { AroundManagement } from './management/surroundings.ts';
import type { Opened } from './opened.ts';

/** What the management API looks at and acts on, and what its own keys are made of. */
export interface ManagementParts extends AroundManagement {
  readonly sealingKeyBytes: Uint8Array;
  onFatal(error: Error): void;
  readonly opened: Opened;
}

/** What is opened of it. */
export interface OpenedManagement {
  readonly url: string;
  alarms(): readonly AlarmEntry[];
}

/**
 * Opens the management API where it is switched on, and no other process has that role; else loads nothing of it. Resolves with where people open the portal,
 * and with the alarms that it raises. A store of its own that cannot
 * be used is told to the log, and there is no portal: payments go on. Rejects with CredentialsInvalid, or what the system says of the port.
 */
export async function openManagement(loaded: LoadedConfig, world: World, parts: ManagementParts): Promise<OpenedManagement | undefined> {
  const { config } = loaded;
  if (!config.management.enabled || config.role === 'payments') return undefined;
  const { startManagement } = await import('@payment-manager/management-api');
  const { surroundingsOf } = await import('./management/surroundings.ts');
  const key = keyFor('management', parts.sealingKeyBytes);
  const { issuer, caFile } = config.management.singleSignOn;
  const providerClient = issuer === undefined ? undefined : await clientTrusting(caFile, 'management.singleSignOn.caFile');
  parts.opened.push('connections to the single sign-on', () => providerClient?.close());
  const around = surroundingsOf(loaded, world, parts);
  try {
    const running = await startManagement({
      config,
      world,
      key,
      around,
      ...(providerClient && { providerClient }),
      onFatal: parts.onFatal,
    });
    parts.opened.push('management API', () => running.close());
    return { url: running.url, alarms: () => running.alarms() };
  } catch (error) {
    if (!(error instanceof DatabaseUnavailable)) throw error;
    world.log.error('there is no portal', { code: 'MANAGEMENT_UNAVAILABLE', reason: error.message });
    return undefined;
  }
}
