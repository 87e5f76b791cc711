export type { OwnAuthority } from './authority/own-authority.ts';
export { type HashicorpClient, type HashicorpOptions, hashicorpClient } from './hashicorp/hashicorp-client.ts';
export { type KeyValueStoreOptions, openKeyValueStore } from './hashicorp/key-value-store.ts';
export type { HashicorpLogin } from './hashicorp/login.ts';
export { type PkiAuthority, type PkiOptions, pkiAuthority } from './hashicorp/pki-authority.ts';
export type { KeyHolder } from './keys/key-holder.ts';
export { fingerprintOf as keyIdOf } from './keys/key-material.ts';
export type { KeyRecord } from './keys/key-record.ts';
export type { Doing, KeyState, KeyStep } from './keys/key-state.ts';
export type { OwnKeys, Signer } from './keys/own-keys.ts';
export type { KeyAlgorithm } from './keys/ring.ts';
export type { TrustedKeys } from './keys/trusted-keys.ts';
export type { CertifiedPurpose, EntryName, OwnPurpose, Purpose, TrustPurpose } from './names.ts';
export { CALLERS_OF_FILES, openPemVault, type PemFiles, type PemVault } from './pem-files/pem-vault.ts';
export { type Pkcs11Options, pkcs11Holder } from './pkcs11/pkcs11-holder.ts';
export type { Secrets } from './secrets.ts';
export { type DatabaseStoreOptions, openDatabaseStore } from './store/database-store.ts';
export { type FileStoreOptions, openFileStore } from './store/file-store.ts';
export {
  fetchMasterKey,
  formerKeyFile,
  type MasterKey,
  type MasterKeySource,
  type MasterKeys,
  makeMasterKeyFile,
  removeFormerKey,
  replaceMasterKeyFile,
} from './store/master-key.ts';
export { memoryStore } from './store/memory-store.ts';
export { refuseNewer, restoreFiles } from './store/restore-files.ts';
export { openSealedStore, type SealedStore } from './store/sealed-store.ts';
export { copyEntries, readCopy, type VaultCopy, writeCopy } from './store/vault-copy.ts';
export type { StoredEntry, VaultStore } from './store/vault-store.ts';
export { type Environment, openVault, type TlsSnapshot, type TrustSource, type Vault, type VaultDeps } from './vault.ts';
export { VaultError, type VaultErrorCode } from './vault-error.ts';
export { watchVault } from './watch-vault.ts';
export type { CertificateAuthority, SigningOrder } from './x509/authority.ts';
export { oneLine } from './x509/one-line.ts';
export type { CertificateUsage, RequestOrder } from './x509/request.ts';
export type { AlternativeNames, Subject } from './x509/subject.ts';
export { loadX509 } from './x509/x509.ts';
