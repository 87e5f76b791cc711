import type { X509Certificate } from 'node:crypto';
import type { KeyRecord, RequestOrder } from '@payment-manager/vault';
import type { Enrollment } from '../api/connection-manager-api.ts';
import { commonNameOf, day, readBundle, readCertificate, sameCertificate, subjectLine } from '../certificates/certificate.ts';
import { renewalOf, watched } from '../certificates/lifetime.ts';
import { asksFor, readRequest } from '../certificates/request.ts';
import { pathOf, type Verdict, verdictOn } from '../certificates/verify.ts';
import type { Standing } from '../condition.ts';
import { type Decision, type Reconciler, reconciler } from '../reconciler.ts';
import { complaintsOf, type Surroundings } from '../surroundings.ts';
import type { Wanted } from '../wanted.ts';
import { HUB_ID } from './hub-ca.ts';
import { actOnKey, destroying, dueAt, inPlay, type KeyAction, overAt } from './own-keys.ts';

/** Our client certificate: what the vault and the server have of it. */
export interface ClientCertificateObserved {
  readonly keys: readonly KeyRecord[];
  /** Keys on their way whose request, if they have one, asks for what is wanted now. */
  readonly wantedIds: readonly string[];
  /** The server's enrolments that are ours, by the key that asked. */
  readonly enrollments: ReadonlyMap<string, readonly Enrollment[]>;
  /** The hub's CA as it presents it now. */
  readonly hubCas: readonly X509Certificate[];
  /** Since when we know just that CA. */
  readonly hubCaSince: number;
}

export type ClientCertificateAction =
  | KeyAction
  | { readonly do: 'request'; readonly keyId: string }
  | { readonly do: 'post'; readonly keyId: string }
  | { readonly do: 'keep'; readonly keyId: string; readonly chain: readonly string[] };

/** What a client certificate is asked for with. */
export function clientOrder({ subject, dnsNames }: Wanted): RequestOrder {
  return { usage: 'client', subject, names: { dns: dnsNames } };
}

/** Key, request, post, certificate, in use; then again at two thirds of its life, or when the hub has another CA. */
export function decideClientCertificate(
  observed: ClientCertificateObserved,
  { overlapMs }: Pick<Surroundings, 'overlapMs'>,
  now: number,
): Decision<ClientCertificateAction> {
  const { keys, wantedIds, enrollments, hubCas } = observed;
  const { active, pending, surplus, retiring } = inPlay(
    keys,
    ({ id }) => enrollments.has(id),
    ({ id }) => wantedIds.includes(id),
  );
  const { over, next } = overAt(retiring, overlapMs, now);
  const cleaning: ClientCertificateAction[] = [
    ...destroying(surplus, 'it is not needed'),
    ...destroying(over, 'its successor is in use, and the overlap is over'),
  ];
  const certificate = readCertificate(active?.chain?.[0]);
  const step = (action: ClientCertificateAction, message: string): Decision<ClientCertificateAction> => ({
    actions: [...cleaning, action],
    standing: { state: 'Progressing', reason: 'IN_PROGRESS', message },
  });
  if (pending) {
    const progress = nextStepOf(pending, enrollments.get(pending.id) ?? [], { ...observed, certificate }, now);
    if ('action' in progress) return step(progress.action, progress.message);
    const end = certificate?.validToDate.getTime() ?? Number.POSITIVE_INFINITY;
    const due = [next, ...[end, progress.dueAt ?? end].filter((instant) => instant > now)];
    return { actions: cleaning, standing: beside(progress.standing, certificate, now), ...dueAt(...due) };
  }
  const anew = active && signedAnew(active, enrollments.get(active.id) ?? [], hubCas, now);
  if (active && anew) return step({ do: 'keep', keyId: active.id, chain: anew }, 'The hub has signed our request again.');
  const renewAt = active && certificate ? renewal(active, certificate, hubCas) : Number.NEGATIVE_INFINITY;
  if (!certificate || renewAt <= now)
    return step({ do: 'generate', why: active ? 'renewal' : 'first' }, 'A key for our client certificate is created.');
  const standing = inUse(certificate, enrollments.get(active?.id ?? '') ?? []);
  return { actions: cleaning, standing, ...dueAt(renewAt, next) };
}

/** At two thirds of its life; at once when its issuer is not what the hub presents as its CA any more. */
function renewal(active: KeyRecord, certificate: X509Certificate, hubCas: readonly X509Certificate[]): number {
  const bundle = readBundle((active.chain ?? []).join('')) ?? [];
  const path = pathOf(certificate, [...hubCas, ...bundle]);
  const current = path.some((one) => hubCas.some(({ fingerprint256 }) => fingerprint256 === one.fingerprint256));
  return current || hubCas.length === 0 ? renewalOf(certificate, active.id) : Number.NEGATIVE_INFINITY;
}

type NextStep =
  | { readonly action: ClientCertificateAction; readonly message: string }
  | { readonly standing: Standing; readonly dueAt?: number | undefined };

type Beside = Pick<ClientCertificateObserved, 'hubCas' | 'hubCaSince'> & {
  /** The one in use. */
  readonly certificate: X509Certificate | undefined;
};

function nextStepOf(pending: KeyRecord, enrollments: readonly Enrollment[], present: Beside, now: number): NextStep {
  const { hubCas } = present;
  const keyId = pending.id;
  if (pending.request === undefined) return { action: { do: 'request', keyId }, message: 'Our certificate request is created.' };
  const signed = enrollments.filter((one) => one.certificate !== undefined);
  const verdicts = signed.map((one) => ({ id: one.id, verdict: verdict(one.certificate ?? '', pending, hubCas, now) }));
  const good = verdicts.map((one) => one.verdict).findLast((one) => one.kind === 'good');
  const kept = pending.chain && verdict(pending.chain.join(''), pending, hubCas, now);
  if (kept?.kind === 'good' && (!good || sameCertificate(pending.chain?.[0], String(good.certificate))))
    return { action: { do: 'activate', keyId }, message: 'Our client certificate is now in use.' };
  if (good) return { action: { do: 'keep', keyId, chain: good.chain }, message: 'Our client certificate has arrived.' };
  if (enrollments.length === 0) return { action: { do: 'post', keyId }, message: 'Our certificate request is submitted.' };
  const last = verdicts.at(-1);
  if (last?.verdict.kind === 'bad') return unusable(pending, last.id, last.verdict, present, now);
  return waiting(pending, enrollments.at(-1), present, now);
}

function verdict(pem: string, { publicKey }: KeyRecord, cas: readonly X509Certificate[], now: number): Verdict {
  return verdictOn({ pem, publicKey, cas, usage: 'client', now });
}

type Bad = Extract<Verdict, { kind: 'bad' }>;

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/**
 * From when on another certificate is asked for by itself, when nothing good came of the last request: a day (`mostMs`) after it was made,
 * or sooner where the one in use lives shortly, so that there are a few more tries before its end; never more often than each hour.
 */
function askAnewAt({ since }: KeyRecord, certificate: X509Certificate | undefined, mostMs = DAY_MS, parts = 12): number {
  const life = certificate ? certificate.validToDate.getTime() - certificate.validFromDate.getTime() : Number.POSITIVE_INFINITY;
  return since + Math.max(HOUR_MS, Math.min(mostMs, life / parts));
}

/**
 * A certificate that cannot be used. Another is asked for where this one came too late: it ended before it was used, or the hub has
 * another CA since; otherwise after a while, when nobody has mended it until then.
 */
function unusable(
  pending: KeyRecord,
  enrollment: number,
  { why, nextStep, endedAt }: Bad,
  { hubCas, hubCaSince, certificate }: Beside,
  now: number,
): NextStep {
  if (hubCas.length === 0)
    return {
      standing: {
        state: 'Progressing',
        reason: 'WAITING_FOR_HUB_CA',
        message: 'The hub has signed our request; its CA is not known yet, so the certificate cannot be verified.',
      },
    };
  const late = endedAt === undefined ? hubCaSince > pending.since : endedAt > pending.since;
  const anewAt = askAnewAt(pending, certificate);
  if (late || anewAt <= now)
    return {
      action: { do: 'destroy', keyId: pending.id, why: `its certificate cannot be used: ${why}` },
      message: 'Another certificate is asked for.',
    };
  return {
    dueAt: anewAt,
    standing: {
      state: 'Failed',
      reason: 'CERTIFICATE_UNUSABLE',
      message: `The certificate for our request (enrolment ${enrollment}) cannot be used: ${why}.`,
      nextStep: `${nextStep} Or renew DFSP_CLIENT_CERT, which requests one with a new key; this happens automatically on ${day(anewAt)}.`,
    },
  };
}

/**
 * A request that is not signed. While there is a certificate to be renewed, another is made after a while. One that the server only finds
 * fault with may be signed all the same by a person who takes days for it: it is given a week. At first somebody is there anyway, and the
 * hub's list stays short.
 */
function waiting(pending: KeyRecord, last: Enrollment | undefined, { certificate }: Beside, now: number): NextStep {
  const complaints = complaintsOf(last?.validations ?? []);
  if (last?.state === 'CERT_SIGNED') return { standing: notShown(last.id) };
  if (last?.validationState !== 'INVALID' && complaints.length === 0 && !REFUSED_STATES.has(last?.state ?? ''))
    return {
      standing: {
        state: 'Progressing',
        reason: 'WAITING_FOR_HUB',
        message: `Our certificate request is submitted (enrolment ${last?.id}); the hub has not signed it yet.`,
        nextStep: 'Ask the hub’s operator to sign it.',
      },
    };
  const final = REFUSED_STATES.has(last?.state ?? '');
  const anewAt = certificate && (final ? askAnewAt(pending, certificate) : askAnewAt(pending, certificate, 7 * DAY_MS, 6));
  if (anewAt !== undefined && anewAt <= now)
    return {
      action: { do: 'destroy', keyId: pending.id, why: `its request (enrolment ${last?.id}) was not accepted` },
      message: 'Our certificate request was not accepted; another is made.',
    };
  const byItself = anewAt === undefined ? '' : ` Another request is made automatically on ${day(anewAt)}.`;
  return {
    dueAt: anewAt,
    standing: {
      state: 'Failed',
      reason: 'NOT_ACCEPTED',
      message: `The Connection Manager reports problems with our certificate request (enrolment ${last?.id}).`,
      nextStep: `Correct the configuration as the details say: then another request is made. Or ask the hub to sign it as it is; or renew DFSP_CLIENT_CERT, which asks with a new key.${byItself}`,
      details: complaints,
    },
  };
}

function notShown(enrollment: number): Standing {
  return {
    state: 'Failed',
    reason: 'CERTIFICATE_UNUSABLE',
    message: `The Connection Manager reports our request as signed (enrolment ${enrollment}), but shows no certificate.`,
    nextStep: 'Ask the hub’s operator to sign it again; or renew DFSP_CLIENT_CERT, which asks with a new key.',
  };
}

/** INVALID is in the server's contract; it sets none of them today. */
const REFUSED_STATES: ReadonlySet<string> = new Set(['INVALID', 'REJECTED']);

/** What goes on with a renewal is told beside what is in use. */
function beside(standing: Standing, certificate: X509Certificate | undefined, now: number): Standing {
  if (!certificate) return standing;
  const to = certificate.validToDate.getTime();
  if (to > now) return { ...standing, message: `${standing.message} The present certificate stays in use (until ${day(to)}).` };
  const details = [standing.message, ...(standing.details ?? [])];
  return { ...standing, state: 'Failed', reason: 'CERTIFICATE_LAPSED', message: `Our client certificate ended on ${day(to)}.`, details };
}

/** What the server finds fault with and the hub signed all the same is used: by our own checks it is sound. */
function inUse(certificate: X509Certificate, enrollments: readonly Enrollment[]): Standing {
  const name = commonNameOf(certificate) ?? subjectLine(certificate);
  const until = day(certificate.validToDate.getTime());
  const standing = { state: 'Ready', reason: 'IN_ORDER', message: `Our client certificate (${name}) is in use, until ${until}.` } as const;
  const own = enrollments.find((one) => sameCertificate(one.certificate, String(certificate)));
  const details = complaintsOf(own?.validations ?? []);
  if (own?.validationState !== 'INVALID' && details.length === 0) return standing;
  const said = details.length === 0 ? 'without saying why' : details.join('; ');
  return {
    ...standing,
    message: `${standing.message} The Connection Manager marks it INVALID (enrolment ${own?.id}: ${said}); our own checks accept it, so it is used.`,
    nextStep: 'Nothing while the hub accepts it. Otherwise correct the configuration as the server says, and renew DFSP_CLIENT_CERT.',
    details,
  };
}

/** The hub may sign the same request again, for instance with its new CA. */
function signedAnew(
  active: KeyRecord,
  enrollments: readonly Enrollment[],
  hubCas: readonly X509Certificate[],
  now: number,
): readonly string[] | undefined {
  const present = readCertificate(active.chain?.[0])?.validToDate.getTime() ?? 0;
  for (const { certificate } of enrollments) {
    const found = certificate === undefined ? undefined : verdict(certificate, active, hubCas, now);
    if (found?.kind === 'good' && found.certificate.validToDate.getTime() > present) return found.chain;
  }
  return undefined;
}

/** Gets and keeps our client certificate. */
export function clientCertificate(around: Surroundings): Reconciler {
  const { api, environment, wanted, clock } = around;
  const { keys } = environment;
  const algorithm = wanted.keyAlgorithm ?? 'RSA-4096';
  return reconciler<ClientCertificateObserved, ClientCertificateAction>(
    {
      artefact: 'DFSP_CLIENT_CERT',
      async observe() {
        const own = await keys.list('tls-client');
        const trusted = await environment.trust.trusted('hub-ca', HUB_ID);
        const current = trusted.filter(({ state }) => state === 'active');
        return {
          keys: own,
          wantedIds: await wantedIds(own, algorithm, clientOrder(wanted)),
          enrollments: oursOf(await api.inboundEnrollments(wanted.fspId), own),
          hubCas: current.flatMap(({ chain = [] }) => readBundle(chain.join('')) ?? []),
          hubCaSince: Math.max(0, ...current.map(({ since }) => since)),
        };
      },
      decide: (observed, now) => decideClientCertificate(observed, around, now),
      async act(action) {
        if (action.do === 'request') await keys.request('tls-client', action.keyId, clientOrder(wanted));
        else if (action.do === 'post') await post(around, action.keyId);
        else if (action.do === 'keep') await keys.storeChain('tls-client', action.keyId, action.chain.join(''));
        else await actOnKey(keys, 'tls-client', algorithm, action);
      },
      async certificates() {
        const certificate = readCertificate((await keys.active('tls-client'))?.chain?.[0]);
        return certificate ? [watched('DFSP_CLIENT_CERT', 'our client certificate', certificate)] : [];
      },
    },
    clock,
  );
}

async function post({ api, environment, wanted }: Surroundings, keyId: string): Promise<void> {
  const key = (await environment.keys.list('tls-client')).find(({ id }) => id === keyId);
  if (key?.request !== undefined) await api.requestClientCertificate(wanted.fspId, key.request);
}

/** Keys on their way that are of the right kind, and whose request, if there is one, asks for what is wanted. */
export async function wantedIds(own: readonly KeyRecord[], algorithm: string, order: RequestOrder): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const key of own) {
    if (key.state !== 'pre-active' || key.algorithm !== algorithm) continue;
    const request = await readRequest(key.request);
    if (key.request === undefined || (request && asksFor(request, order))) ids.push(key.id);
  }
  return ids;
}

/** Which enrolments are ours, oldest first: by the text of the request, or by its key where the text was changed on the way. */
export function oursOf(enrollments: readonly Enrollment[], own: readonly KeyRecord[]): ReadonlyMap<string, readonly Enrollment[]> {
  const usable = own.filter(({ state, request }) => (state === 'pre-active' || state === 'active') && request !== undefined);
  const byAge = [...enrollments].sort((one, other) => one.id - other.id);
  const ours = new Map<string, Enrollment[]>();
  for (const { id, request } of usable) {
    const found = byAge.filter(({ csr }) => csr === request);
    if (found.length > 0) ours.set(id, found);
  }
  const missing = usable.filter(({ id }) => !ours.has(id));
  for (const enrollment of missing.length === 0 ? [] : byAge) {
    const keyId = enrollment.asked?.keyId;
    if (keyId === undefined || !missing.some(({ id }) => id === keyId)) continue;
    ours.set(keyId, [...(ours.get(keyId) ?? []), enrollment]);
  }
  return ours;
}
