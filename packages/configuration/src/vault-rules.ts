import type { ConfigProblem } from './problem.ts';
import type { Config } from './schema.ts';

/** What must hold where a vault is used. */
export function vaultChecks(config: Config): ConfigProblem[] {
  const { store } = config.vault;
  if (store === 'none') return [...connectionWithoutVault(config), ...sdkWithoutVault(config), ...pkiWithoutVault(config)];
  return [
    ...filesBesideVault(config),
    ...masterKey(config),
    ...(store === 'postgres' ? sharedDatabase(config) : []),
    ...(store === 'hashicorp' || pkiRoles(config).length > 0 ? hashicorp(config) : []),
    ...pki(config),
    ...pkcs11(config),
    ...connection(config),
    ...sdk(config),
  ];
}

function given(where: string, because: string, advice: string): ConfigProblem {
  return { where, expected: `a value, because ${because}`, found: 'nothing', advice };
}

/** Two sources of one key would leave it to chance which one is in force. */
function filesBesideVault(config: Config): ConfigProblem[] {
  const { jws, hub, inbound } = config;
  const files: Readonly<Record<string, string | undefined>> = {
    'inbound.tls.certificateFile': inbound.tls.certificateFile,
    'inbound.tls.keyFile': inbound.tls.keyFile,
    'inbound.tls.caFile': inbound.tls.caFile,
    'hub.tls.certificateFile': hub.tls.certificateFile,
    'hub.tls.keyFile': hub.tls.keyFile,
    'jws.signingKeyFile': jws.signingKeyFile,
    'jws.peerKeysFolder': jws.peerKeysFolder,
  };
  return Object.entries(files)
    .filter(([, file]) => file !== undefined)
    .map(([where]) => ({
      where,
      expected: 'nothing: keys towards the scheme come from the vault (`vault.store`)',
      found: 'the path of a file',
      advice: `Remove \`${where}\`; or set \`vault.store\` to none and keep to files for all of them.`,
    }));
}

function masterKey({ vault }: Config): ConfigProblem[] {
  const { file, variable, command } = vault.masterKey;
  const sources = [file, variable, command].filter((source) => source !== undefined).length;
  const problem = (expected: string, found: string, advice: string): ConfigProblem[] => [
    { where: 'vault.masterKey', expected, found, advice },
  ];
  if (vault.store === 'hashicorp') {
    if (sources === 0) return [];
    return problem('nothing: HashiCorp Vault seals by itself', 'a source of a master key', 'Remove `vault.masterKey`.');
  }
  if (sources > 1) return problem('one of `file`, `variable` and `command`', `${sources} of them`, 'Keep one.');
  if (sources === 0 && vault.store === 'postgres')
    return problem(
      'one of `file`, `variable` and `command`, the same key for all replicas',
      'none',
      'Make one: openssl rand -hex 32 > vault.key; chmod 600 vault.key',
    );
  if (variable !== undefined && !/^(?!PM_)[A-Za-z_][A-Za-z0-9_]*$/.test(variable))
    return problem('`variable`: the name of an environment variable that does not begin with PM_', 'another text', 'Rename the variable.');
  return [];
}

function sharedDatabase({ journal }: Config): ConfigProblem[] {
  if (journal.store === 'postgres') return [];
  return [
    {
      where: 'vault.store',
      expected: 'file or hashicorp, because the journal is no PostgreSQL',
      found: "the text 'postgres'",
      advice: 'The vault lies in the journal’s database: set `journal.store` to postgres, too, or take another store.',
    },
  ];
}

function hashicorp({ vault }: Config): ConfigProblem[] {
  const { url, login, role, credentialFile } = vault.hashicorp;
  const because = vault.store === 'hashicorp' ? '`vault.store` is hashicorp' : '`vault.hashicorp.pki` has roles';
  return [
    ...(url === undefined ? [given('vault.hashicorp.url', because, 'Set the address of the server.')] : []),
    ...(login !== 'token' && role === undefined
      ? [given('vault.hashicorp.role', `\`vault.hashicorp.login\` is ${login}`, 'Ask who keeps the server for it.')]
      : []),
    ...(login !== 'kubernetes' && credentialFile === undefined
      ? [given('vault.hashicorp.credentialFile', `\`vault.hashicorp.login\` is ${login}`, 'Name the file that holds it.')]
      : []),
  ];
}

function pkiRoles({ vault }: Config): string[] {
  const { serverRole, clientRole } = vault.hashicorp.pki;
  return [serverRole, clientRole].filter((role) => role !== undefined);
}

/** One CA signs both: whoever trusts what we publish must believe either certificate. */
function pki(config: Config): ConfigProblem[] {
  if (pkiRoles(config).length !== 1) return [];
  const [missing, present] =
    config.vault.hashicorp.pki.serverRole === undefined ? ['serverRole', 'clientRole'] : ['clientRole', 'serverRole'];
  return [
    given(`vault.hashicorp.pki.${missing}`, `\`vault.hashicorp.pki.${present}\` is given`, 'Ask who keeps the server for the role’s name.'),
  ];
}

function pkiWithoutVault(config: Config): ConfigProblem[] {
  if (pkiRoles(config).length === 0) return [];
  return [
    {
      where: 'vault.hashicorp.pki',
      expected: 'a vault, which keeps the certificates of that CA',
      found: '`vault.store` is none',
      advice: 'Set `vault.store` to file (one machine), postgres or hashicorp; or remove `vault.hashicorp.pki`.',
    },
  ];
}

function pkcs11({ vault }: Config): ConfigProblem[] {
  const { module, label, pinFile } = vault.pkcs11;
  if (module === undefined) return [];
  const because = '`vault.pkcs11.module` is given';
  return [
    ...(label === undefined ? [given('vault.pkcs11.label', because, 'Name the token.')] : []),
    ...(pinFile === undefined ? [given('vault.pkcs11.pinFile', because, 'Name the file with the PIN.')] : []),
  ];
}

function connectionWithoutVault({ connectionManager }: Config): ConfigProblem[] {
  if (connectionManager.url === undefined) return [];
  return [
    {
      where: 'connectionManager.url',
      expected: 'a vault, which keeps what the Connection Manager gives',
      found: '`vault.store` is none',
      advice: 'Set `vault.store` to file (one machine), postgres or hashicorp.',
    },
  ];
}

function sdkWithoutVault({ sdkControl }: Config): ConfigProblem[] {
  if (sdkControl.port === undefined) return [];
  return [
    {
      where: 'sdkControl.port',
      expected: 'a vault, out of which the Mojaloop SDK gets its keys',
      found: '`vault.store` is none',
      advice: 'Set `vault.store` to file (one machine), postgres or hashicorp.',
    },
  ];
}

function sdk({ sdkControl, vault }: Config): ConfigProblem[] {
  if (sdkControl.port === undefined) return [];
  const inHsm: ConfigProblem = {
    where: 'sdkControl.port',
    expected: 'no HSM (`vault.pkcs11.module`), which never gives the SDK a key to sign with',
    found: 'both',
    advice: 'Remove one of the two.',
  };
  return [
    ...(sdkControl.tokenFile === undefined
      ? [given('sdkControl.tokenFile', '`sdkControl.port` is given', 'Make one: openssl rand -hex 32 > sdk-token; chmod 600 sdk-token')]
      : []),
    ...(vault.pkcs11.module === undefined ? [] : [inHsm]),
  ];
}

/** In `connectionManager.pinnedHubCa`: a new root of the hub's must be certified by one that is trusted. */
export const CERTIFIED_BY_FORMER = 'certified-by-former';

const EGRESS_FORM = /^(\d{1,3}\.){3}\d{1,3}(\/\d{1,2})?:\d{1,5}(-\d{1,5})?(\+\d{1,5}(-\d{1,5})?)*$/;

function connection({ connectionManager, inbound, hub }: Config): ConfigProblem[] {
  const { url, dnsNames, ips, connectorFqdn, ingressUrl, egress } = connectionManager;
  if (url === undefined) return [];
  const because = '`connectionManager.url` is given';
  return [
    ...(dnsNames.length + ips.length === 0
      ? [given('connectionManager.dnsNames', because, 'Name the host under which the hub calls you, or give `connectionManager.ips`.')]
      : []),
    ...(dnsNames.length === 0 && connectorFqdn === undefined
      ? [given('connectionManager.connectorFqdn', '`connectionManager.dnsNames` is empty', 'Ask the scheme which name it wants.')]
      : []),
    ...(ingressUrl === undefined ? [given('connectionManager.ingressUrl', because, 'Give the URL under which the hub reaches you.')] : []),
    ...(inbound.tls.enabled || ingressUrl === undefined || ingressUrl.startsWith('https:') ? [] : [NOBODY_ENDS_TLS]),
    ...(hub.tls.enabled ? [] : [tlsOff('hub.tls.enabled', because)]),
    ...connectionManager.pinnedHubCa
      .filter((one) => one !== CERTIFIED_BY_FORMER && !/^([0-9a-fA-F]{64}|([0-9a-fA-F]{2}:){31}[0-9a-fA-F]{2})$/.test(one))
      .map(() => ({
        where: 'connectionManager.pinnedHubCa',
        expected: `SHA-256 fingerprints of 64 hexadecimal digits, or \`${CERTIFIED_BY_FORMER}\``,
        found: 'another text',
        advice: 'See it in the CA that the hub’s operator gave you: openssl x509 -in hub-ca.pem -noout -fingerprint -sha256',
      })),
    ...egress
      .filter((one) => !EGRESS_FORM.test(one))
      .map(() => ({
        where: 'connectionManager.egress',
        expected: 'ADDRESS:PORTS, such as 192.0.2.10:443 or 192.0.2.0/28:443+8000-8010',
        found: 'another text',
        advice: 'Ask who runs your network from which addresses you call out.',
      })),
  ];
}

/** Where our own server does not end TLS, a proxy before it does; then the hub calls an https URL all the same. */
const NOBODY_ENDS_TLS: ConfigProblem = {
  where: 'inbound.tls.enabled',
  expected: 'true, or an https URL as `connectionManager.ingressUrl`, where a proxy ends TLS',
  found: 'false, and an http URL: the hub would call in the clear',
  advice: 'Set `inbound.tls.enabled` to true; or give the URL of the proxy (docs/onboarding.md).',
};

function tlsOff(where: string, because: string): ConfigProblem {
  return { where, expected: `true, because ${because}`, found: 'false', advice: `Set \`${where}\` to true.` };
}
