import type { X509Certificate } from 'node:crypto';
import { VaultError } from '@payment-manager/vault';
import type { Enrollment } from '../api/connection-manager-api.ts';
import { commonNameOf, day, issuedBy, keyIdOfCertificate, readBundle, readCertificate } from '../certificates/certificate.ts';
import { renewalOf, watched } from '../certificates/lifetime.ts';
import { readRequest } from '../certificates/request.ts';
import type { WatchedCertificate } from '../condition.ts';
import { type Decision, type Reconciler, reconciler } from '../reconciler.ts';
import { complaintsOf, type Surroundings } from '../surroundings.ts';
import type { Wanted } from '../wanted.ts';
import { showsChain } from './dfsp-ca.ts';
import { dueAt } from './own-keys.ts';

/** A request of the hub, and what we found out about it. */
export interface HubRequest extends Enrollment {
  /** The key that asks; undefined when the request cannot be read. */
  readonly keyId: string | undefined;
  /** Why we refused to sign just this request. */
  readonly refusal: string | undefined;
}

/** The hub's requests, and our CA. */
export interface HubClientCertificateObserved {
  /** Oldest first. */
  readonly requests: readonly HubRequest[];
  /** Our CA in use, PEM; undefined while there is none, or the server does not show it: it would find fault with what that signs. */
  readonly ca: string | undefined;
}

export type HubClientCertificateAction = { readonly do: 'sign'; readonly id: number };

const defaultDays = 365;
/** Of one pass. */
const signAtMost = 20;
/** The newest; older ones were replaced long ago. */
const lookAtMost = 50;

/**
 * Signs what the hub asks for, for our connector's host: each request that was never signed, and the newest again when its certificate is
 * of another CA, for another key or name, or at two thirds of its life. What is in order is left alone.
 */
export function decideHubClientCertificate(
  { requests, ca: caText }: HubClientCertificateObserved,
  wanted: Wanted,
  now: number,
): Decision<HubClientCertificateAction> {
  const ca = readCertificate(caText);
  if (!/^[^\s,]{1,64}$/.test(wanted.connectorFqdn))
    return {
      actions: [],
      standing: {
        state: 'Failed',
        reason: 'CONFIGURATION_INCOMPLETE',
        message: 'The hub’s client certificate is not signed: it names the host of our connector, which has 1 to 64 characters.',
        nextStep: 'Configure that host name, and start again.',
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
        message: 'The hub has no request for a client certificate here yet.',
        nextStep: 'Ask the hub’s operator to make one; it comes with the registration of a DFSP.',
      },
    };
  const due = (one: HubRequest): boolean =>
    one.csr !== undefined &&
    one.refusal === undefined &&
    (one.certificate === undefined || (one === newest && renewalIn(one, ca, wanted, now) <= now));
  const actions = requests.filter(due).map(({ id }) => ({ do: 'sign', id }) as const);
  const message = `The hub’s request for a client certificate (enrolment ${newest.id}) is signed.`;
  if (actions.length > 0)
    return { actions: actions.slice(0, signAtMost), standing: { state: 'Progressing', reason: 'IN_PROGRESS', message } };
  return settled(requests, newest, ca, wanted, now);
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
        message: `The Connection Manager finds fault with the certificate that we signed for the hub (enrolment ${newest.id}).`,
        nextStep:
          'Read the details; where they speak of the CA, look at DFSP_CA. Then renew HUB_CLIENT_CERT; by itself that happens once a day.',
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
  { certificate: pem, keyId, validationState }: HubRequest,
  ca: X509Certificate,
  { connectorFqdn }: Wanted,
  now: number,
): number {
  const certificate = readBundle(pem)?.[0];
  if (!certificate || keyId === undefined) return now;
  const fits = issuedBy(certificate, ca) && keyIdOfCertificate(certificate) === keyId && commonNameOf(certificate) === connectorFqdn;
  if (!fits) return now;
  const renewAt = renewalOf(certificate, keyId);
  return validationState === 'INVALID' ? Math.min(renewAt, certificate.validFromDate.getTime() + lookedAtAgainMs) : renewAt;
}

/** The server looks at a certificate when it gets it. One that it found fault with, perhaps for a reason that is over, is given to it again. */
const lookedAtAgainMs = 86_400_000;

/** Signs the hub's requests for client certificates. */
export function hubClientCertificate(around: Surroundings): Reconciler & { renew(): Promise<void> } {
  const { api, environment, wanted, clock } = around;
  /** What was refused, by the text of the request: another one under the same number is looked at anew. */
  const refusals = new Map<string, string>();
  let seen: readonly WatchedCertificate[] = [];
  const observe = async (): Promise<HubClientCertificateObserved> => {
    const ca = await environment.keys.active('dfsp-ca');
    const listed = [...(await api.outboundEnrollments(wanted.fspId))].sort((one, other) => one.id - other.id).slice(-lookAtMost);
    const requests: HubRequest[] = [];
    for (const one of listed) requests.push({ ...one, keyId: (await readRequest(one.csr))?.keyId, refusal: refusals.get(one.csr ?? '') });
    const current = readBundle(requests.findLast(({ csr }) => csr !== undefined)?.certificate)?.[0];
    seen = current ? [watched('HUB_CLIENT_CERT', 'the hub’s client certificate that we signed', current)] : [];
    const published = showsChain(await api.dfspCa(wanted.fspId), ca?.chain);
    return { requests, ca: published ? ca?.chain?.[0] : undefined };
  };
  const sign = async (id: number): Promise<void> => {
    const csr = (await api.outboundEnrollments(wanted.fspId)).find((one) => one.id === id)?.csr;
    if (csr === undefined) return;
    const [certificate] = (await signed(around, csr, refusals)) ?? [];
    if (certificate !== undefined) await api.uploadHubClientCertificate(wanted.fspId, id, certificate);
  };
  return {
    ...reconciler<HubClientCertificateObserved, HubClientCertificateAction>(
      {
        artefact: 'HUB_CLIENT_CERT',
        observe,
        decide: (observed, now) => decideHubClientCertificate(observed, wanted, now),
        act: ({ id }) => sign(id),
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

const mostRefusals = 100;

/** The certificate for a request, or undefined and the reason among the refusals when the request cannot be signed as it is. */
async function signed(
  { environment, wanted }: Surroundings,
  csr: string,
  refusals: Map<string, string>,
): Promise<readonly string[] | undefined> {
  try {
    refusals.delete(csr);
    return await environment.authority.sign(csr, {
      usage: 'client',
      subject: { commonName: wanted.connectorFqdn },
      days: wanted.hubClientDays ?? defaultDays,
    });
  } catch (error) {
    if (!(error instanceof VaultError) || !['VAULT_REQUEST_INVALID', 'VAULT_KEY_UNSUITABLE'].includes(error.code)) throw error;
    if (refusals.size >= mostRefusals) refusals.clear();
    refusals.set(csr, error.message);
    return undefined;
  }
}
