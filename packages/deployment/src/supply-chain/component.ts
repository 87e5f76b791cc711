/** Something of somebody else's that is in an image. */
export interface Component {
  readonly kind: 'npm' | 'deb';
  /** With its scope: `@fastify/static`. */
  readonly name: string;
  readonly version: string;
  /** An SPDX expression; undefined where a package's own files say it. */
  readonly licence?: string | undefined;
  /** As npm writes it: `sha512-` and base64. */
  readonly integrity?: string | undefined;
  /** Of a package of Debian. */
  readonly architecture?: string | undefined;
}

/** A package-lock.json, as far as it is read here. */
export interface LockedPackages {
  readonly packages: Readonly<Record<string, LockedComponent>>;
}

interface LockedComponent {
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly link?: boolean;
}

/** What came from npm, once for each version. `isThere` says of a path, `node_modules/yaml`, whether it was installed: packages of other platforms are not. */
export function npmComponents({ packages }: LockedPackages, isThere: (path: string) => boolean): readonly Component[] {
  const found = new Map<string, Component>();
  for (const [path, { version = '', license, integrity, link }] of Object.entries(packages)) {
    const at = path.lastIndexOf('node_modules/');
    if (at < 0 || link === true || !isThere(path)) continue;
    const name = path.slice(at + 'node_modules/'.length);
    found.set(`${name}@${version}`, { kind: 'npm', name, version, licence: license, integrity });
  }
  return [...found.values()].sort((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0));
}
