/** A step of the way into the scheme. */
export interface Step {
  readonly artefact: string;
  readonly state: 'Ready' | 'Progressing' | 'Failed';
  readonly reason: string;
  readonly message: string;
  readonly nextStep?: string;
  readonly details?: readonly string[];
}

/** The last readiness test, and what has changed since. */
export interface KeptTest {
  readonly at: number;
  readonly by: string;
  readonly passed: boolean;
  readonly checks: readonly Check[];
  readonly changed: readonly string[];
}

export interface Check {
  readonly part: string;
  readonly check: string;
  readonly state: 'passed' | 'warning' | 'failed' | 'skipped';
  readonly message: string;
  readonly remedy?: string;
}

/** `GET /connection/progress` */
export interface Progress {
  readonly connectionManager: boolean;
  readonly phases: readonly { readonly title: string; readonly steps: readonly Step[]; readonly done: number }[];
  readonly done: number;
  readonly steps: number;
  /** Keys that wait to be put in use. */
  readonly waiting: readonly { readonly what: 'jws' | 'ca'; readonly keyId: string; readonly since: number; readonly earlyMs: number }[];
  readonly readinessTest?: KeptTest;
}

/** Where the hub reaches us, and from where we call it. */
export interface Endpoints {
  readonly ingressUrl: string;
  readonly egress: readonly string[];
}

/** `GET /connection/endpoints` */
export interface EndpointsAnswer {
  readonly configured: Endpoints;
  readonly changed?: Endpoints & { readonly at: number; readonly by: string; readonly why: string };
  readonly hub: readonly string[];
  readonly published?: Endpoints | { readonly unknown: string };
}

/** One of `GET /connection/certificates` */
export interface Certificate {
  readonly purpose: 'tls-client' | 'tls-server' | 'dfsp-ca' | 'hub-ca';
  readonly keyId: string;
  readonly state: string;
  readonly subject: string;
  readonly issuer: string;
  readonly names?: string;
  readonly serial: string;
  readonly sha256: string;
  readonly validFrom: number;
  readonly validTo: number;
}

/** One of `GET /connection/requests` */
export interface CertificateRequest {
  readonly purpose: 'tls-client' | 'tls-server';
  readonly keyId: string;
  readonly algorithm: string;
  readonly state: string;
  readonly since: number;
  readonly answer: 'waiting' | 'certificate' | 'none';
}

/** One of `GET /connection/keys` */
export interface Key {
  readonly purpose: string;
  readonly owner: string;
  readonly keyId: string;
  readonly algorithm: string;
  readonly state: string;
  readonly since: number;
  readonly by: string;
  readonly why: string;
}

/** `GET /connection/keys/:id` */
export interface KeyLife {
  readonly purpose: string;
  readonly keyId: string;
  readonly owner: string;
  readonly algorithm: string;
  readonly state: string;
  readonly inHsm: boolean;
  readonly request: boolean;
  readonly history: readonly { readonly state: string; readonly at: number; readonly by: string; readonly why: string }[];
  readonly chain: readonly { readonly subject: string; readonly sha256: string; readonly validTo: number }[];
}

/** `GET /connection/test` */
export interface TestAnswer {
  readonly run?: {
    readonly running: boolean;
    readonly startedAt: number;
    readonly by: string;
    readonly steps: readonly Check[];
    readonly passed?: boolean;
    readonly failed?: string;
  };
  readonly last?: KeptTest;
}

/** `GET /connection/promotion` */
export interface PromotionAnswer {
  readonly environment: string;
  readonly environments: readonly string[];
  readonly differences?: readonly {
    readonly path: string;
    readonly from: string;
    readonly to: string;
    readonly verdict: 'copied' | 'kept' | 'anew';
  }[];
}

/** What is in a file that somebody brings. */
export interface Preview {
  readonly certificates?: readonly { readonly subject: string; readonly sha256: string; readonly validTo: number }[];
  readonly publicKeys?: readonly string[];
}
