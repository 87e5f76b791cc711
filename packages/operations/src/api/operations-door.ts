import type { JournalConfig } from '@payment-manager/configuration';
import { tokenFileMade } from '@payment-manager/configuration/files';
import { type HttpHandler, type HttpServer, startHttpServer, type World } from '@payment-manager/runtime';
import { guarded, operationsTokenFile } from '../access/operations-access.ts';
import { configuredAlarmWebhook } from '../alarms/configured.ts';
import { OPERATIONS_BODY_BYTES, refuseOperations } from './operations-api.ts';

/** Where the operations API is asked. */
export interface OperationsDoor extends Pick<HttpServer, 'url' | 'close'> {
  /** Tells alarms to whom the configuration names now. Absent: another process does. @throws CredentialsInvalid */
  readonly retargetAlarms?: () => Promise<void>;
}

/**
 * Opens the port of the operations API to who may ask it, and tells the webhook for alarms, if there is one, what that API shows.
 *
 * @throws CredentialsInvalid, or what the server says
 */
export async function openOperationsDoor(config: JournalConfig, world: World, handler: HttpHandler): Promise<OperationsDoor> {
  const { host, port, hostNames } = config.operations;
  const token = await tokenFileMade(operationsTokenFile(config), 'operations.tokenFile', world.random);
  const webhook = await configuredAlarmWebhook(config, world, handler);
  const server = await startHttpServer(
    {
      ...{ host, port, maxBodyBytes: OPERATIONS_BODY_BYTES, refuse: refuseOperations },
      handler: guarded(handler, { token, hostNames, openToRead: config.sandbox }),
    },
    world.log.child({ api: 'operations' }),
  ).catch(async (error: unknown) => {
    await webhook.stop();
    throw error;
  });
  return {
    url: server.url,
    retargetAlarms: () => webhook.retarget(),
    async close(graceMs) {
      await webhook.stop();
      await server.close(graceMs);
    },
  };
}
