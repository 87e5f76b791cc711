/**
 * What can be wrong with the vault, and what to do:
 *
 * | code | when | what to do |
 * |---|---|---|
 * | `VAULT_NAME_INVALID` | an environment, purpose or id that the vault does not know or cannot store | use a name as the message says |
 * | `VAULT_MASTER_KEY_MISSING` | the master key cannot be had, or is not 32 bytes | make its file, variable or command give it |
 * | `VAULT_MASTER_KEY_WRONG` | what is stored was sealed with another master key; nothing was written | give the right key, or the former one beside the new one |
 * | `VAULT_DAMAGED` | an entry is not what was written, or was moved from elsewhere | restore it from a backup, or make it anew |
 * | `VAULT_NEWER` | what is stored is of a later format than this version reads; nothing was written | run the version that wrote it, or a later one |
 * | `VAULT_PERMISSIONS` | a file or folder of the vault, or the master key's file, is open to other users | close it (`chmod`), and consider whether its keys are still secret |
 * | `VAULT_UNAVAILABLE` | the disk, database or server does not do what it should; a write may or may not be stored | mend what the message names; look again before the next step |
 * | `VAULT_REFUSED` | the vault's server refuses log-in or request, or its PKI certifies something else than was asked | mend role, policy or path there |
 * | `VAULT_CONFLICT` | others changed the same entry again and again; a PKI engine signs with a CA that is not taken over yet | try again later |
 * | `VAULT_ELSEWHERE` | another replica of the same journal has another vault | let all use one: a shared store, or a copy |
 * | `VAULT_COPY_UNUSABLE` | a copy of the vault is damaged, of another version, there already, or older than what it should replace | as the message says |
 * | `VAULT_NO_KEY` | there is no such key, or none in use for the purpose | make and activate one |
 * | `VAULT_KEY_STATE` | the key's state does not allow it; the PKI engine has no new CA | see the states of a key |
 * | `VAULT_KEY_UNSUITABLE` | a key that is too weak, of the wrong kind, or already in use elsewhere | make another |
 * | `VAULT_CHAIN_INVALID` | a certificate chain cannot be read, is not for the key, or does not hang together | ask the issuer for the right one |
 * | `VAULT_REQUEST_INVALID` | a certificate request cannot be made or signed as it is | mend what the message names |
 * | `VAULT_READ_ONLY` | keys and certificates are PEM files, which are only read | replace the old file with the new one |
 * | `VAULT_HSM_FAILED` | the PKCS#11 module or its process does not do what it should | as the message says |
 */
export type VaultErrorCode =
  | 'VAULT_NAME_INVALID'
  | 'VAULT_MASTER_KEY_MISSING'
  | 'VAULT_MASTER_KEY_WRONG'
  | 'VAULT_DAMAGED'
  | 'VAULT_NEWER'
  | 'VAULT_PERMISSIONS'
  | 'VAULT_UNAVAILABLE'
  | 'VAULT_REFUSED'
  | 'VAULT_CONFLICT'
  | 'VAULT_ELSEWHERE'
  | 'VAULT_COPY_UNUSABLE'
  | 'VAULT_NO_KEY'
  | 'VAULT_KEY_STATE'
  | 'VAULT_KEY_UNSUITABLE'
  | 'VAULT_CHAIN_INVALID'
  | 'VAULT_REQUEST_INVALID'
  | 'VAULT_READ_ONLY'
  | 'VAULT_HSM_FAILED';

/**
 * The only error of this room; see `VaultErrorCode` for what each code means. It has no cause on purpose: what a parser or a
 * server says of a key may quote it. The message names what failed and what to do, and nothing that is secret.
 */
export class VaultError extends Error {
  readonly code: VaultErrorCode;
  constructor(code: VaultErrorCode, message: string) {
    super(message);
    this.name = 'VaultError';
    this.code = code;
  }
}

/** The system's short word for a failed call (`ENOSPC`, `EACCES`), which is all that may be told of it. */
export function systemCode(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return typeof code === 'string' && /^[A-Z0-9_]{2,40}$/.test(code) ? code : 'unknown error';
}
