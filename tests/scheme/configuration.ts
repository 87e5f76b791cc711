import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ConnectorToDemoCore, connectorSettings, type Scheme, type SchemeDfsp } from '@payment-manager/sandbox';
import type { Config } from '../../packages/configuration/src/schema.ts';
import { stretchNow } from './stretch.ts';

/** What a test changes in a Payment Manager's configuration. */
export type Overrides = { readonly [G in keyof Config]?: Config[G] extends object ? Partial<Config[G]> : Config[G] };

/**
 * Times for tests: everything that takes half a minute in production takes two seconds, in the same proportions, so that
 * deadlines are really met and missed.
 */
export const QUICK_TIMES: Overrides = {
  timeouts: { callbackMs: 2_500, backendMs: 1_500, hubHttpMs: 1_000, patchGraceMs: 400, offerMs: 60_000 },
  lifetimes: { quoteMs: 60_000, quoteRequestMs: 4_000, prepareMs: 2_500, clockSkewMs: 200, retryMarginMs: 200 },
  ladder: { firstMs: 150, factor: 2, maxMs: 600, enquiries: 6, slowMs: 1_000 },
};

/**
 * The same with every time of it (whose name ends in Ms) as many times longer as the machine is slower at this moment: for tests in which who
 * is only slow is not to be given up.
 */
export async function atThisSpeed<T extends object>(times: T): Promise<T> {
  const slowness = await stretchNow();
  const stretched = (value: unknown, name: string): unknown => {
    if (typeof value === 'number') return name.endsWith('Ms') ? Math.round(value * slowness) : value;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([own, one]) => [own, stretched(one, own)]));
  };
  return stretched(times, '') as T;
}

const CORE: Partial<Config['core']> = { minimumMs: 100, quietMs: 300, transferRepeatable: false, transferAskable: false };

/** Writes the configuration of a DFSP's Payment Manager, mTLS and JWS on, any free ports. Answers its path. */
export function writeConfiguration(folder: string, scheme: Scheme, fspId: string, hubUrl: string, overrides: Overrides = {}): string {
  const { certificateFiles, signingKey, coreUrl, core } = scheme.dfsp(fspId);
  const { certificate, privateKey, ca } = certificateFiles;
  const tls = { enabled: true, certificateFile: certificate, keyFile: privateKey, caFile: ca };
  const base = {
    ...QUICK_TIMES,
    fspId,
    sandbox: true,
    dataFolder: 'data',
    inbound: { host: '127.0.0.1', port: 0, tls: { ...tls, hubNames: [scheme.hubId] } },
    outbound: { host: '127.0.0.1', port: 0 },
    operations: { host: '127.0.0.1', port: 0 },
    hub: { id: scheme.hubId, baseUrl: hubUrl, tls },
    core:
      overrides.core?.connector === undefined
        ? { ...CORE, baseUrl: coreUrl, atPrepare: core.settings.atPrepare }
        : behind(overrides.core.connector, folder, scheme.dfsp(fspId)),
    jws: { signingKeyFile: signingKey.privateKeyFile, peerKeysFolder: scheme.publicKeysFolder },
    acceptance: { party: true, quote: true, maxFee: { USD: '5', XOF: '500' } },
  };
  const own = join(folder, fspId);
  mkdirSync(own, { recursive: true });
  const file = join(own, 'payment-manager.yaml');
  writeFileSync(file, JSON.stringify(merged(base, overrides)));
  return file;
}

const connectorFolder = (name: ConnectorToDemoCore): string => fileURLToPath(new URL(`../../connectors/${name}`, import.meta.url));

/** The connectors whose APIs a demo core offers beside its backend API. */
export const REST_CORE = connectorFolder('rest-core');
export const FINERACT_SAVINGS = connectorFolder('fineract-savings');

/** What a connector, or a copy of it under the same name, needs to reach a demo core. */
export function behind(connector: string, folder: string, { fspId, core, coreUrl }: SchemeDfsp): object {
  const { settings, secrets } = connectorSettings(basename(connector) as ConnectorToDemoCore, core, coreUrl);
  const secretFiles = Object.entries(secrets).map(([name, secret]): [string, string] => {
    const file = join(folder, `${fspId}-core-${name}`);
    writeFileSync(file, secret, { mode: 0o600 });
    return [name, file];
  });
  return { settings, secretFiles: Object.fromEntries(secretFiles) };
}

/** Group by group. */
export function merged(base: object, overrides: object): object {
  const result: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(overrides)) {
    const old = result[name];
    const isGroup = typeof value === 'object' && value !== null && !Array.isArray(value) && typeof old === 'object' && old !== null;
    result[name] = isGroup ? { ...old, ...value } : value;
  }
  return result;
}
