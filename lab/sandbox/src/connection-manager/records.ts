import type { Validation, ValidationState } from './certificates/validation-result.ts';

/** Subject or issuer of a certificate as the server tells it. */
export type NameInfo = Readonly<Partial<Record<'CN' | 'O' | 'OU' | 'C' | 'L' | 'ST' | 'E', string>>>;

/** Subject alternative names, by kind. */
export interface AlternativeNamesInfo {
  readonly subjectAltName: {
    readonly dns: readonly string[];
    readonly ips: readonly string[];
    readonly uris: readonly string[];
    readonly emailAddresses: readonly string[];
  };
}

/** What a certificate request says. */
export interface CsrInfo {
  readonly subject: NameInfo;
  readonly extensions: AlternativeNamesInfo;
  /** `sha256WithRSAEncryption` */
  readonly signatureAlgorithm: string;
  /** Bits. */
  readonly publicKeyLength: number;
}

/** What a certificate says. Dates in ISO 8601. */
export interface CertificateInfo extends CsrInfo {
  readonly issuer: NameInfo;
  readonly serialNumber: string;
  readonly notBefore: string;
  readonly notAfter: string;
}

/** What is validated carries its validations with it. */
export interface Validated {
  readonly validations: readonly Validation[];
  readonly validationState: ValidationState;
}

/** A DFSP's request for a client certificate, or the hub's for one. A fresh request of the hub has no validations yet. */
export interface Enrolment extends Partial<Validated> {
  readonly id: number;
  readonly csr: string;
  readonly csrInfo: CsrInfo;
  /** INVALID is only ever set by an operator who rejects. */
  readonly state: 'CSR_LOADED' | 'CERT_SIGNED' | 'INVALID';
  readonly certificate?: string;
  readonly certInfo?: CertificateInfo;
}

/** An enrolment of the hub with its private key (PEM), which no answer ever shows. */
export interface HubEnrolment extends Enrolment {
  readonly key: string;
}

export interface CaRecord extends Validated {
  readonly rootCertificate: string;
  readonly intermediateChain: string;
}

export interface ServerCertificateRecord extends Validated {
  readonly rootCertificate?: string;
  readonly intermediateChain?: string | readonly string[];
  readonly serverCertificate: string;
  readonly rootCertificateInfo?: CertificateInfo;
  readonly intermediateChainInfo: readonly CertificateInfo[];
  readonly serverCertificateInfo: CertificateInfo;
}

/** A JWS key as it was uploaded; nothing in it need be true. */
export interface JwsRecord extends Validated {
  readonly dfspId?: string;
  readonly publicKey: string;
  /** Unix seconds, as the owner says. */
  readonly createdAt?: number;
}

/** An endpoint as the clients post it: whole documents, of which the latest counts. */
export interface EndpointDocument {
  readonly id: number;
  readonly dfspId: string;
  readonly state: 'NOT_STARTED';
  readonly type: null;
  readonly createdBy: string | null;
  readonly createdAt: string;
  readonly url?: string;
  readonly ipList?: readonly object[];
}

/** An endpoint as the hub's portal enters it, one by one. The names with underscores go over the wire. */
export interface EndpointItem {
  readonly id: number;
  readonly type: 'IP' | 'URL';
  readonly direction: 'INGRESS' | 'EGRESS';
  readonly state: 'NEW' | 'CONFIRMED' | 'INVALID';
  readonly created_date: string;
  readonly created_by: string | null;
  readonly dfsp_id: number | null;
  readonly value: object;
}

export interface StateReport {
  readonly status: string;
  readonly stateDescription?: string;
  readonly errorDescription?: string;
  readonly lastUpdated: string;
}

/** OAuth2 client of a DFSP. */
export interface ApiClient {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly createdAt: string;
  readonly updatedAt?: string;
  /** Whether the DFSP has called up its credentials; before that GET answers 404. */
  readonly told: boolean;
}

/** All that the scheme knows of a DFSP. */
export interface DfspRecord {
  readonly numericId: number;
  readonly dfspId: string;
  name: string;
  monetaryZoneId: string | undefined;
  isProxy: 0 | 1 | null;
  /** Absent: open to every token. */
  securityGroup: string | undefined;
  client: ApiClient | undefined;
  ca: CaRecord | undefined;
  /** The CA before, for as long as certificates of it may be in use. */
  previousCa: CaRecord | undefined;
  inbound: Enrolment[];
  outbound: HubEnrolment[];
  egress: EndpointDocument[];
  ingress: EndpointDocument[];
  items: EndpointItem[];
  serverCertificate: ServerCertificateRecord | undefined;
  jws: JwsRecord | undefined;
  /** The key before: what is under way is still signed with it. */
  previousJws: JwsRecord | undefined;
  states: Record<string, StateReport>;
  onboarded: boolean;
}

/** A certificate authority of the hub: certificate and private key, PEM. */
export interface AuthorityRecord {
  readonly certificate: string;
  readonly privateKey: string;
}

/** Everything that the server keeps. */
export interface SchemeRecords {
  nextId: number;
  /** Oldest first; the last one signs and is what GET /hub/ca tells. */
  authorities: AuthorityRecord[];
  hubServer: { readonly record: ServerCertificateRecord; readonly privateKey: string } | undefined;
  hubItems: EndpointItem[];
  dfsps: DfspRecord[];
  externalJws: JwsRecord[];
}

/** A scheme without anything. */
export function emptyRecords(): SchemeRecords {
  return { nextId: 1, authorities: [], hubServer: undefined, hubItems: [], dfsps: [], externalJws: [] };
}

/** A DFSP of which only the name is known. */
export function emptyDfsp(numericId: number, dfspId: string, name: string): DfspRecord {
  return {
    numericId,
    dfspId,
    name,
    monetaryZoneId: undefined,
    isProxy: null,
    securityGroup: `Application/DFSP:${dfspId.replaceAll(' ', '-')}`,
    client: undefined,
    ca: undefined,
    previousCa: undefined,
    inbound: [],
    outbound: [],
    egress: [],
    ingress: [],
    items: [],
    serverCertificate: undefined,
    jws: undefined,
    previousJws: undefined,
    states: {},
    onboarded: false,
  };
}
