import { DOCS_STYLE } from './docs-style.ts';
import type { GuidePart } from './docs-text.ts';
import { commandBlock, escaped, jsonBlock, laidOut, sentence } from './docs-text.ts';
import type { OpenApiDocument, Operation, Parameter, Schema } from './openapi.ts';

/** An operation with where it is. */
interface Placed {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** What differs between the pages. */
export interface PageParts {
  readonly guide: readonly GuidePart[];
  /** Sentences behind the summary. */
  readonly introduction: string;
  /** Where the document for machines is. */
  readonly machines: string;
  /** Where the examples call, `localhost:4001`. */
  readonly host: string;
}

/**
 * A page like `/docs`: a guide, then every operation and schema of the OpenAPI document. One file without scripts, fonts or
 * pictures from anywhere, since it is read inside a bank's network.
 */
export function docsPage(document: OpenApiDocument, { guide, introduction, machines, host }: PageParts): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );
  const schemas = Object.entries(document.components.schemas);
  const groups = document.tags.map((tag) => ({
    ...tag,
    operations: operations.filter(({ operation }) => operation.tags.includes(tag.name)),
  }));
  const title = escaped(document.info.title);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><style>${DOCS_STYLE}</style></head>
<body><header><h1>${title}</h1><p>${sentence(document.info.summary)}. ${sentence(introduction)} For machines: <a href="${machines}">${machines.slice(1)}</a>.</p></header>
<div class="layout"><nav aria-label="Contents"><strong>Guide</strong>${guide.map(({ id, title: text }) => `<a href="#${id}">${escaped(text)}</a>`).join('')}
${groups.map(({ name, operations: placed }) => `<strong>${escaped(name)}</strong>${placed.map(navigation).join('')}`).join('')}<strong>Schemas</strong><a href="#schemas">All schemas</a></nav>
<main>${guide.map(({ id, title: text, html }) => `<section id="${id}"><h2>${escaped(text)}</h2>${html}</section>`).join('')}
${groups.map(({ name, description, operations: placed }) => `<section><h2>${escaped(name)}</h2><p>${sentence(description)}.</p>${placed.map((one) => operationCard(one, document, host)).join('')}</section>`).join('')}
<section id="schemas"><h2>Schemas</h2>${schemas.map(([name, schema]) => schemaDetails(name, schema)).join('')}</section>
<footer>Made from the table of operations and the schemas that the product checks with.</footer></main></div></body></html>`;
}

function badge(method: string): string {
  return `<span class="m ${method}">${method.toUpperCase()}</span>`;
}

function navigation({ method, path, operation }: Placed): string {
  return `<a href="#${operation.operationId}">${badge(method)}${breakable(path)}</a>`;
}

/** A path that may break after each slash. */
function breakable(path: string): string {
  return `<span>${escaped(path).replaceAll('/', '/<wbr>')}</span>`;
}

function operationCard({ method, path, operation }: Placed, document: OpenApiDocument, host: string): string {
  const [media] = Object.values(operation.requestBody?.content ?? {});
  const bodySchema = media?.schema && resolved(media.schema, document);
  return `<article class="card" id="${operation.operationId}"><div class="head">${badge(method)}<code>${escaped(path)}</code><h3>${escaped(operation.summary)}</h3></div>
<p>${sentence(operation.description)}</p>
${operation.parameters.length === 0 ? '' : `<h4>Parameters</h4>${parameterTable(operation.parameters)}`}
${bodySchema === undefined ? '' : `<h4>Body</h4>${memberTable(bodySchema)}`}
${media?.example === undefined ? '' : `<h4>Example</h4>${commandBlock(curl(method, path, operation, media.example, host))}`}
<h4>Answers</h4>${Object.entries(operation.responses).map(answerDetails).join('')}</article>`;
}

function curl(method: string, path: string, operation: Operation, example: unknown, host: string): string {
  const values = Object.fromEntries(operation.parameters.map(({ name, example: value }) => [name, value]));
  const filled = path.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
  const header = operation.parameters.find(({ name }) => name === 'Idempotency-Key');
  const key = header === undefined ? '' : ` \\\n  -H 'Idempotency-Key: ${header.example ?? 'salary-2026-03-0042'}'`;
  const verb = method === 'post' ? '' : `-X ${method.toUpperCase()} `;
  return `curl -s ${verb}${host}${filled} \\\n  -H 'Content-Type: application/json'${key} \\\n  -d '${laidOut(example)}'`;
}

function answerDetails([status, response]: [string, Operation['responses'][string]]): string {
  const [media] = Object.values(response.content ?? {});
  const label = `<span class="status${status.startsWith('2') ? ' ok' : ''}">${status}</span>${sentence(response.description)}`;
  const reference = media?.schema?.$ref === undefined ? '' : `<p>Schema: ${typeWords(media.schema)}</p>`;
  const example = media?.example === undefined ? '' : jsonBlock(media.example);
  if (reference === '' && example === '') return `<div class="answer">${label}</div>`;
  return `<details><summary>${label}</summary><div>${reference}${example}</div></details>`;
}

function parameterTable(parameters: readonly Parameter[]): string {
  const rows = parameters.map(
    ({ name, in: place, required, description, schema }) =>
      `<tr><td><code>${escaped(name)}</code>${required ? '<span class="must">required</span>' : ''}</td><td>${place}</td><td>${sentence(description ?? '')}${limits(schema)}</td></tr>`,
  );
  return `<div class="scroll"><table class="stack"><thead><tr><th>Name</th><th>In</th><th>Meaning</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

function memberTable(schema: Schema): string {
  const rows = Object.entries(schema.properties ?? {}).map(([name, member]) => {
    const must = schema.required?.includes(name) === true ? '<span class="must">required</span>' : '';
    return `<tr><td><code>${escaped(name)}</code>${must}</td><td>${typeWords(member)}</td><td>${sentence(member.description ?? '')}${limits(member)}</td></tr>`;
  });
  return `<div class="scroll"><table class="stack"><thead><tr><th>Member</th><th>Type</th><th>Meaning</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

function schemaDetails(name: string, schema: Schema): string {
  const body = schema.properties === undefined ? `<p>${typeWords(schema)}${limits(schema)}</p>` : memberTable(schema);
  return `<details id="schema-${escaped(name)}"><summary><code>${escaped(name)}</code> ${sentence(schema.description ?? '')}</summary><div>${body}</div></details>`;
}

function typeWords(schema: Schema): string {
  const name = schema.$ref?.split('/').at(-1);
  if (name !== undefined) return `<a href="#schema-${escaped(name)}">${escaped(name)}</a>`;
  if (schema.items !== undefined) return `list of ${typeWords(schema.items)}`;
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeWords).join(' or ');
  if (schema.enum !== undefined) return schema.enum.length === 1 ? 'constant' : 'one of';
  if (schema.properties !== undefined)
    return `object: ${Object.keys(schema.properties)
      .map((member) => `<code>${escaped(member)}</code>`)
      .join(' ')}`;
  return { string: 'text', integer: 'whole number', boolean: 'true or false', object: 'object' }[schema.type ?? ''] ?? 'any';
}

function limits(schema: Schema): string {
  const said: string[] = [];
  if (schema.enum !== undefined) said.push(schema.enum.map(String).join(' · '));
  if (schema.minLength !== undefined || schema.maxLength !== undefined)
    said.push(`${schema.minLength ?? 0} to ${schema.maxLength ?? 'any number of'} characters`);
  if (schema.minimum !== undefined || schema.maximum !== undefined) said.push(`${schema.minimum ?? 'any'} to ${schema.maximum ?? 'any'}`);
  if (schema.maxItems !== undefined) said.push(`at most ${schema.maxItems}`);
  if (schema.pattern !== undefined && schema.pattern.length <= 60) said.push(`pattern ${schema.pattern}`);
  return said.length === 0 ? '' : `<span class="limits">${escaped(said.join('; '))}</span>`;
}

function resolved(schema: Schema, document: OpenApiDocument): Schema {
  const name = schema.$ref?.split('/').at(-1);
  return name === undefined ? schema : (document.components.schemas[name] ?? schema);
}
