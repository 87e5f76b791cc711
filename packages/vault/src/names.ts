import { VaultError } from './vault-error.ts';

/** What an entry is for, and what it therefore holds. */
export const PURPOSES = {
  'jws-signing': 'own-keys',
  'tls-client': 'own-keys',
  'tls-server': 'own-keys',
  'dfsp-ca': 'own-keys',
  'hub-ca': 'certificates',
  'peer-jws': 'public-keys',
  'hub-client': 'public-keys',
  secret: 'secret',
} as const;

export type Purpose = keyof typeof PURPOSES;
export type OwnPurpose = 'jws-signing' | 'tls-client' | 'tls-server' | 'dfsp-ca';
/** Purposes whose keys are used with a certificate. */
export type CertifiedPurpose = Exclude<OwnPurpose, 'jws-signing'>;
export type TrustPurpose = 'hub-ca' | 'peer-jws' | 'hub-client';

/** Where something lies in the vault. */
export interface EntryName {
  readonly environment: string;
  readonly purpose: Purpose;
  readonly id: string;
}

/** The one ring of our own keys of a purpose. */
export const OWN_ID = 'own';

const ENVIRONMENT_FORM = /^[a-z][a-z0-9-]{0,31}$/;
/** Any FSP id fits: visible ASCII without `/`. */
const ID_FORM = /^[\x21-\x2e\x30-\x7e]{1,64}$/;

/** `environment/purpose/id`, as stores know it. @throws VaultError `VAULT_NAME_INVALID` */
export function pathOf({ environment, purpose, id }: EntryName): string {
  checkEnvironment(environment);
  if (!Object.hasOwn(PURPOSES, purpose))
    throw new VaultError('VAULT_NAME_INVALID', `The vault knows no purpose '${purpose}': use ${Object.keys(PURPOSES).join(', ')}.`);
  if (!ID_FORM.test(id))
    throw new VaultError('VAULT_NAME_INVALID', 'An id in the vault has 1 to 64 visible ASCII characters, and no slash.');
  return `${environment}/${purpose}/${id}`;
}

/** @throws VaultError `VAULT_NAME_INVALID` */
export function checkEnvironment(environment: string): void {
  if (!ENVIRONMENT_FORM.test(environment))
    throw new VaultError('VAULT_NAME_INVALID', 'An environment is named with 1 to 32 small letters, digits and -, a letter first.');
}

/** The name of a path; undefined for what is not an entry of an environment, such as a store's own check. */
export function nameOf(path: string): EntryName | undefined {
  const [environment = '', purpose = '', id = '', ...rest] = path.split('/');
  if (rest.length > 0 || !ENVIRONMENT_FORM.test(environment) || !Object.hasOwn(PURPOSES, purpose) || !ID_FORM.test(id)) return undefined;
  return { environment, purpose: purpose as Purpose, id };
}
