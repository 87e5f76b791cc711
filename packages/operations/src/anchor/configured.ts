import type { JournalConfig } from '@payment-manager/configuration';
import type { Journal } from '@payment-manager/journal';
import { createHttpClient, Secret, type World } from '@payment-manager/runtime';
import { type Anchoring, fileTarget, startAnchoring, webhookTarget } from './anchoring.ts';

/** Anchors the journal as the configuration says; without a file and a webhook nothing is done. */
export function configuredAnchoring(config: JournalConfig, world: World, journal: Journal): Anchoring {
  const { file, webhookUrl, webhookSecret, everyMs } = config.journal.anchor;
  const chainHeads = journal.chainHeads?.bind(journal);
  if (chainHeads === undefined || (file === undefined && webhookUrl === undefined)) return { alarms: () => [], stop: async () => {} };
  const client = createHttpClient({ maxConnectionsPerOrigin: 1 });
  const targets = [
    ...(file === undefined ? [] : [fileTarget(file)]),
    ...(webhookUrl === undefined
      ? []
      : [webhookTarget(webhookUrl, client, webhookSecret === undefined ? undefined : new Secret(webhookSecret))]),
  ];
  const anchoring = startAnchoring({ ...world, fspId: config.fspId, targets, everyMs, chainHeads });
  return {
    alarms: anchoring.alarms,
    async stop() {
      await anchoring.stop();
      await client.close();
    },
  };
}
