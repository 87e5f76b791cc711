import type { Component } from './component.ts';

/** What the bill is about. */
export interface BilledImage {
  readonly name: string;
  readonly version: string;
  /** The commit that it was built from. */
  readonly commit?: string | undefined;
  readonly components: readonly Component[];
}

/** Who may use what of an image, and where it is from, as CycloneDX 1.5. The same image gives the same text: no time, no random number. */
export function billOfMaterials({ name, version, commit, components }: BilledImage): object {
  const itself = {
    type: 'container',
    'bom-ref': name,
    name,
    version,
    licenses: [{ license: { id: 'Apache-2.0' } }],
    ...(commit !== undefined && { properties: [{ name: 'payment-manager:commit', value: commit }] }),
  };
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: { component: itself },
    components: components.map(asListed),
    dependencies: [{ ref: name, dependsOn: components.map(packageUrl) }],
  };
}

function asListed(component: Component): object {
  const { name, version, licence, integrity } = component;
  return {
    type: 'library',
    'bom-ref': packageUrl(component),
    name,
    version,
    purl: packageUrl(component),
    ...(licence !== undefined && { licenses: [/[ ()]/.test(licence) ? { expression: plain(licence) } : { license: { id: licence } }] }),
    ...(integrity?.startsWith('sha512-') === true && {
      hashes: [{ alg: 'SHA-512', content: Buffer.from(integrity.slice('sha512-'.length), 'base64').toString('hex') }],
    }),
  };
}

/** Without the brackets around the whole. */
function plain(expression: string): string {
  return expression.replace(/^\(([^()]*)\)$/, '$1');
}

/** How the world names a package: `pkg:npm/%40fastify/static@8.0.0`. */
export function packageUrl({ kind, name, version, architecture }: Component): string {
  if (kind === 'deb')
    return `pkg:deb/debian/${name}@${encodeURIComponent(version)}${architecture === undefined ? '' : `?arch=${architecture}`}`;
  return `pkg:npm/${name.replace(/^@/, '%40')}@${version}`;
}
