import type { LoadedConfig } from '@payment-manager/configuration';
import { onlyWarns, openFiles } from '@payment-manager/configuration/files';
import { type Finding, findingsOf } from './finding.ts';

const findings = findingsOf('files');

/** Whether others may read our secrets or change what we trust: broken where the product would not start with it, else a warning. */
export async function rightsFindings(
  loaded: Pick<LoadedConfig, 'config' | 'file' | 'origins'>,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly Finding[]> {
  const open = await openFiles(loaded);
  if (open.length === 0) return [findings.passed('rights', 'secrets are readable, and trusted files writable, only for this user')];
  const state = onlyWarns(loaded.config, environment) ? 'warning' : 'failed';
  return open.map(({ key, path, what, remedy }) => ({ ...findings[state]('rights', `${path} (${key}): ${what}`, remedy) }));
}
