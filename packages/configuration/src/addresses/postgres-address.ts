import type { PostgresAddress } from '@payment-manager/database';
import { loadTlsCredentials } from '../files/tls-credentials.ts';
import type { Config } from '../schema.ts';

/**
 * How the configured PostgreSQL is reached; for `journal.store` postgres.
 *
 * @throws CredentialsInvalid when a file that TLS needs cannot be read, is empty, or does not belong to the others
 */
export async function postgresAddress(journal: Config['journal']): Promise<PostgresAddress> {
  const { postgresUrl: url = '', postgresSchema: schema, postgresCaFile, postgresCertificateFile, postgresKeyFile } = journal;
  if (postgresCaFile === undefined) return { url, schema };
  const pair =
    postgresCertificateFile === undefined || postgresKeyFile === undefined
      ? {}
      : { certificateFile: postgresCertificateFile, keyFile: postgresKeyFile };
  const { credentials } = await loadTlsCredentials('PostgreSQL', { caFile: postgresCaFile, ...pair });
  const { trustedCas, certificate, privateKey } = credentials;
  return { url, schema, tls: { ca: trustedCas, ...(certificate !== '' && { certificate, key: privateKey.reveal() }) } };
}
