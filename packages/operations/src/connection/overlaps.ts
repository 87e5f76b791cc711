import { caOverlapMs, type Wanted } from '@payment-manager/connection-manager-client';
import { every, type Repeated, type World } from '@payment-manager/runtime';
import { type Doing, type Environment, type KeyRecord, type OwnPurpose, type TrustPurpose, VaultError } from '@payment-manager/vault';

export interface OverlapsDeps extends Pick<World, 'clock' | 'timers' | 'log'> {
  readonly environment: Environment;
  readonly wanted: Wanted;
  /** How long what was replaced stays. */
  readonly overlapMs: number;
  /** From one look to the next. */
  readonly pollMs: number;
  /** Whether every server of the hub presents a certificate that these CAs (PEM) vouch for. Not known counts as no. */
  readonly hubServes: (cas: string) => Promise<boolean>;
}

const DOING: Doing = { by: 'overlap', why: 'its successor is in use, and the overlap is over' };
const HUB_ID = 'hub';
const OWN_PURPOSES: readonly OwnPurpose[] = ['tls-client', 'tls-server', 'jws-signing', 'dfsp-ca'];

/**
 * Ends the overlap of what was replaced by hand, where no Connection Manager does: peers' keys, the hub's CAs, our own keys. Since when
 * something retires stands in the vault, so a restart changes nothing. A former CA of the hub stays beyond it while the hub's servers
 * still need it; one of ours until all that it signed has ended.
 */
export function watchOverlaps(deps: OverlapsDeps): Repeated {
  return every(deps.pollMs, deps.timers, async () => {
    try {
      await endOwn(deps);
      await endPeers(deps);
      await endHubCas(deps);
    } catch (error) {
      // Another replica was quicker, or the vault is away: the next look goes on.
      deps.log.warn('an overlap could not be ended, and is looked at again', {
        code: error instanceof VaultError ? error.code : 'a defect',
      });
    }
  });
}

/** Those that have retired for so long. */
function over(keys: readonly KeyRecord[], overlapMs: number, now: number): readonly KeyRecord[] {
  return keys.filter(({ state, since }) => state === 'retiring' && since + overlapMs <= now);
}

async function endOwn({ environment: { keys }, wanted, overlapMs, clock, log }: OverlapsDeps): Promise<void> {
  for (const purpose of OWN_PURPOSES) {
    const kept = purpose === 'dfsp-ca' ? caOverlapMs(wanted) : overlapMs;
    for (const { id } of over(await keys.list(purpose), kept, clock.now())) {
      await keys.move(purpose, id, 'destroyed', DOING);
      log.info('a previous key of ours is destroyed: its overlap has ended', { purpose, key: id });
    }
  }
}

async function endPeers(deps: OverlapsDeps): Promise<void> {
  const { trust } = deps.environment;
  for (const peer of await trust.ids('peer-jws'))
    for (const { id } of over(await trust.trusted('peer-jws', peer), deps.overlapMs, deps.clock.now()))
      await endTrust('peer-jws', peer, id, deps);
}

async function endHubCas(deps: OverlapsDeps): Promise<void> {
  const trusted = await deps.environment.trust.trusted('hub-ca', HUB_ID);
  const ended = over(trusted, deps.overlapMs, deps.clock.now());
  const staying = trusted.filter((key) => !ended.includes(key)).flatMap(({ chain = [] }) => chain);
  if (ended.length === 0 || staying.length === 0 || !(await deps.hubServes(staying.join('')))) return;
  for (const { id } of ended) await endTrust('hub-ca', HUB_ID, id, deps);
}

async function endTrust(purpose: TrustPurpose, whose: string, key: string, { environment, log }: OverlapsDeps): Promise<void> {
  await environment.trust.move(purpose, whose, key, 'destroyed', DOING);
  log.info('a previous key is no longer trusted: its overlap has ended', { purpose, whose, key });
}
