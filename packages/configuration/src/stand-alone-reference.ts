import { type ConfigKey, listGroups, listKeys } from './keys.ts';
import { configSchema } from './schema.ts';
import { standAloneSchema } from './stand-alone-schema.ts';
import { expectation } from './value.ts';

const INTRO = `# A connector in a process of its own: configuration

<!-- Written by \`./pm config --reference\` from packages/configuration/src; a test compares. Do not edit by hand. -->

The file of \`./pm connector run [DIR] --config FILE\`. How it is used: docs/connectors/stand-alone.md. Keys that
[payment-manager.yaml](../configuration.md) has as well mean the same there, and are described there; so do the variables (\`PM_\` and the path).
`;

/** The text of docs/connectors/stand-alone-configuration.md: the keys that only this file has; the others by name. */
export function standAloneReference(): string {
  const shared = new Set(listKeys(configSchema).map(({ path }) => path));
  const keys = listKeys(standAloneSchema);
  const own = keys.filter(({ path }) => !shared.has(path));
  const groups = listGroups(standAloneSchema).filter(({ path }) => own.some(({ segments }) => segments.slice(0, -1).join('.') === path));
  const sections = groups.map(({ path, description }) => {
    const rows = own.filter(({ segments }) => segments.slice(0, -1).join('.') === path).map(row);
    return `## \`${path}\`\n\n${description}\n\n| key | what it is | value | default |\n|---|---|---|---|\n${rows.join('\n')}\n`;
  });
  const others = keys.filter(({ path }) => shared.has(path)).map(({ path }) => `\`${path}\``);
  return [INTRO, ...sections, `## As in payment-manager.yaml\n\n${others.join(', ')}\n`].join('\n');
}

function row({ path, schema, required }: ConfigKey): string {
  const given = schema.default === undefined ? (required ? '*must be given*' : '') : `\`${JSON.stringify(schema.default)}\``;
  return `| \`${path}\` | ${schema.description} | ${expectation(schema)} | ${given} |`;
}
