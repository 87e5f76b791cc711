import type { X509Certificate } from 'node:crypto';
import type { KeyRecord, Subject } from '@payment-manager/vault';
import type { PublishedCa } from '../api/connection-manager-api.ts';
import {
  commonNameOf,
  day,
  issuedBy,
  keyIdOfCertificate,
  readBundle,
  readCertificate,
  sameCertificate,
} from '../certificates/certificate.ts';
import { renewalOf, watched } from '../certificates/lifetime.ts';
import type { Standing } from '../condition.ts';
import { type Decision, type Reconciler, reconciler } from '../reconciler.ts';
import { complaintsOf, type Surroundings } from '../surroundings.ts';
import type { Wanted } from '../wanted.ts';
import { actOnKey, destroying, doing, dueAt, inPlay, type KeyAction, overAt } from './own-keys.ts';

/** Our own CA in the vault and at the server. */
export interface DfspCaObserved {
  readonly keys: readonly KeyRecord[];
  readonly published: PublishedCa;
  /** The key of our server certificate in use. */
  readonly serving: KeyRecord | undefined;
  /** Whether a proxy before our server was seen to present the same; undefined: there is none, or it cannot be seen. */
  readonly presentedAtProxy?: boolean | undefined;
  /** The CA that the PKI engine has, where one keeps its key (PEM, the issuing certificate first). */
  readonly inEngine: readonly string[] | undefined;
}

export type DfspCaAction =
  | Exclude<KeyAction, { do: 'generate' }>
  | { readonly do: 'create'; readonly why: string }
  | { readonly do: 'publish'; readonly keyId: string };

const DAY_MS = 86_400_000;
const DEFAULT_CA_DAYS = 3_650;
const MAKING_MS = 600_000;

/** How long our former CA stays trusted: until all that it signed has ended, whenever the hub takes up what the new one signs. */
export function caOverlapMs({ hubClientDays = 30, serverDays = 365 }: Wanted): number {
  return Math.max(hubClientDays, serverDays) * DAY_MS;
}

/**
 * A CA of our own, replaced at two thirds of its life. The hub knows one CA of ours at a time, the one that is published: so the next one
 * is in use, and our server presents a certificate that is believed under either, before it takes the former one's place there.
 */
export function decideDfspCa(
  { keys, published, serving, presentedAtProxy, inEngine }: DfspCaObserved,
  { wanted, propagationMs }: Pick<Surroundings, 'wanted' | 'propagationMs'>,
  now: number,
): Decision<DfspCaAction> {
  const { active, pending, surplus, retiring } = inPlay(
    keys,
    () => false,
    ({ chain }) => chain !== undefined,
  );
  const certificate = readCertificate(active?.chain?.[0]);
  const renewAt = active && certificate ? renewalAt(active, certificate, inEngine) : Number.NEGATIVE_INFINITY;
  const { over, next } = overAt(retiring, caOverlapMs(wanted), now);
  // A CA without its certificate is being made just now, perhaps by somebody else, or its maker died.
  const forgotten = surplus.filter(({ chain, since }) => chain !== undefined || since + MAKING_MS <= now);
  const cleaning = [...destroying(forgotten, 'it is not needed'), ...destroying(over, 'all that it signed has ended')] as DfspCaAction[];
  if (pending) return steps([...cleaning, { do: 'activate', keyId: pending.id }], 'Our CA is now in use.');
  // Nobody but a person knows when the hub can take up a CA that it has no reason to believe.
  const held = active && certificate && certificate.validToDate.getTime() > now && renewAt <= now && !isBelieved(active, inEngine);
  if (!active || !certificate || (renewAt <= now && !held))
    return steps([...cleaning, { do: 'create', why: active ? 'renewal' : 'first' }], `Our CA is ${inEngine ? 'taken over' : 'created'}.`);
  const until = day(certificate.validToDate.getTime());
  const due = dueAt(held ? Number.POSITIVE_INFINITY : renewAt, next);
  if (!showsChain(published, active.chain)) {
    const presented = presentedAtProxy === false ? Number.POSITIVE_INFINITY : believedAt(serving, certificate);
    const former = retiring.find(({ chain }) => showsChain(published, chain));
    const ready = former && isBelieved(former, active.origin === undefined ? undefined : active.chain) ? presented + propagationMs : now;
    if (ready <= now) return steps([...cleaning, { do: 'publish', keyId: active.id }], 'Our CA is published.');
    const when =
      ready === Number.POSITIVE_INFINITY
        ? `once our server${presentedAtProxy === false ? ', or the proxy before it,' : ''} presents a certificate of it`
        : `from ${day(ready)}`;
    return {
      actions: cleaning,
      standing: { state: 'Progressing', reason: 'IN_PROGRESS', message: `Our new CA is in use, and is published ${when}.` },
      ...dueAt(ready, next),
    };
  }
  if (published.validationState === 'INVALID')
    return {
      actions: cleaning,
      standing: {
        state: 'Failed',
        reason: 'NOT_ACCEPTED',
        message: 'The Connection Manager reports problems with our CA certificate.',
        nextStep: 'Correct the configuration as the details say, and renew DFSP_CA.',
        details: complaintsOf(published.validations),
      },
      ...due,
    };
  if (held) return { actions: cleaning, standing: otherRoot(inEngine), ...due };
  return {
    actions: cleaning,
    standing: { state: 'Ready', reason: 'IN_ORDER', message: `Our CA is published and in use (until ${until}).` },
    ...due,
  };
}

/**
 * Whether who knows this CA alone believes at once what the next one signs: it has the same root, or this one certifies it. `next`: PEM, as the
 * PKI engine has it; undefined: it is made here.
 */
function isBelieved({ origin, chain }: KeyRecord, next: readonly string[] | undefined): boolean {
  const certifies = origin === undefined && (next === undefined || next.length === 1);
  const [root, nextRoot] = [readCertificate(chain?.at(-1)), readCertificate(next?.at(-1))];
  return certifies || (root !== undefined && nextRoot !== undefined && keyIdOfCertificate(root) === keyIdOfCertificate(nextRoot));
}

function otherRoot(inEngine: readonly string[] | undefined): Standing {
  const other = readCertificate(inEngine?.[0]);
  const which = other === undefined ? 'Our CA is to be one that is made here' : `The PKI engine has another CA (${commonNameOf(other)})`;
  return {
    state: 'Failed',
    reason: 'CERTIFICATE_UNUSABLE',
    message: `${which}, under another root. The present one stays in use: the hub knows only that one, and would no longer accept our server.`,
    nextStep:
      'Agree with the hub’s operator on a time, renew DFSP_CA then, and let the operator take up the new CA at once. Or keep the root, and change the CA below it.',
  };
}

/** A CA in a PKI engine is renewed there, and taken over when it is another one; so is one when the configuration changes between the two. */
function renewalAt(active: KeyRecord, certificate: X509Certificate, inEngine: readonly string[] | undefined): number {
  if (inEngine) return sameCertificate(inEngine[0], active.chain?.[0]) ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  return active.origin === undefined ? renewalOf(certificate, active.id) : Number.NEGATIVE_INFINITY;
}

/** Since when our server presents a certificate of this CA; never, while it presents that of the former one. */
function believedAt(serving: KeyRecord | undefined, ca: X509Certificate): number {
  if (!serving) return 0;
  const presented = readCertificate(serving.chain?.[0]);
  return presented && issuedBy(presented, ca) ? serving.since : Number.POSITIVE_INFINITY;
}

function steps(actions: readonly DfspCaAction[], message: string): Decision<DfspCaAction> {
  return { actions, standing: { state: 'Progressing', reason: 'IN_PROGRESS', message } };
}

/** Whether the server shows just this CA. */
export function showsChain({ rootCertificate, intermediateChain }: PublishedCa, chain: readonly string[] | undefined): boolean {
  const shown = [rootCertificate, intermediateChain].flatMap((text) => readBundle(text) ?? []);
  return (
    chain !== undefined && shown.length === chain.length && chain.every((pem) => shown.some((one) => sameCertificate(String(one), pem)))
  );
}

/** Keeps our CA. */
export function dfspCa(around: Surroundings): Reconciler {
  const { api, environment, wanted, clock } = around;
  const { keys } = environment;
  return reconciler<DfspCaObserved, DfspCaAction>(
    {
      artefact: 'DFSP_CA',
      async observe() {
        const [own, serving] = [await keys.list('dfsp-ca'), await keys.active('tls-server')];
        const inEngine = await environment.authority.inEngine();
        return { keys: own, published: await api.dfspCa(wanted.fspId), serving, inEngine, presentedAtProxy: around.presentedAtProxy?.() };
      },
      decide: (observed, now) => decideDfspCa(observed, around, now),
      async act(action) {
        if (action.do === 'create') await createCa(around, doing(action.why));
        else if (action.do === 'publish') await publish(around, action.keyId);
        else await actOnKey(keys, 'dfsp-ca', CA_ALGORITHM, action);
      },
      async certificates() {
        const active = await keys.active('dfsp-ca');
        const certificate = readCertificate(active?.chain?.[0]);
        return certificate ? [watched('DFSP_CA', 'our CA', certificate)] : [];
      },
    },
    clock,
  );
}

/** Schemes' servers take CAs with RSA keys only. */
const CA_ALGORITHM = 'RSA-4096';

/** Makes a CA that is not in use yet. */
export async function createCa(
  { environment, wanted }: Pick<Surroundings, 'environment' | 'wanted'>,
  why: { by: string; why: string },
): Promise<void> {
  const former = (await environment.keys.list('dfsp-ca')).filter(({ chain }) => chain !== undefined).length;
  await environment.authority.create(caSubject(wanted, former), wanted.caDays ?? DEFAULT_CA_DAYS, why, wanted.keyAlgorithm ?? CA_ALGORITHM);
}

/** Each has a name of its own, so that nobody takes one for the other. */
function caSubject({ fspId, subject }: Wanted, former: number): Subject {
  return { ...subject, commonName: `CA of ${fspId.slice(0, 50)}${former === 0 ? '' : ` ${former + 1}`}` };
}

/** The server replaces what it has by what it gets: an empty CA would erase ours. */
async function publish({ api, environment, wanted }: Surroundings, keyId: string): Promise<void> {
  const key = (await environment.keys.list('dfsp-ca')).find(({ id }) => id === keyId);
  const chain = key?.chain ?? [];
  const root = chain.at(-1);
  if (root === undefined) return;
  await api.publishDfspCa(wanted.fspId, { rootCertificate: root, intermediateChain: chain.slice(0, -1).join('') });
}
