import { type HttpHandler, type HttpServer, startHttpServer } from '@payment-manager/runtime';
import { configuredAlarmWebhook } from '../alarms/configured.ts';
import type { Config } from '../config/schema.ts';
import type { World } from '../world.ts';
import { operationsBodyBytes, refuseOperations } from './operations-api.ts';

/** Where the operations API is asked. */
export type OperationsDoor = Pick<HttpServer, 'url' | 'close'>;

/**
 * Opens the port of the operations API, and tells the webhook for alarms, if there is one, what that API shows.
 *
 * @throws CredentialsInvalid, or what the server says
 */
export async function openOperationsDoor(config: Config, world: World, handler: HttpHandler): Promise<OperationsDoor> {
  const { host, port } = config.operations;
  const webhook = await configuredAlarmWebhook(config, world, handler);
  const server = await startHttpServer(
    { host, port, maxBodyBytes: operationsBodyBytes, handler, refuse: refuseOperations },
    world.log.child({ api: 'operations' }),
  ).catch(async (error: unknown) => {
    await webhook.stop();
    throw error;
  });
  return {
    url: server.url,
    async close(graceMs) {
      await webhook.stop();
      await server.close(graceMs);
    },
  };
}
