import { type ConfigKey, listGroups, listKeys } from './keys.ts';
import { configSchema } from './schema.ts';
import { expectation } from './value.ts';

const INTRO = `# Configuration

<!-- Written by \`./pm config --reference\` from packages/configuration/src; a test compares. Do not edit by hand. -->

One file, \`payment-manager.yaml\`, given with \`./pm run --config FILE\` (or in the variable \`PM_CONFIG_FILE\`).

- Durations are whole milliseconds and end in \`Ms\`; sizes are bytes and end in \`Bytes\`. Money is decimal text in quotes.
- Relative paths are taken from the folder of the file; \`journalFile\` is relative to \`dataFolder\`.
- The environment outranks the file, the file outranks the default. The variable of a key is \`PM_\` and its path in capitals, words
  divided by \`_\`: \`hub.baseUrl\` is \`PM_HUB_BASE_URL\`. Lists are divided by commas (\`1.0,1.1\`), amounts look like \`USD=1.5,XOF=500\`.
- Unknown keys and unknown \`PM_\` variables are errors, so that a misspelt one is not overlooked. Five variables are no configuration:
  \`PM_CONFIG_FILE\`, \`PM_OPERATOR\` (who acts on the command line), \`PM_PASSPHRASE\` (of a file that is imported), \`PM_FAILPOINT\` for crash
  tests, and \`PM_TEST_POSTGRES_URL\`, a server for the tests.
- \`./pm config --config FILE\` prints what is in force and where each value came from, secrets masked.
- A configuration that cannot be used ends the start with exit code 78 and the list of everything that is wrong with it.

## \`environments\`

One file for every scheme that this DFSP takes part in, from test to live. Each environment may say any key of this page otherwise:

\`\`\`yaml
fspId: greenbank
environments:
  sandbox:
    sandbox: true
    hub: { baseUrl: https://hub.sandbox.example.org }
  production:
    hub: { baseUrl: https://hub.example.org }
\`\`\`

- A process belongs to one, chosen by \`--environment NAME\`, else \`PM_ENVIRONMENT\`, else the key \`environment\`. When none is chosen
  nothing starts. \`./pm config --environment NAME\` prints what is in force there.
- A file without \`environments\` is of one only, named by the key \`environment\`; no option makes another of it.
- Maps and lists are replaced as a whole, groups key by key.
- Every environment is checked at every start, also those that are not chosen.
- Nothing is shared between two of them. Each has its keys in the vault under its name. Unless it says otherwise its data folder is
  \`dataFolder\` with its name added (\`data/production\`), and its schema in PostgreSQL likewise (\`payment_manager_production\`). One
  journal, data folder or private key in two environments is an error.
`;

/** The text of docs/configuration.md. */
export function configReference(): string {
  const keys = listKeys(configSchema);
  const sections = listGroups(configSchema).map((group) => {
    const own = keys.filter((key) => key.segments.slice(0, -1).join('.') === group.path);
    if (own.length === 0) return '';
    return `## ${group.path === '' ? 'Top level' : `\`${group.path}\``}\n\n${group.description}\n\n${own.map(entry).join('\n')}\n`;
  });
  return `${[INTRO, ...sections.filter((section) => section !== '')].join('\n')}`;
}

function entry(key: ConfigKey): string {
  const { schema } = key;
  return [
    `### \`${key.path}\``,
    '',
    schema.description,
    '',
    `- takes: ${expectation(schema)}`,
    `- default: ${defaultText(key)}`,
    `- example: \`${key.segments.at(-1)}: ${schema.example}\``,
    `- environment: \`${key.environmentName}\``,
    '',
  ].join('\n');
}

function defaultText(key: ConfigKey): string {
  if (key.required) return 'none, must be given';
  if (key.schema.default === undefined) return 'none, may be left out';
  return `\`${typeof key.schema.default === 'string' ? key.schema.default : JSON.stringify(key.schema.default)}\``;
}
