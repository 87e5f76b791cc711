import { type ConfigKey, listKeys } from './keys.ts';
import type { LoadedConfig, Origin } from './load.ts';
import { shown, withoutSecretPath } from './mask.ts';
import { configSchema } from './schema.ts';

/** One key of the effective configuration, ready to be shown: secrets are masked. */
export interface EffectiveKey {
  readonly path: string;
  readonly value: string;
  /** `file`, `environments.NAME`, `environment PM_…` (of the key `environment`: or its option), `default`, `derived`, or `unset`. */
  readonly origin: string;
}

/** What is in force, key by key in the order of the reference, and where each value came from. */
export function effective(loaded: LoadedConfig): readonly EffectiveKey[] {
  return listKeys(configSchema).map((key) => {
    const value = lookUp(loaded.config, key);
    const masked = shown(key.path, value).endsWith('[secret]');
    return {
      path: key.path,
      value: value === undefined ? '' : masked ? '[secret]' : (withoutSecretPath(key.path, value) ?? text(value)),
      origin: originText(key, loaded.origins.get(key.path) ?? 'unset', loaded.config.environment),
    };
  });
}

/** The value of a key. */
export function lookUp(config: object, key: ConfigKey): unknown {
  let node: unknown = config;
  for (const segment of key.segments) node = (node as Record<string, unknown> | undefined)?.[segment];
  return node;
}

function originText(key: ConfigKey, origin: Origin, environment: string): string {
  if (origin === 'environment')
    return key.path === 'environment' ? '--environment or PM_ENVIRONMENT' : `environment ${key.environmentName}`;
  return origin === 'overlay' ? `environments.${environment}` : origin;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
