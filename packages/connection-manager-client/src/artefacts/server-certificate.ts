import type { X509Certificate } from 'node:crypto';
import type { KeyRecord, RequestOrder } from '@payment-manager/vault';
import type { PublishedServerCertificate } from '../api/connection-manager-api.ts';
import { commonNameOf, day, issuedBy, readCertificate, sameCertificate } from '../certificates/certificate.ts';
import { renewalOf, watched } from '../certificates/lifetime.ts';
import { sameSet } from '../certificates/request.ts';
import { type Decision, type Reconciler, reconciler } from '../reconciler.ts';
import { complaintsOf, type Surroundings } from '../surroundings.ts';
import type { Wanted } from '../wanted.ts';
import { wantedIds } from './client-certificate.ts';
import { actOnKey, destroying, dueAt, inPlay, type KeyAction, overAt } from './own-keys.ts';

/** Our server certificate in the vault and at the server. */
export interface ServerCertificateObserved {
  readonly keys: readonly KeyRecord[];
  readonly wantedIds: readonly string[];
  /** Our CA in use, PEM, the issuing certificate first; undefined while there is none. */
  readonly ca: readonly string[] | undefined;
  readonly published: PublishedServerCertificate | undefined;
}

export type ServerCertificateAction =
  | KeyAction
  | { readonly do: 'request'; readonly keyId: string }
  | { readonly do: 'sign'; readonly keyId: string }
  | { readonly do: 'publish'; readonly keyId: string };

const DEFAULT_SERVER_DAYS = 365;

/** What our server certificate says: the host name first that hubs call. */
export function serverOrder({ subject, dnsNames, ips }: Wanted): RequestOrder {
  const commonName = (dnsNames[0] ?? ips[0] ?? subject.commonName).slice(0, 64);
  return { usage: 'server', subject: { ...subject, commonName }, names: { dns: dnsNames, ip: ips } };
}

/** From our own CA; again at two thirds of its life, when we have another CA, or other names. Published when it is in use. */
export function decideServerCertificate(
  { keys, wantedIds: wantedKeys, ca, published }: ServerCertificateObserved,
  { wanted, overlapMs }: Pick<Surroundings, 'wanted' | 'overlapMs'>,
  now: number,
): Decision<ServerCertificateAction> {
  const known = inPlay(
    keys,
    ({ chain }) => chain !== undefined,
    ({ id }) => wantedKeys.includes(id),
  );
  const { active, pending } = known;
  const { over, next } = overAt(known.retiring, overlapMs, now);
  const cleaning: ServerCertificateAction[] = [
    ...destroying(known.surplus, 'it is not needed'),
    ...destroying(over, 'its successor is in use, and the overlap is over'),
  ];
  const step = (action: ServerCertificateAction, message: string): Decision<ServerCertificateAction> => ({
    actions: [...cleaning, action],
    standing: { state: 'Progressing', reason: 'IN_PROGRESS', message },
  });
  const certificate = readCertificate(active?.chain?.[0]);
  if (ca === undefined) return { actions: cleaning, standing: withoutCa(certificate), ...dueAt(next) };
  if (pending) {
    const keyId = pending.id;
    if (pending.request === undefined) return step({ do: 'request', keyId }, 'The request for our server certificate is created.');
    if (!isOf(pending, ca)) return step({ do: 'sign', keyId }, 'Our CA signs our server certificate.');
    return step({ do: 'activate', keyId }, 'Our server certificate is now in use.');
  }
  const fits = active !== undefined && certificate !== undefined && isOf(active, ca) && namesFit(certificate, serverOrder(wanted));
  const renewAt = fits ? renewalOf(certificate, active.id) : Number.NEGATIVE_INFINITY;
  if (!fits || renewAt <= now)
    return step({ do: 'generate', why: active ? 'renewal' : 'first' }, 'A key for our server certificate is created.');
  if (!sameCertificate(published?.serverCertificate, active.chain?.[0]) || !sameCertificate(published?.rootCertificate, ca.at(-1)))
    return step({ do: 'publish', keyId: active.id }, 'Our server certificate is published.');
  const until = day(certificate.validToDate.getTime());
  if (published?.validationState === 'INVALID')
    return {
      actions: cleaning,
      standing: {
        state: 'Failed',
        reason: 'NOT_ACCEPTED',
        message: `Our server certificate is in use until ${until}; the Connection Manager reports problems with it.`,
        nextStep: 'Correct the configuration as the details say, and renew DFSP_SERVER_CERT (or DFSP_CA, if it is the CA).',
        details: complaintsOf(published.validations),
      },
      ...dueAt(renewAt, next),
    };
  return {
    actions: cleaning,
    standing: {
      state: 'Ready',
      reason: 'IN_ORDER',
      message: `Our server certificate (${commonNameOf(certificate)}) is in use and published, until ${until}.`,
    },
    ...dueAt(renewAt, next),
  };
}

function withoutCa(certificate: X509Certificate | undefined): Decision<never>['standing'] {
  return {
    state: 'Progressing',
    reason: 'WAITING_FOR_DFSP_CA',
    message: `Our server certificate needs our own CA first.${certificate ? ' The present one stays in use.' : ''}`,
  };
}

/** Whether a key's certificate was signed by just this CA. */
function isOf({ chain }: KeyRecord, ca: readonly string[]): boolean {
  const [certificate, issuer] = [readCertificate(chain?.[0]), readCertificate(ca[0])];
  return certificate !== undefined && issuer !== undefined && issuedBy(certificate, issuer);
}

function namesFit(certificate: X509Certificate, { subject, names }: RequestOrder): boolean {
  const dns = [...(certificate.subjectAltName ?? '').matchAll(/DNS:([^,\s"]+)/g)].map(([, name = '']) => name);
  const ips = names?.ip ?? [];
  const listed = (certificate.subjectAltName ?? '').match(/IP Address:/g) ?? [];
  return (
    commonNameOf(certificate) === subject.commonName &&
    sameSet(dns, names?.dns ?? []) &&
    listed.length === ips.length &&
    ips.every((ip) => certificate.checkIP(ip) !== undefined)
  );
}

/** Makes and keeps our server certificate. */
export function serverCertificate(around: Surroundings): Reconciler {
  const { api, environment, wanted, clock } = around;
  const { keys } = environment;
  const algorithm = wanted.keyAlgorithm ?? 'RSA-4096';
  return reconciler<ServerCertificateObserved, ServerCertificateAction>(
    {
      artefact: 'DFSP_SERVER_CERT',
      async observe() {
        const own = await keys.list('tls-server');
        const ca = await keys.active('dfsp-ca');
        return {
          keys: own,
          wantedIds: await wantedIds(own, algorithm, serverOrder(wanted)),
          ca: ca?.chain,
          published: await api.serverCertificate(wanted.fspId),
        };
      },
      decide: (observed, now) => decideServerCertificate(observed, around, now),
      async act(action) {
        if (action.do === 'request') await keys.request('tls-server', action.keyId, serverOrder(wanted));
        else if (action.do === 'sign') await sign(around, action.keyId);
        else if (action.do === 'publish') await publish(around, action.keyId);
        else await actOnKey(keys, 'tls-server', algorithm, action);
      },
      async certificates() {
        const certificate = readCertificate((await keys.active('tls-server'))?.chain?.[0]);
        return certificate ? [watched('DFSP_SERVER_CERT', 'our server certificate', certificate)] : [];
      },
    },
    clock,
  );
}

async function keyOf({ environment }: Surroundings, keyId: string): Promise<KeyRecord | undefined> {
  return (await environment.keys.list('tls-server')).find(({ id }) => id === keyId);
}

async function sign(around: Surroundings, keyId: string): Promise<void> {
  const { environment, wanted } = around;
  const request = (await keyOf(around, keyId))?.request;
  if (request === undefined) return;
  const chain = await environment.authority.sign(request, { usage: 'server', days: wanted.serverDays ?? DEFAULT_SERVER_DAYS });
  await environment.keys.storeChain('tls-server', keyId, chain.join(''));
}

async function publish(around: Surroundings, keyId: string): Promise<void> {
  const own = (await keyOf(around, keyId))?.chain?.[0];
  const ca = await around.environment.authority.chain();
  const root = ca.at(-1);
  if (own === undefined || root === undefined) return;
  await around.api.publishServerCertificate(around.wanted.fspId, {
    rootCertificate: root,
    intermediateChain: ca.slice(0, -1).join(''),
    serverCertificate: own,
  });
}
