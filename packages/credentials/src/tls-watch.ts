import type { X509Certificate } from 'node:crypto';
import { dirname } from 'node:path';
import { type CertificateStatus, loadTlsCredentials, type TlsFiles } from '@payment-manager/configuration/files';
import type { AlarmEntry, Clock, Credentials, Log, Metrics, Timers } from '@payment-manager/runtime';
import type { TlsSnapshot } from '@payment-manager/vault';
import { complaintAbout } from './complaint.ts';
import { lookAgain } from './look-again.ts';

export interface WatchedTls {
  /** What to start with. */
  readonly credentials: Credentials;
  status(): CertificateStatus | undefined;
  /** Out of the vault only: what is in use; undefined while something is missing. */
  readonly snapshot?: () => TlsSnapshot | undefined;
  /** Out of the vault only: what it has not got yet, for people. */
  readonly missing?: () => string | undefined;
  /** Out of the vault only: our CAs, one of which must itself have signed a caller's certificate. */
  readonly issuers?: () => readonly X509Certificate[];
  /** Told of every later snapshot. Call once. */
  onChange(use: (credentials: Credentials) => void): void;
  /** What is there and cannot be used. */
  alarms(): readonly AlarmEntry[];
  stop(): void;
}

export interface WatchDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly pollMs: number;
}

/**
 * One side's credentials, loaded now and again whenever a file changes (promise 8: rotation without loss). Files that do
 * not fit together (a writer is half-way) or cannot be read change nothing: what was in use stays.
 *
 * @throws CredentialsInvalid when the first load fails.
 */
export async function watchTls(side: string, files: TlsFiles, deps: WatchDeps): Promise<WatchedTls> {
  const expires = deps.metrics.gauge('pm_certificate_expires_seconds', 'End of validity of a certificate in use, Unix time', ['side']);
  let loaded = await loadTlsCredentials(side, files);
  let use: ((credentials: Credentials) => void) | undefined;
  const complaint = complaintAbout(side, 'TLS credentials on disk', deps);
  const tell = (): void => {
    if (loaded.status !== undefined) expires.set(loaded.status.validTo / 1000, { side });
  };
  const look = async (): Promise<void> => {
    try {
      const fresh = await loadTlsCredentials(side, files);
      complaint.clear();
      if (same(fresh.credentials, loaded.credentials)) return;
      loaded = fresh;
      tell();
      use?.(fresh.credentials);
      deps.log.info('TLS credentials replaced', { side });
    } catch (error) {
      complaint.raise((error as Error).message);
    }
  };
  tell();
  const folders = Object.values(files).map((file: string) => dirname(file));
  const watching = lookAgain(folders, deps.pollMs, deps.timers, deps.log, look);
  return {
    credentials: loaded.credentials,
    status: () => loaded.status,
    onChange: (listener) => {
      use = listener;
    },
    alarms: complaint.alarms,
    stop: () => watching.stop(),
  };
}

function same(a: Credentials, b: Credentials): boolean {
  return a.certificate === b.certificate && a.trustedCas === b.trustedCas && a.privateKey.reveal() === b.privateKey.reveal();
}
