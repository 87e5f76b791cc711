import type { Role } from '../access/permissions.ts';

/** A person, as kept. Nothing in it is a secret that could be used: passwords and codes are hashed, the rest is sealed. */
export interface User {
  /** Id and name to sign in with; never changed. */
  readonly name: string;
  /** As people are shown it. */
  readonly shownName: string;
  readonly roles: readonly Role[];
  readonly disabled: boolean;
  readonly createdAt: number;
  /** Grows with each reset, each other password, and when nobody may sign in any more: a sign-in that was begun before it counts no more. Absent: 0. */
  readonly epoch?: number;
  /** argon2id; absent until it is set by a link, together with `totp`. */
  readonly password?: string;
  readonly passwordAt?: number;
  readonly totp?: {
    /** Sealed. */ readonly secret: string /** Of the last code that was taken. */;
    readonly lastStep: number;
    readonly since: number;
  };
  /** Hashes of recovery codes that are left. */
  readonly recovery: readonly string[];
  readonly passkeys: readonly Passkey[];
  /** The account at a provider that an administrator linked. */
  readonly singleSignOn?: { readonly issuer: string; readonly subject: string; readonly since: number };
}

export interface Passkey {
  readonly id: string;
  /** COSE, base64url. */
  readonly publicKey: string;
  readonly counter: number;
  readonly transports: readonly string[];
  readonly name: string;
  readonly since: number;
}

/** The number after this one: from now on nothing counts that was begun before. */
export function nextEpoch({ epoch = 0 }: Pick<User, 'epoch'>): Pick<User, 'epoch'> {
  return { epoch: epoch + 1 };
}

/** A user without anything secret. */
export interface ShownUser extends Pick<User, 'name' | 'shownName' | 'roles' | 'disabled' | 'createdAt'> {
  /** Whether there is one. */
  readonly password: boolean;
  readonly totp: boolean;
  readonly recoveryCodesLeft: number;
  readonly passkeys: readonly { readonly id: string; readonly name: string; readonly since: number }[];
  readonly singleSignOn?: { readonly subject: string; readonly since: number };
}

/** As a list, the audit log and the portal show a user. */
export function shownUser(user: User): ShownUser {
  const { name, shownName, roles, disabled, createdAt, password, totp, recovery, passkeys, singleSignOn } = user;
  return {
    name,
    shownName,
    roles,
    disabled,
    createdAt,
    password: password !== undefined,
    totp: totp !== undefined,
    recoveryCodesLeft: recovery.length,
    passkeys: passkeys.map(({ id, name: called, since }) => ({ id, name: called, since })),
    ...(singleSignOn && { singleSignOn: { subject: singleSignOn.subject, since: singleSignOn.since } }),
  };
}

/** A user without any way in yet. */
export function newUser(name: string, shownName: string, roles: readonly Role[], createdAt: number): User {
  return { name, shownName, roles, disabled: false, createdAt, recovery: [], passkeys: [] };
}
