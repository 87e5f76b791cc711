import type { KeyObject } from 'node:crypto';
import type { Config } from '@payment-manager/configuration';
import type { CertificateStatus } from '@payment-manager/configuration/files';
import type { AlarmEntry, Signatures, World } from '@payment-manager/runtime';
import { type Environment, openPemVault, type PemFiles, type Signer, type Vault, VaultError } from '@payment-manager/vault';
import { moreHubCas } from './hub-trust.ts';
import { dfspFiles, schemeFiles } from './key-files.ts';
import { ifThere, openPart } from './part.ts';
import { noPeers, type PeerKeys, watchPeers } from './watch-peers.ts';
import { type Side, type WatchedTls, watchTls } from './watch-tls.ts';

/** Our JWS key in the vault, which signs itself: its private part does not come out. */
interface WatchedSigner extends Pick<World, 'signatures'> {
  /** Stands for the key in use at `signatures`: its public part. */
  signingKey(): KeyObject | undefined;
  readAgain(): Promise<void>;
  alarms(): readonly AlarmEntry[];
}

/** Signers that may still be asked: the one in use, and the one before it for messages that are being signed. */
const SIGNERS_KEPT = 2;

/** The JWS key in use, now and after every change. @throws VaultError when it cannot be read */
async function watchSigner(environment: Environment, signatures: Signatures, world: Pick<World, 'clock' | 'log'>): Promise<WatchedSigner> {
  let signers: readonly Signer[] = [];
  const taken = (signer: Signer | undefined): void => {
    signers = signer === undefined ? [] : [signer, ...signers].slice(0, SIGNERS_KEPT);
  };
  const part = await openPart(
    {
      about: 'the JWS key',
      read: () => ifThere(environment.keys.signer()),
      same: (a, b) => a?.keyId === b?.keyId,
      changed(signer) {
        taken(signer);
        if (signer === undefined) world.log.warn('the JWS key is gone: nothing is signed any more');
        else world.log.info('JWS signing key replaced', { key: signer.keyId });
      },
    },
    world,
  );
  taken(part.current());
  return {
    signingKey: () => part.current()?.publicKey,
    signatures: {
      verify: (algorithm, key, data, signature) => signatures.verify(algorithm, key, data, signature),
      sign(algorithm, key, data) {
        const signer = signers.find(({ publicKey }) => publicKey === key);
        if (signer?.algorithm === algorithm) return signer.sign(data);
        return Promise.reject(new VaultError('VAULT_NO_KEY', 'The JWS key is in use no more.'));
      },
    },
    readAgain: () => part.readAgain(),
    alarms: part.alarms,
  };
}

/** Everything that proves who is who, loaded and watched. A side without TLS is undefined. */
export interface LoadedKeys extends Pick<World, 'signatures'> {
  readonly inbound: WatchedTls | undefined;
  readonly outbound: WatchedTls | undefined;
  readonly hub: WatchedTls | undefined;
  readonly core: WatchedTls | undefined;
  /** Stands for the JWS key in use at `signatures`: its public part. */
  signingKey(): KeyObject | undefined;
  readonly peers: PeerKeys;
  /** Gives a way to ask the scheme for peers' keys that are newer than those in the vault. */
  seekPeersWith(seek: () => Promise<void>): void;
  certificates(): readonly CertificateStatus[];
  /** What was given anew and cannot be used: what is in use stays. */
  alarms(): readonly AlarmEntry[];
  /** What is not there yet, for people: until then there is no connection to the scheme. */
  missing(): readonly string[];
  stop(): void;
}

/** A vault, and whether it is one that files fill. */
interface Source {
  readonly vault: Vault;
  readonly files: boolean;
  alarms(): readonly AlarmEntry[];
}

/**
 * What proves who is who, changed while payments run: towards the scheme out of its vault, and where there is none (undefined) out of a vault
 * that files fill; on the DFSP's own side (`outbound`, `core`) always out of such a one. A vault may be empty: then `missing` says what is not
 * there yet, and it is taken when it comes.
 *
 * @throws CredentialsInvalid naming the first file that cannot be used; VaultError
 */
export async function loadKeys(config: Config, schemeVault: Vault | undefined, world: Omit<World, 'failpoints'>): Promise<LoadedKeys> {
  const stops: { stop(): void }[] = [];
  try {
    return await load(config, schemeVault, world, stops);
  } catch (error) {
    for (const one of stops) one.stop();
    throw error;
  }
}

async function load(
  config: Config,
  schemeVault: Vault | undefined,
  world: Omit<World, 'failpoints'>,
  stops: { stop(): void }[],
): Promise<LoadedKeys> {
  const filled = async (files: PemFiles): Promise<Source> => {
    const opened = await openPemVault(files, world);
    stops.push(opened);
    return { vault: opened.vault, files: true, alarms: opened.alarms };
  };
  const scheme =
    schemeVault === undefined ? await filled(schemeFiles(config)) : { vault: schemeVault, files: false, alarms: (): AlarmEntry[] => [] };
  const dfsp = await filled(dfspFiles(config));
  const environment = scheme.vault.environment(config.environment);
  const side = async (name: Side, { vault, files }: Source): Promise<WatchedTls | undefined> => {
    const { tls } = config[name];
    if (!tls.enabled) return undefined;
    const watched = await watchTls(name, vault.environment(config.environment), world, {
      ...(files ? { files: tls } : name === 'hub' && { moreCas: await moreHubCas(config) }),
      ...('crlFile' in tls && tls.crlFile !== undefined && { revocations: { crlFile: tls.crlFile, pollMs: config.files.pollMs } }),
    });
    stops.push(watched);
    return watched;
  };
  const inbound = await side('inbound', scheme);
  const outbound = await side('outbound', dfsp);
  const hub = await side('hub', scheme);
  const core = await side('core', dfsp);
  const signer = config.jws.sign ? await watchSigner(environment, world.signatures, world) : undefined;
  const peers = config.jws.verify ? await watchPeers(environment, world) : undefined;

  const tls = [inbound, outbound, hub, core];
  for (const { vault } of [scheme, dfsp]) {
    const unwatch = vault.onChange(({ environment: changed, purpose, id }) => {
      if (changed !== config.environment) return;
      if (purpose === 'jws-signing') void signer?.readAgain();
      else if (purpose === 'peer-jws') void peers?.readAgain(id);
      else if (purpose !== 'secret') for (const one of tls) void one?.readAgain();
    });
    stops.push({ stop: unwatch });
  }
  return {
    inbound,
    outbound,
    hub,
    core,
    signingKey: () => signer?.signingKey(),
    signatures: signer?.signatures ?? world.signatures,
    peers: peers ?? noPeers,
    seekPeersWith: (seek) => peers?.seekWith(seek),
    certificates: () => tls.flatMap((one) => one?.status() ?? []),
    alarms: () => [scheme, dfsp, ...tls, signer, peers].flatMap((part) => part?.alarms() ?? []),
    missing: () => [
      ...tls.flatMap((one) => one?.missing() ?? []),
      ...(signer !== undefined && signer.signingKey() === undefined ? ['JWS key'] : []),
      ...(scheme.files && peers?.known() === 0 ? ['public key of a peer or of the hub in `jws.peerKeysFolder`'] : []),
    ],
    stop() {
      for (const one of stops) one.stop();
    },
  };
}
