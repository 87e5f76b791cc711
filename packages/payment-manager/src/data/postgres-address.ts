import { readFile } from 'node:fs/promises';
import { DatabaseUnavailable, type PostgresAddress } from '@payment-manager/database';
import type { Config } from '../config/schema.ts';

/** How the configured PostgreSQL is reached; for `journal.store` postgres. @throws DatabaseUnavailable when a file that TLS needs cannot be read */
export async function postgresAddress(journal: Config['journal']): Promise<PostgresAddress> {
  const { postgresUrl = '', postgresSchema } = journal;
  const [ca, certificate, key] = await Promise.all([
    textOf(journal, 'postgresCaFile'),
    textOf(journal, 'postgresCertificateFile'),
    textOf(journal, 'postgresKeyFile'),
  ]);
  return {
    url: postgresUrl,
    schema: postgresSchema,
    ...(ca !== undefined && { tls: { ca, ...(certificate !== undefined && { certificate }), ...(key !== undefined && { key }) } }),
  };
}

async function textOf(
  journal: Config['journal'],
  name: 'postgresCaFile' | 'postgresCertificateFile' | 'postgresKeyFile',
): Promise<string | undefined> {
  const file = journal[name];
  if (file === undefined) return undefined;
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new DatabaseUnavailable(
      'DATABASE_OPEN_FAILED',
      `The file ${file} cannot be read (${code}). Correct \`journal.${name}\`, or let this user read it.`,
    );
  }
}
