import type { ReadRequest } from '../certificates/request.ts';

/** One rule that the server checked. */
export interface Validation {
  readonly code: string;
  readonly result: 'VALID' | 'INVALID' | 'NOT_AVAILABLE';
  readonly message: string;
}

/** What the server says of something that it checked; its states lie now and then, so it is shown and never trusted. */
export interface Checked {
  readonly validationState: string | undefined;
  readonly validations: readonly Validation[];
}

/** A CA as the server has it: the hub's, or ours. Each text may hold several certificates, or be absent. */
export interface PublishedCa extends Checked {
  readonly rootCertificate: string | undefined;
  readonly intermediateChain: string | undefined;
}

/** A request for a certificate as the server lists it, and what came of it. */
export interface ListedEnrollment extends Checked {
  readonly id: number;
  readonly csr: string | undefined;
  readonly certificate: string | undefined;
  readonly state: string | undefined;
}

/** The same with what stands in the request. */
export interface Enrollment extends ListedEnrollment {
  /** Undefined: the request cannot be read. */
  readonly asked: ReadRequest | undefined;
}

/** A server certificate with its issuers. */
export interface PublishedServerCertificate extends PublishedCa {
  readonly serverCertificate: string | undefined;
}

/** A JWS key in the scheme's list. Nothing of it is validated: any member may be missing or wrong. */
export interface ListedJwsKey extends Checked {
  readonly dfspId: string | undefined;
  readonly publicKey: string | undefined;
  /** Unix seconds, as its owner said. */
  readonly createdAt: number | undefined;
}

/** The same, read. */
export interface PublishedJwsKey extends ListedJwsKey {
  /** The id under which the vault knows the key; undefined: it cannot be read as a public key. */
  readonly keyId: string | undefined;
  /** Why nobody may sign with that key, such as that it is too weak. */
  readonly unfit: string | undefined;
}

/** An address from which a DFSP calls. */
export interface PublishedAddress {
  readonly address: string;
  readonly ports: readonly string[];
}

/** One entry of the states report. */
export interface ReportedState {
  readonly status: 'pending' | 'inProgress' | 'completed' | 'inError';
  /** ISO 8601. */
  readonly lastUpdated: string;
  readonly stateDescription: string;
  readonly errorDescription?: string;
}

/** More members than any scheme has: a list that is longer is taken for a fault of the server. */
export const MOST_PEERS = 2_000;

/** Of all enrolments that the server has; it forgets none. */
export const NEWEST_ENROLLMENTS = 50;

/**
 * The calls of the scheme's Connection Manager that a DFSP's client needs, for one DFSP. What answers is read with care: members of
 * the wrong kind are absent, and lists are lists. All methods reject with ConnectionFault. Undefined means: not set there yet.
 */
export interface ConnectionManagerApi {
  /** The base address without a slash at the end; also the origin under which what it says is kept. */
  readonly url: string;
  /** The FSP ids that our account may see; at least our own, when it is registered and the account has its role. */
  dfsps(): Promise<readonly string[]>;
  hubCa(): Promise<PublishedCa>;
  hubServerCertificate(): Promise<PublishedServerCertificate | undefined>;
  dfspCa(fspId: string): Promise<PublishedCa>;
  publishDfspCa(fspId: string, ca: { readonly rootCertificate: string; readonly intermediateChain: string }): Promise<PublishedCa>;
  /** Requests for our client certificate: the newest 50, oldest first. */
  inboundEnrollments(fspId: string): Promise<readonly Enrollment[]>;
  requestClientCertificate(fspId: string, csr: string): Promise<Enrollment>;
  /** Requests of the hub that we sign: the newest 50, oldest first. */
  outboundEnrollments(fspId: string): Promise<readonly Enrollment[]>;
  uploadHubClientCertificate(fspId: string, id: number, certificate: string): Promise<Enrollment>;
  serverCertificate(fspId: string): Promise<PublishedServerCertificate | undefined>;
  publishServerCertificate(
    fspId: string,
    certificate: { readonly rootCertificate: string; readonly intermediateChain: string; readonly serverCertificate: string },
  ): Promise<PublishedServerCertificate>;
  /** Of all DFSPs, ours and the hub's included. */
  jwsKeys(): Promise<readonly PublishedJwsKey[]>;
  publishJwsKey(fspId: string, key: { readonly publicKey: string; readonly createdAt: number }): Promise<PublishedJwsKey>;
  egress(fspId: string): Promise<readonly PublishedAddress[] | undefined>;
  publishEgress(fspId: string, addresses: readonly PublishedAddress[]): Promise<void>;
  ingress(fspId: string): Promise<string | undefined>;
  publishIngress(fspId: string, url: string): Promise<void>;
  reportStates(fspId: string, states: Readonly<Record<string, ReportedState>>): Promise<void>;
}
