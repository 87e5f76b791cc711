import { dirname, resolve } from 'node:path';
import { coreChecks } from './core-rules.ts';
import { refuseNewerFormat } from './format.ts';
import { listKeys } from './keys.ts';
import { RESERVED_VARIABLES } from './load.ts';
import { ConfigInvalid, type ConfigProblem } from './problem.ts';
import { isLoopback } from './production-rules.ts';
import { readValues, type Variables } from './read-values.ts';
import { type StandAloneConfig, standAloneSchema } from './stand-alone-schema.ts';
import { unknownKeys, unknownVariables } from './unknown-keys.ts';
import { readTree } from './yaml-tree.ts';

/**
 * Reads the file of a connector that runs in a process of its own, lays the environment over it, and checks everything. Relative paths are taken from the
 * folder of the file.
 *
 * @throws ConfigInvalid with every problem that was found
 */
export async function loadStandAloneConfig(file: string, variables: Variables, workingFolder: string): Promise<StandAloneConfig> {
  const keys = listKeys(standAloneSchema);
  const location = resolve(workingFolder, file);
  const everywhere = await readTree(location);
  refuseNewerFormat(variables['PM_FORMAT'] ?? everywhere['format']);
  const read = readValues(keys, { everywhere, overlay: undefined, variables, folder: dirname(location), name: undefined });
  const config = read.config as StandAloneConfig;
  const problems = [
    ...unknownKeys(everywhere, keys),
    ...unknownVariables(variables, keys, RESERVED_VARIABLES),
    ...read.problems,
    ...coreChecks(config, read.origins),
  ];
  if (problems.length === 0) problems.push(...rules(config));
  if (problems.length > 0) throw new ConfigInvalid(problems);
  return config;
}

function rules({ core, backend, operations, journal }: StandAloneConfig): readonly ConfigProblem[] {
  const { tls, host, tokenFile } = backend;
  const problems: ConfigProblem[] = [];
  const refuse = (where: string, expected: string, advice: string): void =>
    void problems.push({ where, expected, found: 'nothing', advice });
  if (core.connector === undefined)
    refuse('core.connector', 'the folder of a core connector', 'Name it: ./pm connector run DIR, or `core.connector`.');
  if (tls.enabled) {
    for (const key of ['certificateFile', 'keyFile'] as const)
      if (tls[key] === undefined) refuse(`backend.tls.${key}`, 'the path of a file, because TLS is on', `Set \`backend.tls.${key}\`.`);
    if (tls.requireClientCertificate && tls.caFile === undefined)
      refuse('backend.tls.caFile', 'the CAs of those who call, because a client certificate is demanded', 'Set `backend.tls.caFile`.');
  } else if (!isLoopback(host))
    refuse(
      'backend.tls.enabled',
      'TLS, because the API listens on another address than loopback: whoever calls it moves money',
      'Set `backend.tls`, or listen on 127.0.0.1.',
    );
  if (!isLoopback(host) && tokenFile === undefined && !(tls.enabled && tls.requireClientCertificate))
    refuse(
      'backend.tokenFile',
      'a token or client certificates, because the API listens on another address than loopback',
      'Set `backend.tokenFile`, or `backend.tls.requireClientCertificate: true`.',
    );
  if (!isLoopback(operations.host) && operations.tlsEndedBy === undefined)
    refuse(
      'operations.tlsEndedBy',
      'who ends TLS before the operations API, because it listens on another address than loopback',
      'Listen on 127.0.0.1, or say it.',
    );
  if (journal.store === 'postgres' && journal.postgresUrl === undefined)
    refuse('journal.postgresUrl', 'the server, because `journal.store` is postgres', 'Set PM_JOURNAL_POSTGRES_URL.');
  return problems;
}
