import type { SaxesTagNS } from 'saxes';
import type { Value } from '../expression/value.ts';
import { newXmlParser } from './xml-parser.ts';

/** A text that is not XML, or more than is read. It names the kind of fault, never what stands there. */
export class XmlInvalid extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'XmlInvalid';
  }
}

/** Prefixes that a connector gives to namespaces, by their URI. What a core calls them itself means nothing. */
export type Namespaces = Readonly<Record<string, string>>;

const DEPTH_MAX = 64;
const ELEMENTS_MAX = 50_000;
const SCHEMA_INSTANCE = 'http://www.w3.org/2001/XMLSchema-instance';
const XMLNS = 'http://www.w3.org/2000/xmlns/';

/**
 * Reads XML into values. Strict: what ends early, is not well-formed, has a document type or an entity of its own is refused (a truncated
 * answer that looks like a success would be money lost), and so is an encoding other than UTF-8.
 *
 * - An element with nothing but text is that text, untrimmed; an empty one is `""`; one that says `xsi:nil` is null.
 * - Any other is an object: children by name, in a list where there are several of a name; attributes as `@name`; text beside them as `#text`.
 * - A name is its local part where it is in no namespace, `prefix:local` in a namespace that the connector has named, and `{uri}local` in
 *   any other. Attributes for readers of schemas (`xsi:type`, …) are left out.
 *
 * @throws XmlInvalid
 */
export function parseXml(text: string, namespaces: Namespaces = {}): Value {
  const parser = newXmlParser();
  const reader = new XmlReader(namespaces);
  parser.on('error', () => {
    throw new XmlInvalid('the XML is not well-formed, or ends early');
  });
  parser.on('doctype', () => {
    throw new XmlInvalid('the XML has a document type');
  });
  parser.on('xmldecl', ({ encoding = 'utf-8' }) => {
    if (!/^(utf-8|us-ascii)$/i.test(encoding)) throw new XmlInvalid('the XML is in another encoding than UTF-8');
  });
  parser.on('opentag', (tag) => reader.open(tag));
  parser.on('text', (content) => reader.text(content));
  parser.on('cdata', (content) => reader.text(content));
  parser.on('closetag', () => reader.close());
  parser.write(text).close();
  return reader.root;
}

interface Open {
  readonly name: string;
  readonly members: Record<string, Value>;
  readonly nil: boolean;
  text: string;
}

class XmlReader {
  readonly root: Record<string, Value> = Object.create(null);
  readonly #namespaces: Namespaces;
  readonly #open: Open[] = [];
  #elements = 0;

  constructor(namespaces: Namespaces) {
    this.#namespaces = namespaces;
  }

  open({ uri, local, attributes }: SaxesTagNS): void {
    if (this.#open.length >= DEPTH_MAX) throw new XmlInvalid(`the XML has more than ${DEPTH_MAX} levels`);
    if (++this.#elements > ELEMENTS_MAX) throw new XmlInvalid(`the XML has more than ${ELEMENTS_MAX} elements`);
    const members: Record<string, Value> = Object.create(null);
    let nil = false;
    for (const attribute of Object.values(attributes)) {
      if (attribute.uri === XMLNS) continue;
      if (attribute.uri !== SCHEMA_INSTANCE) members[`@${this.#name(attribute.uri, attribute.local)}`] = attribute.value;
      else if (attribute.local === 'nil') nil = attribute.value === 'true' || attribute.value === '1';
    }
    this.#open.push({ name: this.#name(uri, local), members, nil, text: '' });
  }

  text(content: string): void {
    const element = this.#open.at(-1);
    if (element !== undefined) element.text += content;
  }

  close(): void {
    const element = this.#open.pop();
    if (element === undefined) return;
    add(this.#open.at(-1)?.members ?? this.root, element.name, contentOf(element));
  }

  #name(uri: string, local: string): string {
    if (uri === '') return local;
    const prefix = Object.hasOwn(this.#namespaces, uri) ? this.#namespaces[uri] : undefined;
    return prefix === undefined ? `{${uri}}${local}` : `${prefix}:${local}`;
  }
}

function contentOf({ members, nil, text }: Open): Value {
  if (Object.keys(members).length === 0) return nil ? null : text;
  // between elements white space only makes it easier to read
  if (text.trim() !== '') members['#text'] = text;
  return members;
}

function add(members: Record<string, Value>, name: string, value: Value): void {
  const before = members[name];
  if (!(name in members)) members[name] = value;
  // a content is never a list itself; copying one for each member would be quadratic in what a core sends
  else if (Array.isArray(before)) before.push(value);
  else members[name] = [before, value];
}

/** What XML 1.0 lets no text have, however it is written. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
const NO_CHARACTER = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#13;',
  '\n': '&#10;',
  '\t': '&#9;',
};

/** A value as it stands in the text of an element or in an attribute: as it is, whatever is in it. @throws XmlInvalid */
export function escapeXml(text: string): string {
  if (NO_CHARACTER.test(text) || !text.isWellFormed()) throw new XmlInvalid('it has a character that no XML may have');
  return text.replaceAll(/[&<>"'\r\n\t]/g, (sign) => ESCAPES[sign] as string);
}
