import type { ConnectorSettings, CoreCapabilities } from '@payment-manager/mojaloop-connector';
import { testSettings } from '@payment-manager/mojaloop-connector/test-settings';
import { HUB } from '../scenario/parties.ts';

/** Settings with few enquiries: what the third one does, the first and the second have shown. */
export function exploredSettings(fspId: string, core: Partial<CoreCapabilities> = {}): ConnectorSettings {
  const usual = testSettings();
  return {
    ...usual,
    fspId,
    hubId: HUB,
    hub: { parties: '', participants: '', quotes: '', transfers: '', ping: '' },
    jws: { ...usual.jws, sign: true, verify: true },
    timeouts: { ...usual.timeouts, offerMs: 20_000 },
    ladder: { firstMs: 2_000, factor: 2, maxMs: 10_000, rungs: 1, slowMs: 60_000 },
    core: { ...usual.core, baseUrl: '', quietMs: 20_000, ...core },
    limits: { restingRecords: 0, inFlight: 1, coreCalls: 1, coreCallsWaiting: 0 },
  };
}

/** 2026-11-24T09:00:00Z. */
export const EXPLORED_START_MS = 1_795_510_800_000;
