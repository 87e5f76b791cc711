import type { Config } from '@payment-manager/configuration';
import type { TlsFiles } from '@payment-manager/configuration/files';
import type { PemFiles } from '@payment-manager/vault';

/** The files with which this DFSP stands towards the scheme, where it has no vault. */
export function schemeFiles(config: Config): PemFiles {
  const { inbound, hub, jws } = config;
  return {
    ...common(config),
    ...(inbound.tls.enabled && { server: { name: 'inbound', files: onlyFiles(inbound.tls) } }),
    ...(hub.tls.enabled && { client: { name: 'hub', files: onlyFiles(hub.tls) } }),
    ...(jws.sign && jws.signingKeyFile !== undefined && { signingKeyFile: jws.signingKeyFile }),
    ...(jws.verify && jws.peerKeysFolder !== undefined && { peers: { folder: jws.peerKeysFolder, overlapMs: jws.keyOverlapMs } }),
  };
}

/** The files of the DFSP's own side. */
export function dfspFiles(config: Config): PemFiles {
  const { outbound, core } = config;
  return {
    ...common(config),
    ...(outbound.tls.enabled && { server: { name: 'outbound', files: onlyFiles(outbound.tls) } }),
    ...(core.tls.enabled && { client: { name: 'core', files: onlyFiles(core.tls) } }),
  };
}

function common({ environment, files }: Config): Pick<PemFiles, 'environment' | 'pollMs'> {
  return { environment, pollMs: files.pollMs };
}

function onlyFiles({ certificateFile, keyFile, caFile }: TlsFiles): TlsFiles {
  return {
    ...(certificateFile === undefined ? {} : { certificateFile }),
    ...(keyFile === undefined ? {} : { keyFile }),
    ...(caFile === undefined ? {} : { caFile }),
  };
}
