import { X509Certificate } from 'node:crypto';
import { publicEndpoint } from '@payment-manager/configuration/addresses';
import type { CommandOptions } from '../commands.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import { confirmed } from '../operations/person.ts';
import type { Terminal } from '../terminal.ts';
import type { CertificateName } from './names.ts';
import { writeOut } from './output.ts';
import type { OpenedEnvironment } from './with-environment.ts';

/**
 * The server certificate in use with its private key, for the proxy that ends TLS before us: the one case in which a key leaves the vault
 * for a file. Into a new file for its owner alone, never to the screen, and only where no server of ours could present it.
 *
 * @throws CommandFailed, VaultError
 */
export async function exportForProxy(
  { config, environment }: OpenedEnvironment,
  name: CertificateName,
  options: CommandOptions,
  terminal: Terminal,
): Promise<number> {
  const endpoint = publicEndpoint(config);
  if (name !== 'server' || endpoint === undefined)
    throw new CommandFailed(
      EXIT_CODES.usage,
      'A private key is given to nobody but a proxy that ends TLS before us: --with-key is for the server certificate, where `inbound.tls.enabled` is false and `connectionManager.ingressUrl` is https.',
    );
  if (typeof options['out'] !== 'string')
    throw new CommandFailed(EXIT_CODES.usage, 'Name a new file with --out: a private key is not printed.');
  const { certificate, privateKey, validTo } = await environment.credentials('tls-server');
  const until = new Date(validTo).toISOString().slice(0, 16);
  const question = `Write the private key of our server certificate (until ${until}Z) into a file, for the proxy at ${endpoint.host}? Whoever has it can impersonate us.`;
  if (!(await confirmed(options, terminal, question))) {
    terminal.out('Nothing was written.');
    return EXIT_CODES.failed;
  }
  const done = await writeOut(`${certificate.trimEnd()}\n${privateKey.reveal()}`, options, terminal, 0o600);
  terminal.out(`SHA-256 of the certificate: ${new X509Certificate(certificate).fingerprint256}`);
  terminal.out('Give it to the proxy and delete the file. The proxy must accept clients with certificates of our CA: ./pm cert export ca');
  return done;
}
