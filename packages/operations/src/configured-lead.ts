import { hostname } from 'node:os';
import type { JournalConfig } from '@payment-manager/configuration';
import { postgresAddress } from '@payment-manager/configuration/addresses';
import { alone, competeForLead, type Leadership, type LeadershipOptions } from '@payment-manager/database';
import type { World } from '@payment-manager/runtime';

/** Competes for a lead among the replicas that share the configured journal; with a journal file there is one process only. @throws DatabaseUnavailable */
export async function configuredLead(
  { journal }: JournalConfig,
  led: Pick<LeadershipOptions, 'name' | 'what'>,
  { clock, timers, log, random }: Pick<World, 'clock' | 'timers' | 'log' | 'random'>,
): Promise<Leadership> {
  if (journal.store !== 'postgres') return alone;
  return competeForLead({
    ...led,
    ...(await postgresAddress(journal)),
    holder: `${hostname()}-${process.pid}-${random.uuid().slice(0, 8)}`,
    clock,
    timers,
    log,
  });
}
