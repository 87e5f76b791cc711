import { type OwnTlsInUse, ownTls } from '../back-end/own-tls.ts';
import { SettingMissing } from '../back-end/setting.ts';
import type { ValueObject } from '../expression/value.ts';
import { FolderInvalid, readConnectorFolder } from '../fixture/connector-folder.ts';
import { compileConnector } from '../language/compile-connector.ts';
import { problemLine } from '../language/problem.ts';
import type { RunningConnector } from '../record/settings.ts';
import { textIn } from '../run/fill.ts';
import { type GivenSettings, settingValues } from './setting-values.ts';

/** Where a connector calls over HTTP, with TLS of its own where it has some. */
export interface ConnectorEndpoint {
  readonly url: string;
  readonly own?: OwnTlsInUse;
}

/** @throws SettingMissing for TLS that cannot be used */
function endpointsOf({ connector, cfg }: Pick<RunningConnector, 'connector' | 'cfg'>): readonly ConnectorEndpoint[] {
  const root = Object.assign(Object.create(null), { cfg: Object.assign(Object.create(null), cfg) }) as ValueObject;
  return [...connector.backends.values()].flatMap((backend) => {
    const url = 'base' in backend ? textIn(backend.base, root, 'an address') : undefined;
    if (!('base' in backend) || url === undefined || url === '') return [];
    const own = ownTls(backend, root);
    return [{ url, ...(own && { own }) }];
  });
}

/** A look at a connector before it is used: what is wrong, and where it would call. */
export async function lookAtConnector(
  folder: string,
  given: GivenSettings,
): Promise<{ readonly name: string; readonly problems: readonly string[]; readonly endpoints: readonly ConnectorEndpoint[] }> {
  try {
    const files = await readConnectorFolder(folder);
    const { connector, problems } = compileConnector(files);
    if (problems.length > 0) return { name: connector.name, problems: problems.map(problemLine), endpoints: [] };
    const { cfg, problems: ofSettings } = settingValues(connector, given);
    if (ofSettings.length > 0) return { name: connector.name, problems: ofSettings, endpoints: [] };
    return { name: connector.name, problems: [], endpoints: endpointsOf({ connector, cfg }) };
  } catch (error) {
    if (error instanceof FolderInvalid || error instanceof SettingMissing) return { name: '', problems: [error.message], endpoints: [] };
    throw error;
  }
}
