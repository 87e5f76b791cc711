import type { Value } from '../expression/value.ts';
import { JsonInvalid, parseExactJson } from './json.ts';
import { type Namespaces, parseXml, XmlInvalid } from './xml.ts';

/** The body of an answer. `readable` false: there is one, and it cannot be read, e.g. a gateway's page or JSON that ends early. */
export interface ReadBody {
  readonly body: Value;
  readonly readable: boolean;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

const XML = /^(application|text)\/([a-z0-9.+-]+\+)?xml\b/i;

/** Reads a body as JSON, exactly, or as a form or XML where the header says so. No body is readable, and nothing. */
export function readBody(bytes: Uint8Array, contentType: string | undefined, namespaces?: Namespaces): ReadBody {
  if (bytes.length === 0) return { body: undefined, readable: true };
  try {
    const text = utf8.decode(bytes);
    if (contentType?.startsWith('application/json')) return { body: parseExactJson(text), readable: true };
    if (/^application\/x-www-form-urlencoded\b/i.test(contentType ?? '')) return { body: form(text), readable: true };
    if (XML.test(contentType ?? '')) return { body: parseXml(text, namespaces), readable: true };
    return { body: parseExactJson(text), readable: true };
  } catch (error) {
    if (error instanceof JsonInvalid || error instanceof XmlInvalid || error instanceof TypeError)
      return { body: undefined, readable: false };
    throw error;
  }
}

/** Fields by name. A field that occurs twice is a list of its values. */
function form(text: string): Value {
  const fields: Record<string, Value> = Object.create(null);
  for (const name of new Set(new URLSearchParams(text).keys())) {
    const values = new URLSearchParams(text).getAll(name);
    fields[name] = values.length === 1 ? values[0] : values;
  }
  return fields;
}
