import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import type { CertificateStatus } from '@payment-manager/configuration/files';
import { endingOf } from '@payment-manager/connection-manager-client/ending';
import type { World } from '@payment-manager/runtime';
import type { JournalWatch } from './journal-watch.ts';

/** One part of the readiness: whether it is well, and what to know about it. */
export interface ReadinessPart {
  readonly ok: boolean;
  readonly detail: string;
  /** The same without words, for who says it in another language, with the one value that it has. */
  readonly code?: ReadinessCode;
  readonly value?: number;
}

/** How a part is; a test of the portal knows each. `value`: MiB, days, or milliseconds since the epoch. */
export const READINESS_CODES = [
  'journal-answers',
  'journal-full',
  'journal-failed',
  'engine-loaded',
  'engine-loading',
  'credentials-valid',
  'credentials-none',
  'credentials-ended',
  'not-connected',
  'silent',
  'leaving',
] as const;
export type ReadinessCode = (typeof READINESS_CODES)[number];

export interface Readiness {
  readonly ready: boolean;
  readonly parts: Readonly<Record<string, ReadinessPart>>;
}

export interface ReadinessDeps extends Pick<World, 'clock'> {
  readonly dataFolder: string;
  readonly minimumFreeBytes: number;
  readonly journal: JournalWatch;
  /** Whether the engine has loaded the open payments and takes work. */
  engineReady(): boolean;
  certificates(): readonly CertificateStatus[];
  /** Keys and certificates that are not there yet: without them there is no connection to the scheme. */
  missing(): readonly string[];
  /** Hub and core that do not answer, from when on (milliseconds since the epoch). */
  silent(): readonly { readonly id: string; readonly since: number }[];
  /** How the back ends of a core connector are, in words; absent or undefined: there is none. */
  coreBackEnds?(): string | undefined;
  /** Processes with the role `payments`, where this one does not take payments itself. */
  payments?(): ReadinessPart;
  /** Whether the product is leaving. */
  closing(): boolean;
}

const MIB = 1_048_576;

/** Whether this Payment Manager can take payments now, part by part. Hub and core that do not answer are told, and change nothing. */
export async function readiness(deps: ReadinessDeps): Promise<Readiness> {
  const parts: Record<string, ReadinessPart> = {
    journal: await journalPart(deps),
    ...(deps.payments === undefined && { engine: enginePart(deps.engineReady()) }),
    credentials: credentialsPart(deps),
  };
  const missing = deps.missing();
  if (missing.length > 0)
    parts.connection = {
      ok: false,
      code: 'not-connected',
      detail: `not connected to the scheme yet: no ${missing.join(', no ')}. ./pm doctor says what to do`,
    };
  // a load balancer that took us out for it would leave nobody to go on when hub or core are back
  for (const { id, since } of deps.silent())
    parts[id] = {
      ok: true,
      code: 'silent',
      value: since,
      detail: `does not answer since ${new Date(since).toISOString()}; see GET /alarms`,
    };
  const coreBackEnds = deps.coreBackEnds?.();
  if (coreBackEnds !== undefined) parts['core connector'] = { ok: true, detail: coreBackEnds };
  if (deps.payments !== undefined) parts['payments'] = deps.payments();
  if (deps.closing()) parts.shutdown = { ok: false, code: 'leaving', detail: 'this Payment Manager is leaving' };
  return { ready: Object.values(parts).every((part) => part.ok), parts };
}

function enginePart(ready: boolean): ReadinessPart {
  return ready
    ? { ok: true, code: 'engine-loaded', detail: 'open payments are loaded' }
    : { ok: false, code: 'engine-loading', detail: 'open payments are being loaded, or the engine has stopped' };
}

/** Writable in every way that can be seen without writing: the store answers, its last commit held, the disk has room. */
export async function journalPart(deps: Pick<ReadinessDeps, 'journal' | 'dataFolder' | 'minimumFreeBytes'>): Promise<ReadinessPart> {
  const failure = deps.journal.recentFailure();
  if (failure !== undefined) return { ok: false, code: 'journal-failed', detail: `the last commit failed: ${failure}` };
  try {
    await deps.journal.probe();
    await access(deps.dataFolder, constants.W_OK);
    const { bavail, bsize } = await statfs(deps.dataFolder);
    const free = bavail * bsize;
    const value = Math.floor(free / MIB);
    if (free < deps.minimumFreeBytes)
      return { ok: false, code: 'journal-full', value, detail: `only ${free} bytes are free in the data folder` };
    return { ok: true, code: 'journal-answers', value, detail: `answers; ${value} MiB free` };
  } catch (error) {
    return {
      ok: false,
      code: 'journal-failed',
      detail: `cannot be used: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`,
    };
  }
}

function credentialsPart(deps: ReadinessDeps): ReadinessPart {
  const now = deps.clock.now();
  const certificates = deps.certificates();
  const bad = certificates.filter((one) => one.validTo <= now || one.validFrom > now);
  if (bad.length > 0)
    return {
      ok: false,
      code: 'credentials-ended',
      detail: bad.map((one) => `${one.side}: ${one.validTo <= now ? 'expired' : 'not yet valid'}`).join('; '),
    };
  const left = certificates.map((one) => {
    const renewal = endingOf(one, now) === undefined ? '' : ', renew it';
    return `${one.side}: ${days(one.validTo - now)} days left${renewal}`;
  });
  if (left.length === 0) return { ok: true, code: 'credentials-none', detail: 'no certificates in use' };
  return {
    ok: true,
    code: 'credentials-valid',
    value: Math.min(...certificates.map((one) => days(one.validTo - now))),
    detail: left.join('; '),
  };
}

function days(ms: number): number {
  return Math.floor(ms / 86_400_000);
}
