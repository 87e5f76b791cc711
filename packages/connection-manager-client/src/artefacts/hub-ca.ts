import type { X509Certificate } from 'node:crypto';
import { weaknessOfCertificate } from '@payment-manager/runtime';
import type { KeyRecord } from '@payment-manager/vault';
import { ConnectionFault } from '../api/connection-fault.ts';
import type { ConnectionManagerApi, PublishedCa, PublishedServerCertificate } from '../api/connection-manager-api.ts';
import {
  day,
  isSelfSigned,
  issuedBy,
  keyIdOfCertificate,
  readBundle,
  readCertificate,
  sameCertificate,
  subjectLine,
} from '../certificates/certificate.ts';
import { watched } from '../certificates/lifetime.ts';
import { pathOf } from '../certificates/verify.ts';
import type { Standing } from '../condition.ts';
import { counted } from '../counted.ts';
import { type Decision, type Reconciler, reconciler } from '../reconciler.ts';
import { complaintsOf, type Surroundings } from '../surroundings.ts';
import { acceptedTrust } from './accepted-trust.ts';
import { doing, dueAt, overAt } from './own-keys.ts';
import { brokenPins, NO_PINS, type Pins } from './pins.ts';

/** The hub's CA as the server shows it, and what is trusted. */
export interface HubCaObserved {
  readonly published: PublishedCa;
  /** The hub's server certificate with its issuers, PEM, if the server shows one. */
  readonly serverCertificate: string | undefined;
  readonly trusted: readonly KeyRecord[];
  /** The address of the Connection Manager, under which its word is kept. */
  readonly origin: string;
  /** Whether a former CA may still be needed: a server of the hub's was seen with a certificate that the present ones do not vouch for, or not at all. */
  readonly formerNeeded: boolean;
  /** See `brokenPins`. */
  readonly pins?: Pins;
  readonly accepted?: ReadonlySet<string>;
  /** Whether a public key was reported as compromised. */
  readonly isCompromised?: (keyId: string) => boolean;
}

export type HubCaAction =
  | { readonly do: 'trust'; readonly pems: readonly string[] }
  | { readonly do: 'end'; readonly keyId: string; readonly why: string };

const nobody = (): boolean => false;

/** Under which id the vault keeps the hub's CA. */
export const HUB_ID = 'hub';

/** Trusts what the hub presents, if it is a CA; what it replaces stays until the overlap is over and the hub's server has left it too. */
export function decideHubCa(observed: HubCaObserved, { overlapMs }: Pick<Surroundings, 'overlapMs'>, now: number): Decision<HubCaAction> {
  const { published, trusted, origin } = observed;
  const kept = trusted.length > 0 ? ' What was trusted before stays trusted.' : '';
  const text = [published.rootCertificate, published.intermediateChain].filter((one) => one !== undefined).join('\n');
  if (text === '')
    return nothing({
      state: 'Progressing',
      reason: 'HUB_HAS_NO_CA',
      message: `The hub presents no CA certificate.${kept}`,
      nextStep: 'Ask the hub’s operator to create or publish the CA.',
    });
  const presented = readBundle(text);
  const fault = presented ? faultOf(presented, observed.isCompromised ?? nobody, now) : 'it cannot be read';
  if (!presented || fault !== undefined)
    return nothing({
      state: 'Failed',
      reason: 'HUB_CA_UNUSABLE',
      message: `The CA that the hub presents cannot be trusted: ${fault}.${kept}`,
      nextStep: 'Ask the hub’s operator to publish the right CA certificate with its chain.',
      details: complaintsOf(published.validations),
    });
  const waiting = brokenPins(presented, certificatesIn(trusted), observed.pins ?? NO_PINS, (id) => observed.accepted?.has(id) ?? false);
  if (waiting.length > 0) return nothing(waitsForPerson(waiting, kept));
  const active = trusted.filter(({ state }) => state === 'active');
  const pems = presented.map(String);
  // Said by somebody else, or at a former address: taken over, but not while a former one of that origin is needed, which would end at once.
  const taken = active.every((key) => key.origin === origin) || active.length < trusted.length;
  const same = taken && active.length === pems.length && pems.every((pem) => active.some(({ chain }) => sameCertificate(chain?.[0], pem)));
  if (!same)
    return {
      actions: [{ do: 'trust', pems }],
      standing: { state: 'Progressing', reason: 'IN_PROGRESS', message: 'The hub’s CA was verified.' },
    };
  return withRetiring(presented, observed, overlapMs, now);
}

function certificatesIn(keys: readonly KeyRecord[]): X509Certificate[] {
  return keys.flatMap(({ chain }) => readCertificate(chain?.[0]) ?? []);
}

function waitsForPerson(waiting: readonly X509Certificate[], kept: string): Standing {
  const named = waiting.map((one) => `${subjectLine(one)}, SHA-256 ${one.fingerprint256}`);
  return {
    state: 'Failed',
    reason: 'PIN_BROKEN',
    message: `The hub presents another CA than those that are pinned (connectionManager.pinnedHubCa): ${named[0]}.${kept}`,
    nextStep: `Ask the hub’s operator by another channel whether this is its CA. If so: ./pm keys accept ${waiting[0]?.fingerprint256 ?? ''}`,
    details: named,
  };
}

function withRetiring(
  presented: readonly X509Certificate[],
  { trusted, serverCertificate, formerNeeded }: HubCaObserved,
  overlapMs: number,
  now: number,
): Decision<HubCaAction> {
  const server = readBundle(serverCertificate);
  const stillServed = ({ chain }: KeyRecord): boolean => {
    const former = readCertificate(chain?.[0]);
    if (!former || !server?.[0] || former.validToDate.getTime() <= now) return false;
    const underNew = pathOf(server[0], [...presented, ...server]).some((one) =>
      presented.some((ca) => ca.fingerprint256 === one.fingerprint256),
    );
    return !underNew && pathOf(server[0], [former, ...server]).some(({ fingerprint256 }) => fingerprint256 === former.fingerprint256);
  };
  const retiring = trusted.filter(({ state }) => state === 'retiring');
  const served = formerNeeded ? retiring : retiring.filter(stillServed);
  const { over, next } = overAt(
    retiring.filter((key) => !served.includes(key)),
    overlapMs,
    now,
  );
  const until = Math.min(...presented.map(({ validToDate }) => validToDate.getTime()));
  const former =
    retiring.length > 0
      ? ` ${counted(retiring.length, 'previous CA certificate')} ${retiring.length === 1 ? 'stays' : 'stay'} trusted for now.`
      : '';
  return {
    actions: over.map(({ id }) => ({ do: 'end', keyId: id, why: 'the hub has another CA, and the overlap is over' })),
    standing: {
      state: 'Ready',
      reason: 'IN_ORDER',
      message: `The hub’s CA is trusted (until ${day(until)}).${former}`,
      ...(served.length === 0
        ? {}
        : {
            details: [formerNeeded ? STILL_SEEN : 'The hub’s server certificate is still from its previous CA, so that CA stays trusted.'],
          }),
    },
    ...dueAt(next),
  };
}

const STILL_SEEN =
  'A server of the hub presents a certificate that is not from its new CA, or cannot be checked, so the previous CA stays trusted.';

/** Why these certificates are no CA to trust: roots (two during a change), and what is below one of them. */
function faultOf(certificates: readonly X509Certificate[], isCompromised: (keyId: string) => boolean, now: number): string | undefined {
  for (const certificate of certificates) {
    const name = subjectLine(certificate);
    if (!certificate.ca) return `${name} is not a CA`;
    const weakness = weaknessOfCertificate(certificate);
    if (weakness !== undefined) return `${name} ${weakness}`;
    if (isCompromised(keyIdOfCertificate(certificate))) return `the key of ${name} was reported as compromised`;
    if (certificate.validToDate.getTime() <= now) return `${name} ended on ${day(certificate.validToDate.getTime())}`;
    if (certificate.validFromDate.getTime() > now + 300_000)
      return `${name} is valid from ${day(certificate.validFromDate.getTime())} only`;
    if (certificate.subject === certificate.issuer && !isSelfSigned(certificate)) return `the signature of ${name} is wrong`;
    if (isSelfSigned(certificate) && !certificate.checkIssued(certificate)) return `${name} may not sign certificates`;
  }
  const [, ...others] = certificates;
  const loose = others.find((one) => !isSelfSigned(one) && !certificates.some((other) => other !== one && issuedBy(one, other)));
  return loose && `${subjectLine(loose)} does not come from a root beside it`;
}

function nothing(standing: Standing): Decision<HubCaAction> {
  return { actions: [], standing };
}

/** Servers without this call have nothing to say of it. */
async function hubServer(api: ConnectionManagerApi): Promise<PublishedServerCertificate | undefined> {
  try {
    return await api.hubServerCertificate();
  } catch (error) {
    if (error instanceof ConnectionFault && error.code === 'NOT_FOUND') return undefined;
    throw error;
  }
}

/** Keeps the trust in the hub's CA. */
export function hubCa(around: Surroundings): Reconciler {
  const { api, environment, clock, overlapMs, hubServes } = around;
  const trusted = () => environment.trust.trusted('hub-ca', HUB_ID);
  /** The hub's servers are only looked at when there is something to be given up. */
  const formerNeeded = async (known: readonly KeyRecord[]): Promise<boolean> => {
    const isOver = ({ state, since }: KeyRecord): boolean => state === 'retiring' && since + overlapMs <= clock.now();
    if (!hubServes || !known.some(isOver)) return false;
    const present = known.filter((key) => !isOver(key)).flatMap(({ chain = [] }) => chain);
    return !(await hubServes(present.join('')));
  };
  return reconciler<HubCaObserved, HubCaAction>(
    {
      artefact: 'HUB_CA',
      async observe() {
        const known = await trusted();
        const published = await api.hubCa();
        // Only needed to see whether a former CA is still in use.
        const server = known.some(({ state }) => state === 'retiring') ? await hubServer(api) : undefined;
        const serverCertificate = [server?.serverCertificate, server?.intermediateChain].filter((one) => one !== undefined).join('\n');
        return {
          published,
          serverCertificate: serverCertificate === '' ? undefined : serverCertificate,
          trusted: known,
          origin: api.url,
          formerNeeded: await formerNeeded(known),
          isCompromised: environment.trust.isCompromised,
          pins: around.pins ?? NO_PINS,
          accepted: around.pins === undefined ? new Set() : await acceptedTrust(environment),
        };
      },
      decide: (observed, now) => decideHubCa(observed, around, now),
      async act(action) {
        if (action.do === 'trust') await environment.trust.present('hub-ca', HUB_ID, action.pems, api.url, doing('the hub presents it'));
        else await environment.trust.move('hub-ca', HUB_ID, action.keyId, 'destroyed', doing(action.why));
      },
      async certificates() {
        return (await trusted()).flatMap(({ state, chain }) => {
          const certificate = readCertificate(chain?.[0]);
          return certificate && state === 'active' ? [watched('HUB_CA', `the hub’s CA ${subjectLine(certificate)}`, certificate)] : [];
        });
      },
    },
    clock,
  );
}
