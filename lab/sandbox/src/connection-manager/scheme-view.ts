import { type Credentials, Secret } from '@payment-manager/runtime';
import { readCertificates } from './certificates/certificate.ts';
import { isRsaKey } from './jws-keys.ts';
import { hubEnrolmentOf } from './onboarding.ts';
import type { DfspRecord } from './records.ts';
import type { ServerParts } from './server-parts.ts';

/** What the hub must know of a DFSP to talk with it. */
export interface SchemeMember {
  readonly fspId: string;
  /** The hub's gateway knows it; before that nothing is sent to it. */
  readonly onboarded: boolean;
  /** The current key, and the one before it: what is under way was signed with that. Only RSA keys that can be read. */
  readonly jwsPublicKeys: readonly string[];
  /** Where the hub calls it. */
  readonly ingressUrl?: string;
  /** For calling it: the client certificate that the DFSP signed for the hub, and the DFSP's CAs (the one before included). */
  readonly credentials?: Credentials;
}

/** The members of the scheme, as the hub sees them; the hub itself is not among them. */
export function membersOf({ book, hubId }: ServerParts): SchemeMember[] {
  return book.records.dfsps.filter(({ dfspId }) => dfspId !== hubId).map(memberOf);
}

function memberOf(dfsp: DfspRecord): SchemeMember {
  const ingressUrl = dfsp.ingress.at(-1)?.url;
  const keys = [dfsp.jws, dfsp.previousJws].flatMap((record) => (record && isRsaKey(record.publicKey) ? [record.publicKey] : []));
  const credentials = credentialsTo(dfsp);
  return {
    fspId: dfsp.dfspId,
    onboarded: dfsp.onboarded,
    jwsPublicKeys: keys,
    ...(ingressUrl !== undefined && { ingressUrl }),
    ...(credentials && { credentials }),
  };
}

/** Only with a VALID certificate: with another key's, or another CA's, the hub could not speak to anybody. */
function credentialsTo(dfsp: DfspRecord): Credentials | undefined {
  const enrolment = hubEnrolmentOf(dfsp);
  if (enrolment?.validationState !== 'VALID' || !dfsp.ca) return undefined;
  return {
    certificate: pemOf(enrolment.certificate, dfsp.ca.intermediateChain),
    privateKey: new Secret(enrolment.key),
    trustedCas: [dfsp.ca, ...(dfsp.previousCa ? [dfsp.previousCa] : [])]
      .map((ca) => pemOf(ca.intermediateChain, ca.rootCertificate))
      .join(''),
  };
}

/** The certificates of some texts, without what stands around them. */
function pemOf(...texts: (string | undefined)[]): string {
  return readCertificates(texts.join('\n'))
    .map((certificate) => `${certificate.toString('pem').trim()}\n`)
    .join('');
}

/** What the hub's own listener presents and trusts: certificates of all hub CAs that are not retired. Undefined before it has any. */
export function hubCredentialsOf({ book }: ServerParts): Credentials | undefined {
  const { hubServer, authorities } = book.records;
  if (!hubServer || authorities.length === 0) return undefined;
  return {
    certificate: hubServer.record.serverCertificate,
    privateKey: new Secret(hubServer.privateKey),
    trustedCas: authorities.map(({ certificate }) => certificate.trim()).join('\n'),
  };
}
