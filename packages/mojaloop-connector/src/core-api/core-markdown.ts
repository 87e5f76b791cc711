import { laidOut } from '../api-pages/docs-text.ts';
import type { OpenApiDocument, Operation, Schema } from '../api-pages/openapi.ts';
import { CORE_GUIDE } from './core-guide.ts';
import { coreApiDocument } from './core-operations.ts';

/** `docs/core-api.md`: the guide, the operations and their bodies. */
export function coreMarkdown(): string {
  const document = coreApiDocument();
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => operationText(method, path, operation)),
  );
  const schemas = Object.entries(document.components.schemas).map(([name, schema]) => `### ${name}\n\n${members(schema)}`);
  return [
    '# What your core offers',
    '<!-- Written by `./pm config --reference` from packages/mojaloop-connector/src/core-api; a test compares. Do not edit by hand. -->',
    'To be paid, your core (or a connector before it) offers these operations over HTTP at `core.baseUrl`. They are those of the backend API of the Mojaloop SDK, so a core connector made for it works unchanged. For machines: [core-api.openapi.json](core-api.openapi.json). A running Payment Manager shows the same at `/docs/core` of its outbound API.',
    SAMPLE,
    ...CORE_GUIDE.map(({ title, paragraphs }) => `## ${title}\n\n${paragraphs.map(paragraph).join('\n\n')}`),
    '## The operations',
    ...operations,
    '## The bodies',
    'Members without *optional* are always there (in requests), or must be (in answers).',
    ...schemas,
    '',
  ].join('\n\n');
}

const SAMPLE = `## Try it with a core of sixty lines

[sample-core.mjs](sample-core.mjs) does all of this with plain Node.js, in memory. It holds, books, releases, and knows a repeat.

\`\`\`
node docs/sample-core.mjs 4100
./pm start --core greenbank=http://127.0.0.1:4100,reserve,repeatable,askable     # in another terminal
./pm send 5 USD to MSISDN 27713803911 --yes                                      # in a third: bluewallet pays your core's customer
\`\`\`

\`--core\` puts your own core into the sandbox in place of a demo core. What it can do stands behind the address: \`reserve\` or \`credit\` (\`core.atPrepare\`; default credit),
\`repeatable\` (\`core.transferRepeatable\`), \`askable\` (\`core.transferAskable\`). Say nothing that is not true of it.`;

function paragraph(part: string | readonly string[]): string {
  return typeof part === 'string' ? part : part.map((item) => `- ${item}`).join('\n');
}

function operationText(method: string, path: string, operation: Operation): string {
  const [request] = Object.values(operation.requestBody?.content ?? {});
  const answers = Object.entries(operation.responses).map(([status, { description, content }]) => {
    const [media] = Object.values(content ?? {});
    const shown = media?.schema?.$ref === undefined ? '' : ` Body: ${referenceTo(media.schema)}.`;
    return `| ${status} | ${cell(description)}${shown} |`;
  });
  const examples = [
    ...(request?.example === undefined ? [] : [jsonText('Request', request.example)]),
    ...Object.entries(operation.responses).flatMap(([status, { content }]) =>
      Object.values(content ?? {}).flatMap(({ example }) => (example === undefined ? [] : [jsonText(`Answer ${status}`, example)])),
    ),
  ];
  const headers = operation.parameters
    .filter((one) => one.in === 'header')
    .map(({ name, description }) => `Header \`${name}\`: ${description}.`);
  return [
    `### \`${method.toUpperCase()} ${path}\``,
    `${operation.summary} ${operation.description}`,
    ...(request?.schema === undefined ? [] : [`Body: ${referenceTo(request.schema)}. ${headers.join(' ')}`.trim()]),
    `| answer | what it means |\n|---|---|\n${answers.join('\n')}`,
    ...examples,
  ].join('\n\n');
}

function jsonText(title: string, example: unknown): string {
  return `${title}:\n\n\`\`\`json\n${laidOut(example)}\n\`\`\``;
}

function members(schema: Schema): string {
  const rows = Object.entries(schema.properties ?? {}).map(([name, member]) => {
    const optional = schema.required?.includes(name) === true ? '' : ', *optional*';
    return `| \`${name}\` | ${typeText(member)}${optional} | ${cell(member.description ?? '')} |`;
  });
  return `| member | type | meaning |\n|---|---|---|\n${rows.join('\n')}`;
}

function typeText(schema: Schema): string {
  if (schema.$ref !== undefined) return referenceTo(schema);
  if (schema.items !== undefined) return `list of ${typeText(schema.items)}`;
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeText).join(' or ');
  if (schema.enum !== undefined) return schema.enum.map((one) => `\`${String(one)}\``).join(', ');
  if (schema.maxLength !== undefined) return `text, at most ${schema.maxLength}`;
  return { string: 'text', integer: 'whole number', object: 'object' }[schema.type ?? ''] ?? 'any';
}

function referenceTo(schema: NonNullable<OpenApiDocument['components']['schemas'][string]>): string {
  const name = schema.$ref?.split('/').at(-1) ?? '';
  return name === '' ? typeText(schema) : `[${name}](#${name.toLowerCase()})`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
