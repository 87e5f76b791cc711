import { durationMs, group, list, oneOf, optional, path, text, url } from './leaf.ts';

const masterKey = group(
  'The key that seals the vault’s entries: 32 bytes, as 64 hexadecimal digits or as base64. Give one of `file`, `variable` and `command`.',
  {
    file: optional(
      path({
        description:
          'File with the master key, mode 0600; 0440 where it belongs to another user, as a secret that Kubernetes mounts. When none of the three is given: `vault.key` in the data folder, made at the first start (store `file` only). Keep it in another backup than the vault. Replace it with `./pm keys rotate vault`, or by hand: the running product reseals everything.',
        example: '/etc/payment-manager/vault.key',
      }),
    ),
    variable: optional(
      text({
        description: 'Environment variable that holds the master key; its name does not begin with `PM_`.',
        example: 'VAULT_MASTER_KEY',
      }),
    ),
    command: optional(
      list(text({ description: 'Program or argument' }), {
        description:
          'Program with its arguments, run without a shell; what it prints is the master key. Of our environment it gets PATH and HOME alone; `/usr/bin/env NAME=value` before it gives it more.',
        example: '[/usr/bin/aws-vault-key, --decrypt]',
      }),
    ),
    formerFile: optional(
      path({
        description:
          'File with the master key before this one; it may be gone when it is not needed. Needed only when the product is started after the key was replaced and before everything was resealed. The same name as `file` with `.former` at its end is looked for in any case.',
        example: '/etc/payment-manager/vault.key.former',
      }),
    ),
  },
);

const pki = group(
  'The DFSP’s own CA in its PKI engine: that signs our server certificate and the hub’s client certificate, and the CA’s key is never here. When `serverRole` and `clientRole` are given, with any `vault.store`. Our policy there: read `MOUNT/cert/ca` and `MOUNT/cert/ca_chain`, update `MOUNT/sign/ROLE`.',
  {
    mount: text({ description: 'Mount of the PKI engine.', default: 'pki', example: 'pki' }),
    serverRole: optional(
      text({
        description:
          'Role that signs our server certificate: `server_flag`, RSA keys, the names of `connectionManager.dnsNames` and `connectionManager.ips`.',
        example: 'server-role',
      }),
    ),
    clientRole: optional(
      text({
        description:
          'Role that signs the hub’s requests: `client_flag`, `connectionManager.connectorFqdn` allowed, and `use_csr_common_name=false`.',
        example: 'client-role',
      }),
    ),
  },
);

const hashicorp = group('HashiCorp Vault or OpenBao, when `vault.store` is hashicorp, or `vault.hashicorp.pki` is used.', {
  url: optional(url({ description: 'Address of the server; plain http only on this machine.', example: 'https://vault.example.org:8200' })),
  caFile: optional(
    path({
      description: 'Bundle of the CAs that its certificate must come from, PEM. Default: the system’s.',
      example: 'tls/vault-ca.pem',
    }),
  ),
  namespace: optional(text({ description: 'Namespace (Vault Enterprise, OpenBao).', example: 'payments' })),
  mount: text({ description: 'Mount of the KV engine, version 1 or 2.', default: 'secret', example: 'secret' }),
  folder: text({ description: 'Folder in it.', default: 'payment-manager', example: 'payment-manager' }),
  login: oneOf(['token', 'approle', 'kubernetes'], { description: 'How we log in.', default: 'approle', example: 'kubernetes' }),
  loginMount: optional(text({ description: 'Mount of the log-in. Default: `approle` or `kubernetes`.', example: 'approle' })),
  role: optional(text({ description: 'Role ID (approle) or name of the role (kubernetes).', example: 'payment-manager' })),
  credentialFile: optional(
    path({
      description:
        'File with the token, the secret ID (approle) or the service account’s token (kubernetes; default: where Kubernetes mounts it). Read at each log-in.',
      example: '/run/secrets/vault-secret-id',
    }),
  ),
  pki,
});

const pkcs11 = group('JWS keys in an HSM, by PKCS#11: made there, and never out of it.', {
  module: optional(
    path({ description: 'The vendor’s library. When given, JWS keys are made in the HSM.', example: '/usr/lib/softhsm/libsofthsm2.so' }),
  ),
  label: optional(text({ description: 'Label of the token.', example: 'payment-manager' })),
  pinFile: optional(
    path({ description: 'File with the PIN of the token’s user, for this product alone to read.', example: '/run/secrets/hsm-pin' }),
  ),
  variables: list(text({ description: 'Name' }), {
    description: 'Names of the environment variables that the vendor’s library needs; of the others it gets PATH and HOME alone.',
    default: [],
    example: '[SOFTHSM2_CONF]',
  }),
});

/** Where keys, certificates and secrets are kept. */
export const vault = group(
  'Keys, certificates and secrets out of a vault instead of files: then `inbound.tls`, `hub.tls` and `jws` name no files.',
  {
    store: oneOf(['none', 'file', 'postgres', 'hashicorp'], {
      description:
        '`none`: keys are files that the configuration names. `file`: sealed files in `vault.folder`, for the processes of one machine. `postgres`: sealed rows in the journal’s database, for replicas. `hashicorp`: HashiCorp Vault or OpenBao.',
      default: 'none',
      example: 'file',
    }),
    folder: optional(
      path({ description: 'Folder of the sealed files. Default: `vault` in the data folder.', example: '/var/lib/payment-manager/vault' }),
    ),
    pollMs: durationMs(
      { description: 'How often is looked what others (replicas, the command line) changed.', default: 2000, example: '2000' },
      100,
    ),
    masterKey,
    hashicorp,
    pkcs11,
  },
);
