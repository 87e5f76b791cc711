import type { HttpRequest, HttpResponse } from '@payment-manager/runtime';
import { answer, refuse, VaultRefusal } from './vault-answer.ts';

interface Version {
  readonly version: number;
  /** Undefined: deleted. */
  readonly data: unknown;
}

interface Path {
  versions: Version[];
  maxVersions: number;
}

/** A secrets engine of one mount: `(method, path below the mount, query, body)`. */
export type Engine = (
  request: Pick<HttpRequest, 'method'>,
  path: string,
  list: boolean,
  body: Readonly<Record<string, unknown>>,
) => HttpResponse;

/** KV version 1: one value per path, whoever wrote last. */
export function keyValueOne(): Engine {
  const values = new Map<string, unknown>();
  return ({ method }, path, list, body) => {
    if (list) return listed([...values.keys()], path);
    if (method === 'GET') {
      const data = values.get(path);
      if (data === undefined) throw new VaultRefusal(404);
      return answer({ data });
    }
    if (method === 'DELETE') values.delete(path);
    else values.set(path, body);
    return answer(undefined);
  };
}

/** KV version 2: versions, compare-and-set, metadata. */
export function keyValueTwo(): Engine {
  const paths = new Map<string, Path>();
  return ({ method }, path, list, body) => {
    const [, area = '', name = ''] = /^(data|metadata)\/(.*)$/.exec(path) ?? [];
    if (area === '') throw new VaultRefusal(404, `Invalid path for a versioned K/V secrets engine. See the API docs: ${path}`);
    if (area === 'metadata') return metadata(paths, method, name, list, body);
    const known = paths.get(name);
    const newest = known?.versions.at(-1);
    if (method === 'GET') {
      const told = { metadata: { version: newest?.version ?? 0, destroyed: false, deletion_time: '' } };
      if (!newest) throw new VaultRefusal(404);
      if (newest.data === undefined) return refuse(new VaultRefusal(404), { data: null, ...told });
      return answer({ data: { data: newest.data, ...told } });
    }
    if (method === 'DELETE') {
      if (known && newest) known.versions.splice(-1, 1, { version: newest.version, data: undefined });
      return answer(undefined);
    }
    const { cas } = (body['options'] ?? {}) as { cas?: number };
    const version = newest?.version ?? 0;
    if (cas !== undefined && cas !== version) throw new VaultRefusal(400, 'check-and-set parameter did not match the current version');
    const path_ = known ?? { versions: [], maxVersions: 10 };
    path_.versions = [...path_.versions, { version: version + 1, data: body['data'] }].slice(-path_.maxVersions);
    paths.set(name, path_);
    return answer({ data: { version: version + 1 } });
  };
}

function metadata(
  paths: Map<string, Path>,
  method: string,
  name: string,
  list: boolean,
  body: Readonly<Record<string, unknown>>,
): HttpResponse {
  if (list) return listed([...paths.keys()], name);
  const known = paths.get(name);
  if (method === 'GET') {
    if (!known) throw new VaultRefusal(404);
    const versions = Object.fromEntries(known.versions.map(({ version }) => [version, {}]));
    return answer({ data: { current_version: known.versions.at(-1)?.version ?? 0, max_versions: known.maxVersions, versions } });
  }
  if (method === 'DELETE') paths.delete(name);
  else paths.set(name, { versions: known?.versions ?? [], maxVersions: Number(body['max_versions'] ?? 10) || 10 });
  return answer(undefined);
}

/** The names below a path: folders end with a slash. */
function listed(paths: readonly string[], folder: string): HttpResponse {
  const prefix = folder === '' || folder.endsWith('/') ? folder : `${folder}/`;
  const below = paths.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
  const keys = [...new Set(below.map((path) => path.replace(/\/.*$/, '/')))].sort();
  if (keys.length === 0) throw new VaultRefusal(404);
  return answer({ data: { keys } });
}
