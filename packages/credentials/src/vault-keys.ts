import type { Config } from '@payment-manager/configuration';
import type { Clock, Log, Metrics, Signatures, Timers } from '@payment-manager/runtime';
import type { EntryName, Vault } from '@payment-manager/vault';
import { moreHubCas } from './hub-trust.ts';
import { type LoadedKeys, loadKeys, noPeers, withCrl } from './load-keys.ts';
import { watchVaultPeers } from './vault-peers.ts';
import { watchVaultSigner } from './vault-signer.ts';
import { watchVaultTls } from './vault-tls.ts';

export interface VaultKeysDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly signatures: Signatures;
}

/**
 * What proves who is who towards the scheme, out of the vault: changed while payments run, as soon as the vault tells of a change. The
 * DFSP's own side (`outbound`, `core`) has its files as before. The vault may be empty: then `missing` says what is not there yet, and it
 * is taken when it comes.
 *
 * @throws CredentialsInvalid, VaultError
 */
export async function loadVaultKeys(config: Config, vault: Vault, deps: VaultKeysDeps): Promise<LoadedKeys> {
  const environment = vault.environment(config.environment);
  const files = await loadKeys(withoutScheme(config), deps);
  try {
    const watching = { ...deps, pollMs: config.files.pollMs };
    const inbound = config.inbound.tls.enabled
      ? await withCrl('inbound', await watchVaultTls('inbound', environment, deps), config.inbound.tls.crlFile, watching)
      : undefined;
    const hub = config.hub.tls.enabled
      ? await withCrl('hub', await watchVaultTls('hub', environment, deps, await moreHubCas(config)), config.hub.tls.crlFile, watching)
      : undefined;
    const signer = config.jws.sign ? await watchVaultSigner(environment, deps.signatures, deps) : undefined;
    const peers = config.jws.verify ? await watchVaultPeers(environment, deps) : undefined;

    const changed = ({ purpose, id }: EntryName): void => {
      if (purpose === 'tls-server' || purpose === 'dfsp-ca' || purpose === 'hub-client') void inbound?.readAgain();
      if (purpose === 'tls-client' || purpose === 'hub-ca') void hub?.readAgain();
      if (purpose === 'jws-signing') void signer?.readAgain();
      if (purpose === 'peer-jws') void peers?.readAgain(id);
    };
    const unwatch = vault.onChange((name) => {
      if (name.environment === environment.name) changed(name);
    });
    return {
      ...files,
      inbound,
      hub,
      signingKey: () => signer?.signingKey(),
      ...(signer && { signatures: signer.signatures }),
      peers: peers ?? noPeers,
      ...(peers && { seekPeersWith: (seek) => peers.seekWith(seek) }),
      certificates: () => [inbound, hub].flatMap((one) => one?.status() ?? []).concat(files.certificates()),
      alarms: () => [inbound, hub, signer, peers, files].flatMap((part) => part?.alarms() ?? []),
      missing: () => [
        ...[inbound, hub].flatMap((one) => one?.missing() ?? []),
        ...(signer !== undefined && signer.signingKey() === undefined ? ['JWS key'] : []),
      ],
      stop() {
        unwatch();
        for (const one of [inbound, hub, files]) one?.stop();
      },
    };
  } catch (error) {
    files.stop();
    throw error;
  }
}

/** Everything that is still in files. */
function withoutScheme(config: Config): Config {
  const off = { enabled: false } as const;
  return {
    ...config,
    inbound: { ...config.inbound, tls: { ...config.inbound.tls, ...off } },
    hub: { ...config.hub, tls: { ...config.hub.tls, ...off } },
    jws: { ...config.jws, sign: false, verify: false },
  };
}
