import cluster from 'node:cluster';
import type { Config } from '@payment-manager/configuration';
import { ownOrigin } from '@payment-manager/configuration/addresses';
import { notNow, type ReloadedConnector } from '@payment-manager/management-api';
import { authorizationIn, operationsTokenFile, type RunningCoreConnector } from '@payment-manager/operations/api';
import { createHttpClient, membersIn } from '@payment-manager/runtime';

const TIMEOUT_MS = 120_000;

/** Loads the connector anew; of several workers each has its own in memory, and the primary asks all. @throws Problem */
export async function reloadEverywhere(config: Config, own: NonNullable<RunningCoreConnector>): Promise<ReloadedConnector> {
  if (!cluster.isWorker) return own.reload();
  const http = createHttpClient({});
  try {
    const outcome = await http.request({
      method: 'POST',
      url: `${ownOrigin('http', config.operations)}/connector/reload`,
      headers: { 'content-type': 'application/json', ...(await authorizationIn(operationsTokenFile(config))) },
      body: '{}',
      timeoutMs: TIMEOUT_MS,
    });
    const told = outcome.kind === 'failed' ? undefined : membersIn(outcome.body);
    if (told !== undefined && Array.isArray(told['problems'])) return { kind: 'refused', ...told } as unknown as ReloadedConnector;
    if (told?.['result'] !== undefined) return { kind: told['result'], ...told } as unknown as ReloadedConnector;
    throw notNow('The primary process does not answer as it should.', 'Repeat it, or restart the product.');
  } finally {
    await http.close();
  }
}
