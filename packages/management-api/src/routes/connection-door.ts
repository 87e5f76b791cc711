/** Who does something at keys and certificates, and why; kept with the key. */
export interface Doer {
  /** At most 100 characters. */
  readonly by: string;
  readonly reason: string;
}

export const ROTATED = ['jws', 'client', 'server', 'ca'] as const;
/** What can be made anew before its time. */
export type Rotated = (typeof ROTATED)[number];

/** Where the hub reaches us, and from where we call it: `ADDRESS:PORTS`, as `connectionManager.egress` has it. */
export interface AskedEndpoints {
  readonly ingressUrl: string;
  readonly egress: readonly string[];
}

/** What somebody brings, as text; never a private key. */
export type Brought =
  | { readonly what: 'certificate'; readonly side: 'client' | 'server'; readonly pem: string }
  | { readonly what: 'hub-ca'; readonly only: boolean; readonly pem: string }
  | { readonly what: 'peer-jws'; readonly peer: string; readonly only: boolean; readonly pem: string }
  | { readonly what: 'hub-request'; readonly pem: string };

/** What may be given away: of one key, its certificate with issuers, its request, or its public part. */
export const PARTS = ['chain', 'request', 'public-key', 'jwks'] as const;
export type Part = (typeof PARTS)[number];

/** A text that somebody takes along. */
export interface Given {
  readonly fileName: string;
  readonly text: string;
}

/** Whom a readiness test looks up, `TYPE:ID`; with a payment, what is paid and from whose account. */
export interface TestWish {
  readonly party?: string;
  readonly payment?: { readonly amount: string; readonly currency: string; readonly payer: string };
}

/** How far a readiness test is. */
export interface TestRun {
  readonly running: boolean;
  /** What was seen, step by step, as `./pm doctor` tells it. */
  readonly steps: readonly object[];
  readonly passed?: boolean;
  /** It could not be made; why. */
  readonly failed?: string;
}

/** Keys, certificates and endpoints of this environment, and its way into the scheme; only where there is a vault. Everything rejects with Problem. */
export interface ConnectionDoor {
  /** Steps, certificates, keys and what is waited for, as `./pm onboard` shows them. */
  status(): Promise<object>;
  /** The phases with their steps, how many are done, and the last readiness test. */
  progress(): Promise<object>;
  certificates(): Promise<readonly object[]>;
  keys(): Promise<readonly object[]>;
  /** One key or CA with every step of its life, who did it and why; undefined: there is none. */
  key(keyId: string): Promise<object | undefined>;
  /** Undefined: there is no such key, or it has no such part. */
  give(keyId: string, part: Part): Promise<Given | undefined>;
  /** Our requests for certificates, and what came of them. */
  requests(): Promise<readonly object[]>;
  /** What was configured, what a person has put in its place, and what the Connection Manager has. */
  endpoints(): Promise<object>;
  /** Rejects where they cannot be so. */
  checkEndpoints(asked: AskedEndpoints): Promise<void>;
  /** Undefined: those of the configuration again. */
  changeEndpoints(asked: AskedEndpoints | undefined, who: Doer): Promise<object>;
  /** Begins a new key now: through the Connection Manager, or the first step by hand. */
  renew(what: Rotated, who: Doer): Promise<object>;
  /** Without a Connection Manager: the key that waits is in use from now on. */
  activate(what: 'jws' | 'ca', who: Doer): Promise<object>;
  /** False: there is no such key. */
  distrust(keyId: string, who: Doer): Promise<boolean>;
  /** A CA or JWS key of the hub's that breaks a pin is trusted, because somebody has asked the hub's operator. */
  accept(fingerprint: string, who: Doer): Promise<object>;
  /** What is in it, for people to compare; nothing changes. */
  look(): Promise<object>;
  preview(brought: Brought): Promise<object>;
  take(brought: Brought, who: Doer): Promise<object>;
  /** Makes a readiness test, and tells how far it is after each step, and of its end. Resolves then. */
  test(wish: TestWish, who: Doer, tell: (run: TestRun) => void): Promise<void>;
  /** The last one that ended, with what has changed since. */
  lastTest(): Promise<object | undefined>;
}

/** What was tried in one environment of the configuration is taken over into another. Everything rejects with Problem. */
export interface PromotionDoor {
  readonly environments: readonly string[];
  compare(from: string, to: string): Promise<object>;
  write(from: string, to: string): Promise<object>;
}
