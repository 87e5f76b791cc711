import { KeyObject } from 'node:crypto';
import { Secret } from '@payment-manager/runtime';
import { problem } from './api/problem.ts';
import { certificateInfoOf, makeKeys, readCertificate } from './certificates/certificate.ts';
import { enrolOutbound, find, signInbound, signLater } from './certificates/enrolments.ts';
import type { Flaw } from './certificates/hub-authority.ts';
import { addAuthority, issueHubServer } from './certificates/hub-material.ts';
import type { ServerFaults } from './faults/server-faults.ts';
import { isRsaKey, putHubJws, putJws, removeJws } from './jws-keys.ts';
import { considerOnboarding, newSecret, onboard, registerDfsp, timestamp } from './onboarding.ts';
import type { DfspRecord } from './records.ts';
import type { ConnectionManagerSettings, ServerParts } from './server-parts.ts';

/** OAuth2 credentials of a DFSP's client. */
export interface DfspCredentials {
  readonly clientId: string;
  readonly clientSecret: Secret<string>;
}

/** A DFSP at a glance: no keys, no certificates. */
export interface DfspOverview {
  readonly fspId: string;
  readonly name: string;
  readonly onboarded: boolean;
  readonly ca: string;
  readonly enrolments: readonly {
    readonly id: number;
    readonly state: string;
    readonly validationState: string;
    /** Common name of the CA that signed. */
    readonly issuer?: string;
    readonly notAfter?: string;
  }[];
  readonly hubEnrolments: DfspOverview['enrolments'];
  readonly jwsCreatedAt?: number;
  readonly ingress?: string;
  readonly states: Readonly<Record<string, string>>;
}

/** The hub's CAs by their common names, the newest last, and which of them signed the certificate that the hub serves with. */
export interface HubOverview {
  readonly cas: readonly string[];
  readonly servedBy?: string;
}

/** What the hub's people do. Everything that is named and not there is a Problem 404. */
export interface Operator {
  readonly faults: ServerFaults;
  readonly settings: ConnectionManagerSettings;
  /** @throws Problem 400 for a value that cannot be */
  change(settings: Partial<ConnectionManagerSettings>): ConnectionManagerSettings;
  /** Registers a DFSP, or gives the credentials of one that is there. */
  register(fspId: string, name?: string): Promise<DfspCredentials>;
  /** A new client secret; the old one counts no more. */
  renewSecret(fspId: string): DfspCredentials;
  list(): readonly DfspOverview[];
  readonly hub: HubOverview;
  /** Signs, or signs again, at will with something wrong in the certificate. */
  sign(fspId: string, enrolmentId: number, flaw?: Flaw): Promise<void>;
  /** INVALID with the reason among the validations. The state is in the contract, though the real server never sets it. */
  reject(fspId: string, enrolmentId: number, reason: string): void;
  /** As if the server was restored from a backup: the enrolment (of either kind) is not there any more. */
  lose(fspId: string, enrolmentId: number): void;
  /** A new key and request of the hub towards a DFSP; the certificate in use stays until the DFSP has signed the new one. */
  requestHubCertificate(fspId: string): Promise<void>;
  onboard(fspId: string): void;
  /** A new hub CA; the old ones stay trusted by the hub until `retireHubCas`. Returns its certificate. */
  rotateHubCa(name?: string): Promise<string>;
  /** The hub serves with a certificate of the current CA from now on. */
  reissueServerCertificate(): Promise<void>;
  /** Only the current CA is trusted from now on. */
  retireHubCas(): void;
  /** Publishes a JWS key of the hub (without `fspId`) or of a DFSP; without `publicKey` a fresh one that nobody can sign with. */
  putJws(publicKey?: string, fspId?: string, createdAt?: number): Promise<void>;
  removeJws(fspId: string): void;
  /** The DFSP and all that is its own are gone. */
  remove(fspId: string): void;
  /** All tokens count no more. */
  revokeTokens(): void;
  readonly logins: number;
}

/** Opens the operator's door. */
export function openOperator(parts: ServerParts): Operator {
  const { book } = parts;
  const dfspOf = (fspId: string): DfspRecord => {
    const dfsp = book.dfsp(fspId);
    if (!dfsp) throw problem('NotFoundError', `DFSP with id ${fspId} not found`);
    return dfsp;
  };
  return {
    faults: parts.faults,
    get settings() {
      return parts.settings;
    },
    change: (settings) => changeSettings(parts, settings),
    async register(fspId, name = fspId) {
      return credentialsOf(parts, book.dfsp(fspId) ?? (await registerDfsp(parts, { dfspId: fspId, name })));
    },
    renewSecret(fspId) {
      const dfsp = dfspOf(fspId);
      dfsp.client = undefined;
      return credentialsOf(parts, dfsp);
    },
    list: () => book.records.dfsps.map(overview),
    get hub() {
      return hubOverview(parts);
    },
    sign: async (fspId, enrolmentId, flaw) => void (await signInbound(parts, dfspOf(fspId), String(enrolmentId), flaw)),
    reject: (fspId, enrolmentId, reason) => reject(parts, dfspOf(fspId), enrolmentId, reason),
    lose(fspId, enrolmentId) {
      const dfsp = dfspOf(fspId);
      find([...dfsp.inbound, ...dfsp.outbound], String(enrolmentId));
      dfsp.inbound = dfsp.inbound.filter(({ id }) => id !== enrolmentId);
      dfsp.outbound = dfsp.outbound.filter(({ id }) => id !== enrolmentId);
      book.save();
    },
    requestHubCertificate: async (fspId) => void (await enrolOutbound(parts, dfspOf(fspId))),
    onboard: (fspId) => onboard(parts, dfspOf(fspId)),
    rotateHubCa: (name = `${parts.hubId} CA ${book.nextId()}`) => addAuthority(parts, { CN: name, O: parts.hubId }),
    reissueServerCertificate: () => issueHubServer(parts),
    retireHubCas() {
      book.records.authorities = book.records.authorities.slice(-1);
      book.save();
    },
    async putJws(publicKey, fspId, createdAt = Math.floor(parts.clock.now() / 1_000)) {
      const key = publicKey ?? (await freshPublicKey());
      if (!isRsaKey(key)) throw problem('BadRequestError', 'publicKey must be a public RSA key in PEM');
      if (fspId === undefined) putHubJws(parts, key, createdAt);
      else putJws(parts, dfspOf(fspId), key, createdAt);
    },
    removeJws: (fspId) => removeJws(parts, dfspOf(fspId)),
    remove(fspId) {
      dfspOf(fspId);
      book.records.dfsps = book.records.dfsps.filter(({ dfspId }) => dfspId !== fspId);
      book.save();
    },
    revokeTokens: () => parts.tokens.revokeAll(),
    get logins() {
      return parts.tokens.logins;
    },
  };
}

/** Bounds of what an operator may set; the flags are not here. */
const BOUNDS = {
  signDelayMs: 86_400_000,
  certificateSeconds: 10 * 365 * 86_400,
  serverCertificateSeconds: 10 * 365 * 86_400,
  tokenSeconds: 86_400,
} as const;

function changeSettings(parts: ServerParts, given: Partial<ConnectionManagerSettings>): ConnectionManagerSettings {
  for (const [name, most] of Object.entries(BOUNDS)) {
    const value = given[name as keyof typeof BOUNDS];
    if (value !== undefined && !(Number.isInteger(value) && value >= 0 && value <= most))
      throw problem('BadRequestError', `${name} must be a whole number from 0 to ${most}`);
  }
  parts.settings = { ...parts.settings, ...given };
  for (const dfsp of parts.book.records.dfsps) {
    for (const enrolment of dfsp.inbound) signLater(parts, dfsp, enrolment);
    considerOnboarding(parts, dfsp);
  }
  return parts.settings;
}

function credentialsOf(parts: ServerParts, dfsp: DfspRecord): DfspCredentials {
  if (!dfsp.client) {
    dfsp.client = { clientId: dfsp.dfspId, clientSecret: newSecret(parts), createdAt: timestamp(parts), told: false };
    parts.book.save();
  }
  return { clientId: dfsp.client.clientId, clientSecret: new Secret(dfsp.client.clientSecret) };
}

function reject(parts: ServerParts, dfsp: DfspRecord, enrolmentId: number, reason: string): void {
  const enrolment = find(dfsp.inbound, String(enrolmentId));
  const refused = {
    validationCode: 'CSR_SIGNATURE_VALID',
    performed: true,
    result: 'INVALID',
    message: `Rejected by the hub: ${reason.slice(0, 500)}`,
  } as const;
  const rejected = {
    ...enrolment,
    state: 'INVALID',
    validations: [...(enrolment.validations ?? []), refused],
    validationState: 'INVALID',
  } as const;
  dfsp.inbound = dfsp.inbound.map((one) => (one.id === enrolmentId ? rejected : one));
  parts.book.save();
}

async function freshPublicKey(): Promise<string> {
  const { publicKey } = await makeKeys(2048);
  return KeyObject.from(publicKey).export({ type: 'spki', format: 'pem' }).toString();
}

function overview(dfsp: DfspRecord): DfspOverview {
  const { ca, jws } = dfsp;
  const ingress = dfsp.ingress.at(-1)?.url;
  const brief = ({ id, state, validationState = 'NOT_AVAILABLE', certInfo }: DfspRecord['inbound'][number]) => ({
    id,
    state,
    validationState,
    ...(certInfo && { notAfter: certInfo.notAfter, ...(certInfo.issuer.CN !== undefined && { issuer: certInfo.issuer.CN }) }),
  });
  return {
    fspId: dfsp.dfspId,
    name: dfsp.name,
    onboarded: dfsp.onboarded,
    ca: ca?.validationState ?? 'NOT_AVAILABLE',
    enrolments: dfsp.inbound.map(brief),
    hubEnrolments: dfsp.outbound.map(brief),
    states: Object.fromEntries(Object.entries(dfsp.states).map(([name, { status }]) => [name, status])),
    ...(jws?.createdAt !== undefined && { jwsCreatedAt: jws.createdAt }),
    ...(ingress !== undefined && { ingress }),
  };
}

function hubOverview({ book }: ServerParts): HubOverview {
  const { authorities, hubServer } = book.records;
  const servedBy = hubServer?.record.serverCertificateInfo.issuer.CN;
  return {
    cas: authorities.map(({ certificate }) => certificateInfoOf(readCertificate(certificate)).subject.CN ?? '?'),
    ...(servedBy !== undefined && { servedBy }),
  };
}
