import { type CommandEntry, EXIT_CODES } from '@payment-manager/payment-manager';

const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT_CODES, string>> = {
  ok: 'done',
  failed: 'the answer is no: the payment did not complete, or a check failed',
  usage: 'the command line is wrong',
  unavailable: 'something that is needed is not there: the sandbox is not running, a port is taken, the installation failed',
  software: 'the product cannot go on (the journal cannot be trusted); start it again',
  waiting: 'nothing is done yet: a second person must agree first',
  config: 'the configuration, a certificate, a key or the data folder cannot be used; starting again does not help',
};

/** The text of docs/command-line.md, for these commands. */
export function commandReference(commands: readonly CommandEntry[]): string {
  const codes = Object.entries(EXIT_CODES).map(([name, code]) => `| ${code} | ${EXIT_MEANINGS[name as keyof typeof EXIT_CODES]} |`);
  return `# Command line

<!-- Written by \`./pm config --reference\` from the lists of commands; a test compares. Do not edit by hand. -->

\`./pm\` installs what is missing (once) and runs a command. \`./pm help COMMAND\` shows what is below. Colours are left out where the
output is not a terminal, or where \`NO_COLOR\` is set.

## Which Payment Manager a command means

The same rule in every command; the first that is there counts:

1. \`--config FILE\`; or \`--fsp NAME\`: that DFSP of the sandbox. Both at once are refused. (\`--url\` names the operations API itself.)
2. the variable \`PM_CONFIG_FILE\`
3. \`payment-manager.yaml\` in the working folder
4. commands that talk to the running product: all DFSPs of the sandbox that runs; others: the environment alone

${commands.map(section).join('\n')}
## Exit codes

| code | meaning |
|---|---|
${codes.join('\n')}
`;
}

function section(entry: CommandEntry): string {
  const options = entry.options.map(
    (option) => `- \`${option.flags}\`: ${option.description}${option.default === undefined ? '' : ` (default: ${option.default})`}`,
  );
  return [
    `## \`./pm ${`${entry.name} ${entry.arguments}`.trim()}\``,
    '',
    entry.description,
    '',
    ...options,
    ...(options.length > 0 ? [''] : []),
    `Example: \`${entry.example}\``,
    '',
  ].join('\n');
}
