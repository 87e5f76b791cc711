import { X509Certificate } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Config, ConfigInvalid, configSchema, listKeys, lookUp } from '@payment-manager/configuration';
import { CredentialsInvalid, loadSigningKey, loadTlsCredentials, parsePeerKey, readBrandLogo } from '@payment-manager/configuration/files';
import { validityFinding } from './certificates.ts';
import { type Finding, findingsOf } from './finding.ts';

const findings = findingsOf('files');

type Side = 'inbound' | 'outbound' | 'hub' | 'core';

/** Files that a start makes, or that need not be there. */
const MAY_BE_MISSING: readonly string[] = [
  'journalFile',
  'operations.tokenFile',
  'journal.anchor.file',
  'vault.masterKey.file',
  'vault.masterKey.formerFile',
];

/**
 * Looks at every file that the configuration names, without starting anything: that it is there and can be read, that certificates and
 * keys belong together and are in date, that they are for us, and that there are keys to sign and to verify with. Keys in a vault are not
 * looked at here.
 */
export async function fileFindings(config: Config, now: number): Promise<readonly Finding[]> {
  const ofScheme = config.vault.store === 'none';
  const sides = (['inbound', 'outbound', 'hub', 'core'] as const).filter(
    (side) => config[side].tls.enabled && (ofScheme || side === 'outbound' || side === 'core'),
  );
  const looks = await Promise.all([
    ...sides.map((side) => lookAtSide(side, config, now)),
    ...(ofScheme && config.jws.sign ? [lookAtSigningKey(config)] : []),
    ...(ofScheme && config.jws.verify ? [lookAtPeers(config)] : []),
    lookAtLogo(config),
    lookAtOthers(config),
  ]);
  return looks.flat();
}

async function lookAtSide(side: Side, config: Config, now: number): Promise<readonly Finding[]> {
  const check = `${side}.tls`;
  const { certificateFile, caFile } = config[side].tls;
  try {
    const { credentials } = await loadTlsCredentials(side, config[side].tls);
    const own = certificateFile === undefined ? [] : [certificatesIn(credentials.certificate)[0]].filter((one) => one !== undefined);
    return [
      ...own.map((one) => ofCertificate(check, `${certificateFile}: ${oneLine(one.subject)}`, one, now)),
      ...own.flatMap((one) => forUs(side, one, config)),
      ...certificatesIn(credentials.trustedCas).flatMap((one) => ofTrusted(check, caFile ?? '', one, now)),
    ];
  } catch (error) {
    if (!(error instanceof CredentialsInvalid)) throw error;
    return [
      findings.failed(
        check,
        error.message,
        'Put the right file there, or correct the path. How to create one: docs/operations/tls-certificates.md',
      ),
    ];
  }
}

function certificatesIn(pem: string): readonly X509Certificate[] {
  return (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map((block) => new X509Certificate(block));
}

/** `O=Green Bank, CN=greenbank` */
function oneLine(name: string): string {
  return name.replaceAll('\n', ', ');
}

function ofCertificate(check: string, shown: string, one: X509Certificate, now: number): Finding {
  const validity = { validFrom: one.validFromDate.getTime(), validTo: one.validToDate.getTime() };
  return { ...validityFinding('files', shown, validity, now), check };
}

/** What stands in a `caFile`: one that is not a CA, and not self-signed, is mostly a certificate that went into the wrong file. */
function ofTrusted(check: string, file: string, one: X509Certificate, now: number): readonly Finding[] {
  const subject = oneLine(one.subject);
  if (one.ca || one.issuer === one.subject) return [ofCertificate(check, `${file}: CA ${subject}`, one, now)];
  return [
    findings.warning(
      check,
      `${file}: ${subject} is not a CA certificate, so no other certificate is trusted through it`,
      `Put the CA’s own certificate there: that of ${oneLine(one.issuer)}, and each above it.`,
    ),
  ];
}

/** Names that others compare: what does not fit is refused by somebody, some day, with words that say nothing of it. */
function forUs(side: Side, certificate: X509Certificate, { fspId }: Config): readonly Finding[] {
  const cn = /^CN=(.*)$/m.exec(certificate.subject)?.[1];
  if (side === 'hub' && cn !== fspId)
    return [
      findings.warning(
        'hub.tls',
        `the client certificate is for ${cn ?? 'nobody (no CN)'}, and we are ${fspId}: many hubs refuse that`,
        'Ask the scheme whether its CN must be the FSP id; if so, have a new one signed.',
      ),
    ];
  if (side === 'inbound' && certificate.subjectAltName === undefined)
    return [
      findings.warning(
        'inbound.tls',
        'the server certificate names no host (no subjectAltName): the hub will not believe it',
        'Have one signed that names the host of the URL which the hub calls.',
      ),
    ];
  return [];
}

async function lookAtSigningKey({ jws }: Config): Promise<readonly Finding[]> {
  const file = jws.signingKeyFile ?? '';
  try {
    await loadSigningKey(file);
    return [findings.passed('jws.signingKeyFile', `${file}: an RSA key`)];
  } catch (error) {
    if (!(error instanceof CredentialsInvalid)) throw error;
    return [findings.failed('jws.signingKeyFile', error.message, 'Put our signing key there: docs/connect-to-a-hub.md, 1')];
  }
}

const NO_PEERS = 'without them no message of the scheme is accepted: payments can neither be sent nor received';

async function lookAtPeers({ jws, hub }: Config): Promise<readonly Finding[]> {
  const check = 'jws.peerKeysFolder';
  const folder = jws.peerKeysFolder ?? '';
  const remedy = 'Put one public key per FSP there, <fspId>.pem, and the hub’s as <hub.id>.pem.';
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => error.code ?? 'unknown error');
  if (typeof names === 'string') return [findings.failed(check, `${folder} cannot be read (${names}); ${NO_PEERS}`, remedy)];
  const looked = await Promise.all(names.filter((name) => name.endsWith('.pem')).map((name) => lookAtPeer(folder, name)));
  const unusable = looked.filter((one) => typeof one !== 'string');
  const usable = looked.filter((one) => typeof one === 'string');
  return [
    ...unusable,
    usable.length === 0
      ? findings.failed(check, `${folder} has no key that can be used; ${NO_PEERS}`, remedy)
      : findings.passed(check, `${folder}: keys of ${usable.length}`),
    ...(usable.length > 0 && !jws.hubMayBeUnsigned && !usable.includes(`${hub.id}.pem`)
      ? [
          findings.warning(
            check,
            `${hub.id}.pem is missing: messages that the hub itself signs cannot be verified, and are refused`,
            'Ask the hub’s operator for its public key; or the hub’s id is another one: see `hub.id`.',
          ),
        ]
      : []),
  ];
}

/** The file's name when its key can be used. */
async function lookAtPeer(folder: string, name: string): Promise<string | Finding> {
  try {
    parsePeerKey(await readFile(join(folder, name), 'utf8'));
    return name;
  } catch (error) {
    return findings.warning(
      'jws.peerKeysFolder',
      `${name} cannot be used: ${(error as Error).message}`,
      'Ask that FSP for its public key.',
    );
  }
}

/** Of the portal. The start goes on without it. */
export const LOGO_KEY = 'management.brand.logoFile';

async function lookAtLogo({ management: { brand } }: Config): Promise<readonly Finding[]> {
  const file = brand.logoFile;
  if (file === undefined) return [];
  try {
    await readBrandLogo(file);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigInvalid)) throw error;
    return error.problems.map(({ found, advice }) => findings.failed(LOGO_KEY, `${file} is ${found}: the portal shows no logo`, advice));
  }
}

/** What no other look opens: it must at least be there, and readable. */
async function lookAtOthers(config: Config): Promise<readonly Finding[]> {
  // with a vault this bundle is trusted beside what the vault has
  const isMore = (path: string) => path === 'hub.tls.caFile' && config.vault.store !== 'none';
  const handled = (path: string) =>
    MAY_BE_MISSING.includes(path) || path === LOGO_KEY || (/^jws\.|^(inbound|outbound|hub|core)\.tls\./.test(path) && !isMore(path));
  const named = listKeys(configSchema)
    .filter(({ path, schema }) => schema.kind === 'path' && /File$/.test(path) && !handled(path))
    .map((key) => [key.path, lookUp(config, key)] as const);
  const looked = await Promise.all(
    named.map(async ([path, file]) => {
      if (typeof file !== 'string') return [];
      const code = await readFile(file).then(
        (bytes) => (bytes.length === 0 ? 'it is empty' : undefined),
        (error: NodeJS.ErrnoException) => error.code ?? 'unknown error',
      );
      return code === undefined
        ? []
        : [findings.failed(path, `${file} cannot be used (${code})`, 'Put the right file there, or correct the path.')];
    }),
  );
  return looked.flat();
}
