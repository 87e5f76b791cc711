import type { CommandEntry } from '../commands.ts';

/** Commands for whoever connects a core by files. */
export const connectorCommands: readonly CommandEntry[] = [
  {
    name: 'connector',
    arguments: '<verb> [folder]',
    summary: 'a core connector: lint, test, try',
    description:
      'Looks at a core connector, a folder with connector.yaml and operations/*.yaml (default: here). `lint` tells every fault with file, line and column. `test` runs the fixtures that stand beside it (tests/*.json) against a core that answers as they say; nothing leaves the machine. `try` runs one of them and shows each call, answer and result. Exit code 1 when there is a fault, or a fixture does not pass. See packages/core-connector/README.md.',
    options: [{ flags: '--with <file>', description: 'for try: the fixture, like tests/committed.json' }],
    example: './pm connector test connectors/rest-core',
    load: async () => (await import('./connector.ts')).connector,
  },
];
