import type { Config } from '@payment-manager/configuration';
import type { World } from '@payment-manager/runtime';
import { type RunningTracing, startTracing } from './exporter.ts';

/** Traces payments where the configuration says whereto; undefined: it is switched off. @throws CredentialsInvalid for a CA file that cannot be read */
export async function configuredTracing(config: Config, world: World, version: string): Promise<RunningTracing | undefined> {
  const { otlpUrl: url, caFile, samplePercent } = config.tracing;
  if (url === undefined) return undefined;
  const { clientTrusting } = await import('@payment-manager/credentials');
  const client = await clientTrusting(caFile, 'tracing.caFile');
  const { fspId, environment } = config;
  const tracing = startTracing({ ...world, client, url, samplePercent, process: { fspId, environment, version } });
  return {
    changed: (change) => tracing.changed(change),
    spanOf: (recordId) => tracing.spanOf(recordId),
    begin: () => tracing.begin(),
    async stop() {
      await tracing.stop();
      await client.close();
    },
  };
}
