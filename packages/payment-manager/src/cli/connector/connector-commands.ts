import type { CommandEntry } from '../commands.ts';
import { OPERATIONS_OPTIONS } from '../usual-options.ts';

/** Commands for whoever connects a core by files. */
export const connectorCommands: readonly CommandEntry[] = [
  {
    name: 'connector',
    arguments: '<verb> [folder]',
    summary: 'a core connector: lint, test, try, replay, certify, mock, probe, sign-off, import, new, reload, run',
    description:
      'Looks at a core connector, a folder with connector.yaml and operations/*.yaml (default: here). `lint` tells every fault with file, line and column. `test` runs the fixtures that stand beside it (tests/*.json) against a core that answers as they say; nothing leaves the machine. `try OPERATION --with tests/committed.json` runs one of them and shows of each step of the operation the request, the answer, the outcome and the mapped result (without an operation, of all); the connector is --connector (default: here). `certify` runs the suite against the core that certify.yaml describes, which keeps a ledger and has faults before and after it executes, and pays at random; in virtual time, on the real engine. `mock` plays the core that certify.yaml describes (default: that of connectors/mock-core), in real time, on 127.0.0.1, with a ledger in memory that ends with it and faults on demand: a core to begin with, and never one for money. `probe` tries a bank’s own test core with real calls (money moves there): keys, kept refusals, enquiry, late calls; whom and how much it pays says probe.yaml, and what it saw stands in probe.json, both beside the connector. `sign-off GUESS` writes who answers for a guess that no probe shows, in signed-off.json beside the connector; without a guess it tells which are open: production refuses a connector with one. `import openapi.yaml` drafts a connector of an OpenAPI 3 document: calls and mappings by their names, and a FILL-IN, which lint shows, for each decision that no document makes. `new NAME --from TEMPLATE` copies a template to connectors/NAME. `reload` has the running Payment Manager load its connector (`core.connector`) anew: compiled, with the fixtures marked `smoke` run; payments under way keep the version that they began with, and where it fails the former goes on. `run --config FILE` runs the connector in a process of its own, with a journal of its own: it speaks the backend API of the Mojaloop SDK to whoever pays (docs/connectors/stand-alone.md). `replay TRANSFER_ID --connector FOLDER` goes over what the journal and the kept messages hold of a payment at the core again, with an edited connector: the core is not called, nothing is written, and each step that would be otherwise is told; values are shown with `--personal`. Exit code 1 when there is a fault, or a fixture or case does not pass. See packages/core-connector/README.md.',
    options: [
      { flags: '--with <file>', description: 'for try: the fixture, like tests/committed.json; for probe: its probe.yaml' },
      { flags: '--connector <folder>', description: 'for try and replay: the connector (for try default: here)' },
      { flags: '--personal', description: 'for replay: with names, numbers and other values of the payment' },
      { flags: '--force-environment <name>', description: 'for probe: the environment, where its name looks like one with real money' },
      { flags: '--payments <number>', description: 'for certify: random payments (default: 1000)' },
      {
        flags: '--kills <real>',
        description:
          'for certify: only payments (default: 100) whose process is killed by SIGKILL again and again, in real time, ten times as fast',
      },
      { flags: '--seed <number>', description: 'for certify: the same seed pays the same (default: 1)' },
      { flags: '--only <id>', description: 'for certify: only cases whose id begins so, like TT-03' },
      { flags: '--report <file>', description: 'for certify: the report as Markdown' },
      { flags: '--junit <file>', description: 'for certify: the report as JUnit XML' },
      { flags: '--keep', description: 'for certify: keep the result beside the connector (certification.json), where the portal shows it' },
      { flags: '--json', description: 'for certify: the report as JSON, on the standard output' },
      { flags: '--port <number>', description: 'for mock: where it listens on 127.0.0.1 (default: 5050; 0: any that is free)' },
      { flags: '--from <template>', description: 'for new: the template, like rest-core' },
      { flags: '--name <name>', description: 'for import: of the connector (default: of the file)' },
      { flags: '--by <name>', description: 'for sign-off: who answers for it' },
      { flags: '--reason <text>', description: 'for sign-off: on what grounds; for reload: why' },
      ...OPERATIONS_OPTIONS,
    ],
    example: './pm connector certify connectors/rest-core --payments 10000 --junit certified.xml',
    load: async () => (await import('./connector.ts')).connector,
  },
];
