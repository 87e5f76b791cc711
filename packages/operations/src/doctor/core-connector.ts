import type { Config } from '@payment-manager/configuration';
import { readSecretFiles, SecretUnreadable } from '@payment-manager/configuration/files';
import type { ConnectorEndpoint } from '@payment-manager/core-connector';
import { type Finding, findingsOf } from './finding.ts';

const findings = findingsOf('core connector');

/** What a look at the connector of a configuration has found, and where it would call over HTTP: with TLS of its own where a back end has some. */
export interface ConnectorLook {
  readonly findings: readonly Finding[];
  readonly endpoints: readonly ConnectorEndpoint[];
}

/**
 * Compiles the connector that the configuration names, and looks whether its settings and secrets are there, without starting anything. Each fault is a
 * finding, with file, line and column. No connector: nothing.
 */
export async function connectorFindings({ core }: Config): Promise<ConnectorLook> {
  const { connector: folder, settings, secretFiles } = core;
  if (folder === undefined) return { findings: [], endpoints: [] };
  const { lookAtConnector } = await import('@payment-manager/core-connector');
  try {
    const secrets = await readSecretFiles(secretFiles, 'core.secretFiles');
    const { name, problems, endpoints } = await lookAtConnector(folder, { settings, secrets });
    const remedy = 'Correct it. Each key: packages/core-connector/README.md; once more: ./pm connector lint';
    if (problems.length > 0)
      return { findings: problems.map((problem) => findings.failed('core.connector', problem, remedy)), endpoints: [] };
    return { findings: [findings.passed('core.connector', `${folder}: ${name}, without a fault`)], endpoints };
  } catch (error) {
    if (!(error instanceof SecretUnreadable)) throw error;
    return {
      findings: [findings.failed('core.secretFiles', error.message, 'Put the secret there, or correct the path.')],
      endpoints: [],
    };
  }
}
