import { statusText } from '@payment-manager/runtime';
import type { TSchema } from 'typebox';
import type { AnswerDoc, Route } from './route.ts';

/** What a document says of an operation, whoever does it. */
export type DocumentedRoute = Pick<Route, 'method' | 'path' | 'params' | 'body' | 'startsPayment' | 'doc'> & {
  /** Headers that it takes besides. */
  readonly headers?: readonly Parameter[];
};

/** What a document says of itself. */
export interface DocumentAbout {
  readonly title: string;
  readonly summary: string;
  readonly server: string;
  readonly tags: OpenApiDocument['tags'];
}

/** A JSON Schema as the document has it. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

/** One operation of a path. */
export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly required: true; readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, Response>>;
}

/** A value in the path or a header. */
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'header';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: Schema;
  readonly example?: string;
}

interface Media {
  readonly schema?: Schema;
  readonly example?: unknown;
}

interface Response {
  readonly description: string;
  readonly headers?: Readonly<Record<string, { readonly description: string; readonly schema: Schema }>>;
  readonly content?: Readonly<Record<string, Media>>;
}

/** The parts of an OpenAPI 3.1 document that ours has. */
export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: {
    readonly title: string;
    readonly version: string;
    readonly summary: string;
    readonly license: { readonly name: string; readonly identifier: string };
  };
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const PARAMETER_WORDS: Readonly<Record<string, string>> = {
  transferId: 'The id that the first answer gave',
  Type: 'Kind of identifier',
  ID: 'The identifier, percent-encoded',
  SubId: 'Sub-id, percent-encoded',
};

const KEY_HEADER: Parameter = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'A text of your own for this one payment. The same key gets the same answer and never pays twice; other content under it is refused with 409.',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x20-\\x7e]+$' },
};
const TRACE_HEADER: Parameter = {
  name: 'traceparent',
  in: 'header',
  required: false,
  description: 'W3C trace; continued towards the hub.',
  schema: { type: 'string' },
};

const OUTBOUND: DocumentAbout = {
  title: 'Payment Manager: outbound API',
  summary: 'What a DFSP calls to send money through a Mojaloop scheme',
  server: '/',
  tags: [
    { name: 'Payments', description: 'Send money and follow it to its end' },
    { name: 'Helpers', description: 'One message through the hub, and its answer' },
    { name: 'Documents', description: 'The API about itself' },
  ],
};

/** The OpenAPI 3.1 document of a table of routes. Schemas with a title become components under it. */
export function openApiDocument(routes: readonly DocumentedRoute[], about: DocumentAbout = OUTBOUND): OpenApiDocument {
  const schemas: Record<string, Schema> = {};
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of routes) {
    const methods = paths[route.path] ?? {};
    methods[route.method.toLowerCase()] = operationOf(route, schemas);
    paths[route.path] = methods;
  }
  return {
    openapi: '3.1.0',
    info: {
      title: about.title,
      version: '1.0.0',
      summary: about.summary,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: about.server }],
    tags: about.tags,
    paths,
    components: { schemas: Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1))) },
  };
}

function operationOf(route: DocumentedRoute, schemas: Record<string, Schema>): Operation {
  const { doc, body } = route;
  const parameters: Parameter[] = Object.entries(route.params ?? {}).map(([name, schema]) => ({
    name,
    in: 'path',
    required: true,
    description: PARAMETER_WORDS[name] ?? name,
    schema: hoisted(schema as Schema, schemas),
    ...(doc.exampleParams?.[name] !== undefined && { example: doc.exampleParams[name] }),
  }));
  if (route.startsPayment === true) parameters.push(KEY_HEADER, TRACE_HEADER);
  parameters.push(...(route.headers ?? []));
  return {
    operationId: doc.operationId,
    tags: [doc.tag],
    summary: doc.summary,
    description: doc.description,
    parameters,
    ...(body !== undefined && { requestBody: { required: true, content: { 'application/json': media(body, doc.example, schemas) } } }),
    responses: Object.fromEntries(doc.answers.map((answer) => [String(answer.status), responseOf(answer, schemas)])),
  };
}

function responseOf(answer: AnswerDoc, schemas: Record<string, Schema>): Response {
  const mediaType = answer.mediaType ?? (answer.schema === undefined ? undefined : 'application/json');
  return {
    description: answer.description || statusText(Number(answer.status)),
    ...(answer.status === 503 && { headers: { 'Retry-After': { description: 'Seconds', schema: { type: 'integer' } } } }),
    ...(mediaType !== undefined && { content: { [mediaType]: media(answer.schema, answer.example, schemas) } }),
  };
}

function media(schema: TSchema | undefined, example: object | undefined, schemas: Record<string, Schema>): Media {
  return { ...(schema !== undefined && { schema: hoisted(schema as Schema, schemas) }), ...(example !== undefined && { example }) };
}

/** The schema with every titled object in it replaced by a reference to a component of that name. */
function hoisted(schema: Schema, schemas: Record<string, Schema>): Schema {
  const inner: Schema = {
    ...schema,
    ...(schema.properties !== undefined && {
      properties: Object.fromEntries(Object.entries(schema.properties).map(([name, member]) => [name, hoisted(member, schemas)])),
    }),
    ...(schema.items !== undefined && { items: hoisted(schema.items, schemas) }),
    ...(schema.anyOf !== undefined && { anyOf: schema.anyOf.map((member) => hoisted(member, schemas)) }),
  };
  const { title, description, ...named } = inner;
  if (title === undefined || inner.properties === undefined) return inner;
  schemas[title] ??= named;
  return { $ref: `#/components/schemas/${title}`, ...(description !== undefined && { description }) };
}
