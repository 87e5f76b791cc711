import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type Config, loadConfig } from '@payment-manager/configuration';
import {
  createMetrics,
  type RecordedLog,
  recordedLog,
  systemRandom,
  threadPoolSignatures,
  type VirtualTime,
  virtualTime,
} from '@payment-manager/runtime';
import { type LoadedKeys, loadKeys } from '../src/watch-signer.ts';

export interface KeysOfFiles {
  readonly keys: LoadedKeys;
  readonly time: VirtualTime;
  readonly log: RecordedLog;
}

/** A configuration of a DFSP without a vault, TLS and signatures switched off, changed by `change`. */
export async function withoutVault(change: (config: Config) => Partial<Config>): Promise<Config> {
  const folder = await mkdtemp(join(tmpdir(), 'pm-no-vault-'));
  const { config } = await loadConfig(
    undefined,
    {
      PM_FSP_ID: 'greenbank',
      PM_SANDBOX: 'true',
      PM_HUB_BASE_URL: 'https://127.0.0.1:1',
      PM_CORE_BASE_URL: 'http://127.0.0.1:1',
      PM_JWS_SIGN: 'false',
      PM_JWS_VERIFY: 'false',
    },
    folder,
  );
  await rm(folder, { recursive: true });
  return { ...config, files: { ...config.files, pollMs: 1_000 }, ...change(config) };
}

/** Its keys, in virtual time; looks read real files. */
export async function keysOfFiles(config: Config): Promise<KeysOfFiles> {
  const time = virtualTime();
  const log = recordedLog();
  const world = { clock: time, timers: time, random: systemRandom, signatures: threadPoolSignatures, log, metrics: createMetrics() };
  return { keys: await loadKeys(config, undefined, world), time, log };
}

/**
 * Lets the watch poll until something that it would do has been done. A look reads real files, which takes real time, and on a busy machine
 * more of it: each poll waits for a moment of it, so that polls do not run away from their looks.
 */
export async function polledUntil(time: VirtualTime, done: () => boolean, eachMs = 1000): Promise<void> {
  for (let poll = 0; poll < 10_000 && !done(); poll++) {
    await time.advance(eachMs);
    await setTimeout(1);
  }
}
