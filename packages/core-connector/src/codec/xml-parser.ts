import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

/** A parser of XML with namespaces. The library is loaded with the first: most cores speak none, and somebody waits for the start. */
export function newXmlParser() {
  const { SaxesParser } = load('saxes') as typeof import('saxes');
  return new SaxesParser({ xmlns: true });
}
