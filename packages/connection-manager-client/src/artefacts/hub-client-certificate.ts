import type { X509Certificate } from 'node:crypto';
import { type KeyRecord, VaultError } from '@payment-manager/vault';
import type { Enrollment } from '../api/connection-manager-api.ts';
import { commonNameOf, day, issuedBy, keyIdOfCertificate, readBundle, readCertificate } from '../certificates/certificate.ts';
import { renewalOf, watched } from '../certificates/lifetime.ts';
import type { WatchedCertificate } from '../condition.ts';
import { type Decision, type Reconciler, reconciler } from '../reconciler.ts';
import { complaintsOf, type Surroundings } from '../surroundings.ts';
import type { Wanted } from '../wanted.ts';
import { showsChain } from './dfsp-ca.ts';
import { HUB_ID } from './hub-ca.ts';
import { KEY_CHANGE_TOLD_MS, type KeyChange, keyChange, SIGNATURES_PER_DAY, signableAt } from './issued.ts';
import { dueAt } from './own-keys.ts';

/** A request of the hub, and what we found out about it. */
export interface HubRequest extends Enrollment {
  /** Why we refused to sign just this request. */
  readonly refusal: string | undefined;
}

/** The hub's requests, and our CA. */
export interface HubClientCertificateObserved {
  /** Oldest first. */
  readonly requests: readonly HubRequest[];
  /** Our CA in use, PEM; undefined while there is none, or the server does not show it: it would find fault with what that signs. */
  readonly ca: string | undefined;
  /** The keys for which our CA has signed, as the vault has recorded it, oldest first. */
  readonly recorded: readonly KeyRecord[];
}

export type HubClientCertificateAction =
  | { readonly do: 'sign'; readonly id: number }
  /** Keeps what our CA had signed. */
  | { readonly do: 'record'; readonly id: number; readonly certificate: string };

/** Of the hub's client certificate, where the configuration does not say it. */
export const DEFAULT_HUB_CLIENT_DAYS = 30;
/** Requests that count: the newest, and the one before it, which may not be signed yet. */
const LOOK_AT_MOST = 2;

/**
 * Signs what the hub asks for, for our connector's host: of its two newest requests each that was never signed, and the newest again when its
 * certificate is of another CA, for another key or name, or at two thirds of its life. What is in order is left alone. How many signatures
 * there may be in a day, `signableAt` says.
 */
export function decideHubClientCertificate(
  observed: HubClientCertificateObserved,
  wanted: Wanted,
  now: number,
): Decision<HubClientCertificateAction> {
  const { recorded } = observed;
  const requests = observed.requests.slice(-LOOK_AT_MOST);
  const ca = readCertificate(observed.ca);
  if (!/^[^\s,]{1,64}$/.test(wanted.connectorFqdn))
    return {
      actions: [],
      standing: {
        state: 'Failed',
        reason: 'CONFIGURATION_INCOMPLETE',
        message: 'The hub’s client certificate is not signed: it names the host of our connector, which has 1 to 64 characters.',
        nextStep: 'Configure that host name and restart.',
      },
    };
  if (!ca)
    return {
      actions: [],
      standing: {
        state: 'Progressing',
        reason: 'WAITING_FOR_DFSP_CA',
        message: 'The hub’s client certificate needs our own CA, published, first.',
      },
    };
  const newest = requests.findLast(({ csr }) => csr !== undefined);
  if (!newest)
    return {
      actions: [],
      standing: {
        state: 'Progressing',
        reason: 'WAITING_FOR_HUB',
        message: 'The hub has not requested a client certificate from us yet.',
        nextStep: 'Ask the hub’s operator to create the request; it is part of the registration of a DFSP.',
      },
    };
  const due = (one: HubRequest): boolean =>
    one.csr !== undefined &&
    one.refusal === undefined &&
    (one.certificate === undefined || (one === newest && renewalIn(one, ca, wanted, now) <= now));
  const message = `The hub’s request for a client certificate (enrolment ${newest.id}) is signed.`;
  const underWay = { state: 'Progressing', reason: 'IN_PROGRESS', message } as const;
  const unrecorded = requests.flatMap((one) => unrecordedIn(one, recorded, ca));
  if (unrecorded.length > 0) return { actions: unrecorded, standing: underWay };
  const unsigned = requests.filter(due);
  const allowed = unsigned.filter(({ asked }) => signableAt(recorded, asked?.keyId, now) <= now);
  const [first] = allowed;
  if (first) return { actions: [{ do: 'sign', id: first.id }], standing: underWay };
  const [waiting] = unsigned;
  if (waiting) return limited(waiting, recorded, now);
  return withKeyChange(settled(requests, newest, ca, wanted, now), recorded, now);
}

/** Signed by our CA for the key that asks, and not in the vault: it is older than the records, or the vault is an older copy. */
function unrecordedIn(
  { id, asked, certificate: pem }: HubRequest,
  recorded: readonly KeyRecord[],
  ca: X509Certificate,
): readonly HubClientCertificateAction[] {
  const certificate = readBundle(pem)?.[0];
  const isOurs = certificate && issuedBy(certificate, ca) && keyIdOfCertificate(certificate) === asked?.keyId;
  if (!isOurs || recorded.some((key) => key.id === asked?.keyId)) return [];
  return [{ do: 'record', id, certificate: String(certificate) }];
}

function limited({ id, asked }: HubRequest, recorded: readonly KeyRecord[], now: number): Decision<HubClientCertificateAction> {
  const nextAt = signableAt(recorded, asked?.keyId, now);
  const change = keyChange(recorded);
  return {
    actions: [],
    standing: {
      state: 'Failed',
      reason: 'SIGNING_LIMITED',
      message: `The hub’s request for a client certificate (enrolment ${id}) is not signed before ${day(nextAt)}: within a day only ${SIGNATURES_PER_DAY} are signed, and for one new key.`,
      nextStep:
        'Ask the hub’s operator why there are so many requests. The hub’s present certificate stays accepted. Or renew HUB_CLIENT_CERT.',
      ...(change && { details: [changeText(change)] }),
    },
    ...dueAt(nextAt),
  };
}

/** What is in order is told with the change of the hub's key, as long as that is young. */
function withKeyChange(
  decision: Decision<HubClientCertificateAction>,
  recorded: readonly KeyRecord[],
  now: number,
): Decision<HubClientCertificateAction> {
  const change = keyChange(recorded);
  if (!change || now >= change.at + KEY_CHANGE_TOLD_MS || decision.standing.state !== 'Ready') return decision;
  const { standing } = decision;
  return {
    ...decision,
    standing: {
      ...standing,
      reason: 'HUB_KEY_CHANGED',
      message: `${standing.message} ${changeText(change)}`,
      nextStep:
        'Ask the hub’s operator whether this key is the hub’s. If it is not: ./pm keys compromised KEY, and tell the operator of the Connection Manager.',
    },
    ...dueAt(change.at + KEY_CHANGE_TOLD_MS, decision.dueAt ?? Number.POSITIVE_INFINITY),
  };
}

function changeText({ at, keyId, formerId }: KeyChange): string {
  return `On ${day(at)} another key asked for it (${keyId}, before ${formerId}), long before the end of the former’s certificate.`;
}

function settled(
  requests: readonly HubRequest[],
  newest: HubRequest,
  ca: X509Certificate,
  wanted: Wanted,
  now: number,
): Decision<HubClientCertificateAction> {
  const refused = requests.flatMap(({ id, refusal }) => (refusal === undefined ? [] : [`enrolment ${id}: ${refusal}`]));
  if (newest.refusal !== undefined)
    return {
      actions: [],
      standing: {
        state: 'Failed',
        reason: 'REQUEST_REFUSED',
        message: `The hub’s request for a client certificate (enrolment ${newest.id}) is not signed: ${newest.refusal}`,
        nextStep: 'Ask the hub’s operator for a new request.',
        details: refused,
      },
    };
  const renewAt = renewalIn(newest, ca, wanted, now);
  if (newest.validationState === 'INVALID')
    return {
      actions: [],
      standing: {
        state: 'Failed',
        reason: 'NOT_ACCEPTED',
        message: `The Connection Manager reports problems with the certificate that we signed for the hub (enrolment ${newest.id}).`,
        nextStep:
          'Read the details; where they speak of the CA, look at DFSP_CA. Then renew HUB_CLIENT_CERT; this happens automatically once a day.',
        details: complaintsOf(newest.validations),
      },
      ...dueAt(renewAt),
    };
  const until = readCertificate(newest.certificate)?.validToDate.getTime() ?? now;
  return {
    actions: [],
    standing: {
      state: 'Ready',
      reason: 'IN_ORDER',
      message: `The hub’s client certificate (enrolment ${newest.id}) is signed for ${wanted.connectorFqdn}, until ${day(until)}.`,
      details: [
        'The hub calls us with it when the hub’s operator has onboarded this DFSP there, and again after each renewal.',
        ...refused,
      ],
    },
    ...dueAt(renewAt),
  };
}

/** When the certificate of a request is to be made anew; in the past when it is not as it should be. */
function renewalIn(
  { certificate: pem, asked, validationState }: HubRequest,
  ca: X509Certificate,
  { connectorFqdn }: Wanted,
  now: number,
): number {
  const [certificate, keyId] = [readBundle(pem)?.[0], asked?.keyId];
  if (!certificate || keyId === undefined) return now;
  const fits = issuedBy(certificate, ca) && keyIdOfCertificate(certificate) === keyId && commonNameOf(certificate) === connectorFqdn;
  if (!fits) return now;
  const renewAt = renewalOf(certificate, keyId);
  return validationState === 'INVALID' ? Math.min(renewAt, certificate.validFromDate.getTime() + LOOKED_AT_AGAIN_MS) : renewAt;
}

/** The server looks at a certificate when it gets it. One that it found fault with, perhaps for a reason that is over, is given to it again. */
const LOOKED_AT_AGAIN_MS = 86_400_000;

/** Signs the hub's requests for client certificates. */
export function hubClientCertificate(around: Surroundings): Reconciler & { renew(): Promise<void> } {
  const { api, environment, wanted, clock } = around;
  /** What was refused, by the text of the request: another one under the same number is looked at anew. */
  const refusals = new Map<string, string>();
  let seen: readonly WatchedCertificate[] = [];
  const observe = async (): Promise<HubClientCertificateObserved> => {
    const ca = await environment.keys.active('dfsp-ca');
    const listed = await api.outboundEnrollments(wanted.fspId);
    const requests = listed.map((one): HubRequest => ({ ...one, refusal: refusals.get(one.csr ?? '') }));
    const current = readBundle(requests.findLast(({ csr }) => csr !== undefined)?.certificate)?.[0];
    seen = current ? [watched('HUB_CLIENT_CERT', 'the hub’s client certificate that we signed', current)] : [];
    const published = showsChain(await api.dfspCa(wanted.fspId), ca?.chain);
    const recorded = await environment.trust.list('hub-client', HUB_ID);
    return { requests, ca: published ? ca?.chain?.[0] : undefined, recorded };
  };
  const sign = async (id: number): Promise<void> => {
    const csr = (await api.outboundEnrollments(wanted.fspId)).find((one) => one.id === id)?.csr;
    if (csr === undefined) return;
    const [certificate] = (await signed(around, csr, `enrolment ${id}`, refusals)) ?? [];
    if (certificate !== undefined) await api.uploadHubClientCertificate(wanted.fspId, id, certificate);
  };
  const record = ({ id, certificate }: Extract<HubClientCertificateAction, { do: 'record' }>): Promise<void> =>
    environment.trust.recordIssued(certificate, `enrolment ${id}`);
  return {
    ...reconciler<HubClientCertificateObserved, HubClientCertificateAction>(
      {
        artefact: 'HUB_CLIENT_CERT',
        observe,
        decide: (observed, now) => decideHubClientCertificate(observed, wanted, now),
        act: (action) => (action.do === 'sign' ? sign(action.id) : record(action)),
        certificates: async () => seen,
      },
      clock,
    ),
    async renew() {
      const { requests, ca } = await observe();
      const newest = requests.findLast(({ csr }) => csr !== undefined);
      if (newest && ca !== undefined) await sign(newest.id);
    },
  };
}

const MOST_REFUSALS = 100;

/** The certificate for a request, or undefined and the reason among the refusals when the request cannot be signed as it is. */
async function signed(
  { environment, wanted }: Surroundings,
  csr: string,
  reference: string,
  refusals: Map<string, string>,
): Promise<readonly string[] | undefined> {
  try {
    refusals.delete(csr);
    return await environment.authority.sign(csr, {
      usage: 'client',
      subject: { commonName: wanted.connectorFqdn },
      days: wanted.hubClientDays ?? DEFAULT_HUB_CLIENT_DAYS,
      reference,
    });
  } catch (error) {
    if (!(error instanceof VaultError) || !['VAULT_REQUEST_INVALID', 'VAULT_KEY_UNSUITABLE'].includes(error.code)) throw error;
    if (refusals.size >= MOST_REFUSALS) refusals.clear();
    refusals.set(csr, error.message);
    return undefined;
  }
}
