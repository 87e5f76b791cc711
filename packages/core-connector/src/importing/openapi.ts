import { parse } from 'yaml';

/** An OpenAPI document that cannot be read. It names the kind of fault. */
export class OpenApiInvalid extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'OpenApiInvalid';
  }
}

type Json = Readonly<Record<string, unknown>>;

/** A property of a JSON body. */
export interface Property {
  readonly name: string;
  readonly required: boolean;
  readonly type: string;
  /** Of an object; of anything else none. */
  readonly properties: readonly Property[];
  readonly values: readonly string[];
}

export interface ApiParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
}

/** A call that an API offers. */
export interface ApiCall {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  readonly path: string;
  /** Summary, operationId, tags: what it says of itself. */
  readonly words: string;
  readonly parameters: readonly ApiParameter[];
  readonly body: readonly Property[];
  /** Members of the answer to a success. */
  readonly answer: readonly Property[];
  /** Members of the answer to a failure. */
  readonly error: readonly Property[];
  readonly statuses: readonly string[];
}

export interface Api {
  readonly title: string;
  readonly calls: readonly ApiCall[];
  readonly security: 'none' | 'basic' | 'oauth2' | { readonly header: string };
}

const CHARACTERS_MAX = 5_000_000;
const CALLS_MAX = 2_000;
const DEPTH_MAX = 4;
const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Reads an OpenAPI 3 document, YAML or JSON. References are followed within it, and nowhere else. @throws OpenApiInvalid */
export function readOpenApi(text: string): Api {
  if (text.length > CHARACTERS_MAX) throw new OpenApiInvalid(`it has more than ${CHARACTERS_MAX} characters`);
  const root = rootOf(text);
  if (!/^3\./.test(String(root['openapi'] ?? ''))) throw new OpenApiInvalid('it is no OpenAPI 3 document: `openapi: 3.…` is missing');
  const reader = new Reader(root);
  return { title: String(objectIn(root['info'])['title'] ?? 'a core'), calls: reader.calls(), security: reader.security() };
}

function rootOf(text: string): Json {
  try {
    const read: unknown = parse(text, { maxAliasCount: 0, schema: 'core' });
    if (isObject(read)) return read;
  } catch {
    // the reason quotes the document
  }
  throw new OpenApiInvalid('it can be read neither as YAML nor as JSON');
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const objectIn = (value: unknown): Json => (isObject(value) ? value : {});
const listIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

class Reader {
  readonly #root: Json;

  constructor(root: Json) {
    this.#root = root;
  }

  calls(): readonly ApiCall[] {
    const found: ApiCall[] = [];
    for (const [path, item] of Object.entries(objectIn(this.#root['paths']))) {
      const shared = this.#parameters(objectIn(item)['parameters']);
      for (const method of METHODS) {
        const call = objectIn(item)[method];
        if (!isObject(call) || found.length >= CALLS_MAX) continue;
        const own = this.#parameters(call['parameters']);
        const inherited = shared.filter((each) => !own.some(({ name, in: where }) => name === each.name && where === each.in));
        const { summary = '', operationId = '', description = '', tags } = call as Record<string, unknown>;
        const responses = objectIn(call['responses']);
        const good = Object.keys(responses).find((status) => /^2\d\d$/.test(status) && status !== '202') ?? '';
        const bad = Object.keys(responses).find((status) => /^4\d\d$/.test(status)) ?? '';
        found.push({
          method,
          path,
          words: [summary, operationId, listIn(tags).join(' '), description].join(' ').toLowerCase(),
          parameters: [...inherited, ...own],
          body: this.#properties(this.#schemaIn(call['requestBody']), 0),
          answer: this.#properties(this.#schemaIn(responses[good]), 0),
          error: this.#properties(this.#schemaIn(responses[bad]), 0),
          statuses: Object.keys(responses),
        });
      }
    }
    return found;
  }

  security(): Api['security'] {
    for (const scheme of Object.values(objectIn(objectIn(this.#root['components'])['securitySchemes']))) {
      const { type, in: where, name, scheme: how } = this.#resolved(scheme);
      if (type === 'oauth2' || type === 'openIdConnect' || (type === 'http' && how === 'bearer')) return 'oauth2';
      if (type === 'http' && how === 'basic') return 'basic';
      if (type === 'apiKey' && where === 'header' && typeof name === 'string' && /^[A-Za-z0-9-]+$/.test(name)) return { header: name };
    }
    return 'none';
  }

  #parameters(list: unknown): readonly ApiParameter[] {
    return listIn(list).flatMap((each) => {
      const { name, in: where, required } = this.#resolved(each);
      if (typeof name !== 'string' || (where !== 'path' && where !== 'query' && where !== 'header')) return [];
      return [{ name, in: where, required: required === true }];
    });
  }

  /** The schema of a JSON body of a request or an answer. */
  #schemaIn(place: unknown): Json {
    const content = objectIn(this.#resolved(place)['content']);
    const json = Object.entries(content).find(([type]) => /json/i.test(type))?.[1];
    return this.#resolved(objectIn(json)['schema']);
  }

  #properties(schema: Json, depth: number): readonly Property[] {
    if (depth > DEPTH_MAX) return [];
    const own = Object.entries(objectIn(schema['properties'])).map(([name, value]): Property => {
      const inner = this.#resolved(value);
      const { type } = inner;
      return {
        name,
        required: listIn(schema['required']).includes(name),
        type: typeof type === 'string' ? type : isObject(inner['properties']) ? 'object' : 'string',
        properties: this.#properties(inner, depth + 1),
        values: listIn(inner['enum']).filter((each): each is string => typeof each === 'string'),
      };
    });
    return [...listIn(schema['allOf']).flatMap((part) => this.#properties(this.#resolved(part), depth + 1)), ...own];
  }

  /** Follows `#/…`, a few times: references may lead in a circle. */
  #resolved(value: unknown): Json {
    let at = objectIn(value);
    for (let times = 0; typeof at['$ref'] === 'string' && times < 10; times++) {
      const path = (at['$ref'] as string).replace(/^#\//, '').split('/');
      let found: unknown = this.#root;
      for (const part of path) {
        const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
        found = Object.hasOwn(objectIn(found), name) ? objectIn(found)[name] : undefined;
      }
      at = objectIn(found);
    }
    return at;
  }
}
