import { crash, problem } from '../api/problem.ts';
import { inTextOrder } from '../book.ts';
import type { DfspRecord, Enrolment, HubEnrolment } from '../records.ts';
import type { ServerParts } from '../server-parts.ts';
import { certificateInfoOf, csrInfoOf, makeEmptyRequest, readCertificate, readCsr } from './certificate.ts';
import { type Flaw, holdsKey, signRequest } from './hub-authority.ts';
import { inboundValidations, made, outboundValidations, type Subjects, signedByDfspCa, stateOf } from './validation.ts';

/** What the real server's database and Vault take before a request is stored; the same text that comes meanwhile is not known yet. */
const STORING_MS = 5;

/** Those in a state, or all, in the server's order. */
export function listed<T extends Enrolment>(enrolments: readonly T[], state: string | undefined): T[] {
  return inTextOrder(enrolments.filter((one) => state === undefined || one.state === state));
}

/** @throws Problem 404 with an empty message, or 500 when the id is not a number */
export function find<T extends Enrolment>(enrolments: readonly T[], enId: string): T {
  if (!/^\d+$/.test(enId)) throw crash('Error', `Invalid enrollment id: ${enId.slice(0, 40)}`);
  const found = enrolments.find(({ id }) => String(id) === enId);
  if (!found) throw problem('NotFoundError', '');
  return found;
}

/** The hub's enrolment without its private key. */
export function shown({ key: _key, ...enrolment }: HubEnrolment): Enrolment {
  return enrolment;
}

function replace<T extends Enrolment>(enrolments: T[], enrolment: T): T {
  const at = enrolments.findIndex(({ id }) => id === enrolment.id);
  if (at < 0) enrolments.push(enrolment);
  else enrolments[at] = enrolment;
  return enrolment;
}

function surroundings({ clock, tools }: ServerParts): Pick<Subjects, 'now' | 'keyLength'> {
  return { now: clock.now(), keyLength: tools.keyBits };
}

/**
 * A DFSP's request for a client certificate. The very same text that is still unsigned gives the enrolment that is there; requests
 * that come at the same moment each make one.
 *
 * @throws Problem 400 when it is no request with an RSA key
 */
export async function enrolInbound(parts: ServerParts, dfsp: DfspRecord, clientCsr: string): Promise<Enrolment> {
  const known = dfsp.inbound.find(({ csr, state }) => csr === clientCsr && state === 'CSR_LOADED');
  if (known) return known;
  const csr = parsed(() => readCsr(clientCsr), 'Could not parse the CSR content');
  const validations = await inboundValidations({ csr, ...surroundings(parts) });
  await new Promise<void>((resolve) => void parts.timers.after(STORING_MS, resolve));
  const enrolment: Enrolment = {
    id: parts.book.nextId(),
    csr: clientCsr,
    csrInfo: csrInfoOf(csr),
    state: 'CSR_LOADED',
    validations,
    validationState: stateOf(validations),
  };
  dfsp.inbound.push(enrolment);
  parts.book.save();
  signLater(parts, dfsp, enrolment);
  return enrolment;
}

/** Signs after the operator's delay if signing is automatic and the request is valid. */
export function signLater(parts: ServerParts, dfsp: DfspRecord, enrolment: Enrolment): void {
  if (!parts.settings.autoSign || enrolment.state !== 'CSR_LOADED' || enrolment.validationState !== 'VALID') return;
  parts.timers.after(parts.settings.signDelayMs, () => {
    const now = dfsp.inbound.find(({ id }) => id === enrolment.id);
    // What cannot be signed stays as it is, as with a person who tries and gets an error.
    if (now?.state === 'CSR_LOADED') signInbound(parts, dfsp, String(enrolment.id)).catch(() => {});
  });
}

/** What a fault of the server makes wrong with the next certificate for a DFSP. */
function flawOfNext({ faults }: ServerParts, fspId: string): Flaw | undefined {
  const action = faults.strike({ kind: 'certificate', fspId });
  return action?.kind === 'flaw' ? action.flaw : undefined;
}

/**
 * Signs, or signs again. An INVALID request is signed as well, and stays INVALID.
 *
 * @throws Problem 404, or 500 when there is no hub CA or the CA refuses
 */
export async function signInbound(parts: ServerParts, dfsp: DfspRecord, enId: string, wanted?: Flaw): Promise<Enrolment> {
  const enrolment = find(dfsp.inbound, enId);
  const flaw = wanted ?? flawOfNext(parts, dfsp.dfspId);
  const authority = parts.book.records.authorities.at(-1);
  if (!authority) throw crash('Error', 'Error signing certificate: no default issuer currently configured');
  const order = { csr: enrolment.csr, commonName: parts.switchFqdn, ttlSeconds: parts.settings.certificateSeconds, ...(flaw && { flaw }) };
  const pem = await signRequest(order, authority, parts.tools);
  const certificate = readCertificate(pem);
  const validations = await inboundValidations({ csr: readCsr(enrolment.csr), certificate, ...surroundings(parts) });
  if (flaw === 'invalid')
    validations.push(made('CERTIFICATE_SIGNATURE_ALGORITHM', false, 'certificate has an invalid Signature Algorithm : (planted)'));
  const signed: Enrolment = {
    ...enrolment,
    state: 'CERT_SIGNED',
    certificate: pem,
    certInfo: certificateInfoOf(certificate),
    validations,
    validationState: stateOf(validations),
  };
  replace(dfsp.inbound, signed);
  parts.book.save();
  return signed;
}

/** The hub's own request towards a DFSP: a fresh key, an empty subject. */
export async function enrolOutbound(parts: ServerParts, dfsp: DfspRecord): Promise<Enrolment> {
  const { csr, key } = await makeEmptyRequest(parts.tools.keyBits);
  const enrolment: HubEnrolment = { id: parts.book.nextId(), csr, csrInfo: csrInfoOf(readCsr(csr)), state: 'CSR_LOADED', key };
  dfsp.outbound.push(enrolment);
  parts.book.save();
  return shown(enrolment);
}

/**
 * The DFSP's certificate for it. A bad one (other key, other CA, expired) replaces a good one all the same: CERT_SIGNED and INVALID.
 *
 * @throws Problem 404, or 400 when it is not a certificate with an RSA key
 */
export async function uploadOutbound(parts: ServerParts, dfsp: DfspRecord, enId: string, certificate: unknown): Promise<Enrolment> {
  const enrolment = find(dfsp.outbound, enId);
  const read = parsed(() => readCertificate(certificate), 'Could not parse the Certificate content');
  const loaded: HubEnrolment = { ...enrolment, certificate: String(certificate), certInfo: certificateInfoOf(read), state: 'CERT_SIGNED' };
  return validateOutbound(parts, dfsp, loaded);
}

/** Runs the validations again; the state stays, and an unsigned one becomes INVALID. */
export async function validateOutbound(parts: ServerParts, dfsp: DfspRecord, enrolment: HubEnrolment): Promise<Enrolment> {
  const certificate = enrolment.certificate === undefined ? undefined : readCertificate(enrolment.certificate);
  const subjects: Subjects = {
    csr: readCsr(enrolment.csr),
    ...surroundings(parts),
    ...(certificate && { certificate, privateKeyMatches: holdsKey(enrolment.key, certificate) }),
  };
  const signedByCa = certificate
    ? await signedByDfspCa(certificate, dfsp.ca, parts.clock.now())
    : made('CERTIFICATE_SIGNED_BY_DFSP_CA', false, 'No certificate');
  const validations = await outboundValidations(subjects, signedByCa);
  const validated = replace(dfsp.outbound, { ...enrolment, validations, validationState: stateOf(validations) });
  parts.book.save();
  return shown(validated);
}

function parsed<T>(read: () => T, message: string): T {
  try {
    return read();
  } catch (error) {
    throw problem('ValidationError', message, error instanceof Error ? error.message : String(error));
  }
}
