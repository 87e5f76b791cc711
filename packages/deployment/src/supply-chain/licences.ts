import type { Component } from './component.ts';

/** Licences that ask for nothing but to be named: what is in the product may be passed on with it, changed or not. */
export const ALLOWED_LICENCES: readonly string[] = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
];

/** Whether one may choose an allowed licence for all parts: `(BSD-3-Clause OR GPL-2.0)` yes, `MIT AND GPL-2.0` no, none at all no. */
export function isAllowed(licence: string | undefined): boolean {
  if (licence === undefined) return false;
  const text = licence.replace(/^\(([^()]*)\)$/, '$1');
  // deeper expressions have to be read by a person
  if (/[()]/.test(text)) return false;
  if (text.includes(' OR ')) return text.split(' OR ').some((one) => isAllowed(one));
  return text.split(' AND ').every((one) => ALLOWED_LICENCES.includes(one));
}

/** What is in the image under which licence, for people. Packages of Debian bring theirs in `/usr/share/doc`. */
export function licenceList(components: readonly Component[]): string {
  const rows = components.map(({ kind, name, version, licence }) =>
    kind === 'deb' ? `${name} ${version}: /usr/share/doc/${name}/copyright` : `${name} ${version}: ${licence ?? 'not stated'}`,
  );
  return `Payment Manager is under Apache-2.0. In the image besides, each with its licence:\n\n${rows.join('\n')}\n\nPackages of npm have the text of their licence in their folder below node_modules.\n`;
}
