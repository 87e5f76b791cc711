import { existsSync, globSync } from 'node:fs';

/** A package.json, as far as it is read here. */
export interface PackageDescription {
  readonly name: string;
  readonly version?: string;
  readonly exports?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly [member: string]: unknown;
}

/** What stands at the root of an installation as it stands in the project. */
const ROOT_FILES = ['pm', '.npmrc', 'LICENSE', 'CHANGELOG.md', 'ARCHITECTURE.md'];

const OF_TESTS = /\.(?:test|conformance)\.ts$|^packages\/[^/]+\/(?:test|fixtures)\//;

/** The files of an installation that are copied as they are, relative to the root: what runs, and what explains it. No tests, no lab. */
export function packedFiles(root: string): readonly string[] {
  // templates of connectors with their fixtures: what `./pm connector new` copies
  const templates = 'connectors/**/*.{yaml,md,json,sql,csv,txt}';
  const found = globSync(
    [
      'packages/**/*.{ts,md,sh}',
      'packages/portal/built/**/*.*',
      'docs/**/*.{md,json,mjs}',
      'deploy/**/*.{yaml,json,yml,cfg,env}',
      templates,
    ],
    {
      cwd: root,
      exclude: [
        '**/node_modules/**',
        // the portal is packed as it was built
        'packages/portal/{src,tools}/**',
        'packages/portal/*.ts',
        // of whoever runs compose in this checkout
        'deploy/compose/{configuration,secrets,copies}/**',
      ],
    },
  );
  return [...ROOT_FILES, ...found.filter((path) => !OF_TESTS.test(path)).sort()];
}

/** The package.json of a room without what only tests need: development packages, and doors to files that are not in the installation. */
export function packedRoom(description: PackageDescription, isPacked: (file: string) => boolean): PackageDescription {
  const { devDependencies: _, exports = {}, ...rest } = description;
  const doors = Object.entries(exports).filter(([, file]) => isPacked(file));
  return { ...rest, ...(doors.length > 0 && { exports: Object.fromEntries(doors) }) };
}

/** The package.json at the root: the rooms of the product, the Node.js of each platform, and no tools. */
export function packedRoot(description: PackageDescription, version: string): PackageDescription {
  const { devDependencies: _, scripts: __, ...rest } = description;
  return { ...rest, name: 'payment-manager', version, workspaces: ['packages/*'] };
}

/** The folders of the rooms that are packed. */
export function packedRooms(root: string): readonly string[] {
  return globSync('packages/*', { cwd: root })
    .filter((room) => existsSync(`${root}/${room}/package.json`))
    .sort();
}
