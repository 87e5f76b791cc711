import type { CommandEntry } from './commands.ts';
import { connectionCommands } from './connection/connection-commands.ts';
import { connectorCommands } from './connector/connector-commands.ts';
import { deploymentCommands } from './deployment/deployment-commands.ts';
import { CommandFailed, EXIT_CODES } from './exit-codes.ts';
import { API_OPTION, ENVIRONMENT_OPTION, FOLDER_OPTION, JOURNAL_OPTIONS, OPERATIONS_OPTIONS } from './usual-options.ts';

/** Every command of the product, in the order in which the help lists them. Where `lab/` is there, its commands come before and after. */
export const productCommands: readonly CommandEntry[] = [
  {
    name: 'install',
    arguments: '',
    summary: 'install the packages; other commands do it when they are missing, but run',
    description:
      'Installs the packages of package-lock.json, each compared with its hash, the right Node.js among them; no script of a package is run. Without an option with all that ./pm test and development need. Never twice at once: a second one waits for the first.',
    options: [
      {
        flags: '--production',
        description: 'only what a Payment Manager needs to run. From then on no other command installs anything',
      },
    ],
    example: './pm install --production',
    load: async () => () =>
      Promise.reject(new CommandFailed(EXIT_CODES.usage, 'Packages are installed by ./pm, in the folder of Payment Manager.')),
  },
  {
    name: 'run',
    arguments: '',
    summary: 'run one Payment Manager with a configuration of yours',
    description:
      'Runs one Payment Manager in the foreground. SIGTERM or SIGINT lets it finish what it has begun; a second one ends it immediately.',
    options: [
      { flags: '--config <file>', description: 'the configuration (default: PM_CONFIG_FILE, else payment-manager.yaml here)' },
      ENVIRONMENT_OPTION,
      { flags: '--workers <number>', description: 'how many processes behind the same ports, with the journal in PostgreSQL (default: 1)' },
    ],
    example: './pm run --config payment-manager.yaml',
    load: async () => (await import('./run.ts')).run,
  },
  {
    name: 'exceptions',
    arguments: '[verb] [id]',
    summary: 'payments that need a person: list, show ID, resolve ID',
    description:
      'Lists the payments that only a person can resolve. `show ID`: what hub, journal and core say, the history, and the actions that are allowed now. `resolve ID` takes one of them, after a confirmation: `--as` records how the payment ended; `--action ask-hub` or `ask-core` asks now; `--action resend-outcome` notifies the payee’s core once more. Of a core behind a connector, `--action core-executed`, `core-not-executed` or `core-done` says what a person has found there, or done by hand. The payment’s record keeps who did what, and why. See docs/exceptions.md.',
    options: [
      { flags: '--as <state>', description: 'for resolve: how the payment ended, COMMITTED or ABORTED' },
      {
        flags: '--action <action>',
        description: 'for resolve, instead of --as: ask-hub, ask-core, resend-outcome, core-executed, core-not-executed or core-done',
      },
      { flags: '--facts <json>', description: 'for core-executed: what the core calls it, like {"holdId":"H-1"}' },
      { flags: '--reason <text>', description: 'for resolve: why, at most 500 characters' },
      { flags: '--by <name>', description: 'for resolve: who (default: PM_OPERATOR, else the user of this machine)' },
      { flags: '--flow <role>', description: 'payer or payee, where a DFSP pays itself' },
      { flags: '--yes', description: 'do not ask for confirmation' },
      ...OPERATIONS_OPTIONS,
    ],
    example: "./pm exceptions resolve 01KAV2M0G7C6Q4Z1X9R8T5W3YB --as ABORTED --reason 'hub operator, ticket 4711'",
    load: async () => (await import('./exceptions.ts')).exceptions,
  },
  {
    name: 'payment',
    arguments: '<id>',
    summary: 'one payment, by any of its ids: what is known of it, and its history',
    description:
      'Shows every payment that has this id as its transferId, quoteId, homeTransactionId or Idempotency-Key: what hub, journal and core say, the history from the first message to the last, and what may be done now. Of payments that come in, `--from` finds them by the quoteId or transactionId that the payer’s FSP gave. No names, no account numbers, unless `--personal` asks for them. See docs/operations/payment-history.md.',
    options: [
      { flags: '--from <fspId>', description: 'the FSP that gave the quoteId or transactionId' },
      {
        flags: '--messages',
        description:
          'every message that was sent or received, with what it was answered; signatures, packets and fulfilments are verified now',
      },
      { flags: '--personal', description: 'the same with names, numbers and the exact bytes; the product’s log keeps who looked' },
      { flags: '--by <name>', description: 'with --messages: who looks (default: PM_OPERATOR, else the user of this machine)' },
      { flags: '--json', description: 'one JSON object instead of text' },
      ...OPERATIONS_OPTIONS,
    ],
    example: './pm payment salary-2026-03-0042 --messages',
    load: async () => (await import('./payment.ts')).payment,
  },
  {
    name: 'erase',
    arguments: '<party>',
    summary: 'remove a person’s messages from the store of messages',
    description:
      'Removes every kept message that names the party (TYPE/ID with whatever sub-id, or TYPE/ID/SUB), and every message of the payments that those belong to, from the store of messages of a running product. The journal is left as it is. See docs/retention.md.',
    options: [
      { flags: '--reason <text>', description: 'why, at most 500 characters; told to the log, without the party' },
      { flags: '--by <name>', description: 'who (default: PM_OPERATOR, else the user of this machine)' },
      { flags: '--yes', description: 'do not ask for confirmation' },
      ...OPERATIONS_OPTIONS,
    ],
    example: "./pm erase MSISDN/27713803912 --reason 'request of the customer, ticket 12'",
    load: async () => (await import('./erase.ts')).erase,
  },
  {
    name: 'reconcile',
    arguments: '',
    summary: 'compare hub, journal and core for one day',
    description:
      'Compares the transfers of one business day (`businessDay` of the product; by default UTC’s day) with the outcome at the hub (which is asked where it is not known) and with the core’s statement, and lists each difference with what to do. Exit code 1 if there is any. In the sandbox the demo core’s statement is fetched automatically. The form of the statement: docs/exceptions.md.',
    options: [
      { flags: '--date <date>', description: 'the day, like 2026-11-24' },
      { flags: '--core <files...>', description: 'the core’s statements: CSV files, or http addresses that give them' },
      {
        flags: '--pull <sides...>',
        description: 'pull the statements of core, hub or both from where `reconciliation.statements` says; needs the portal’s API',
      },
      { flags: '--json', description: 'one JSON object instead of tables' },
      { flags: '--by <name>', description: 'who asks the hub (default: PM_OPERATOR, else the user of this machine)' },
      ...OPERATIONS_OPTIONS,
    ],
    example: './pm reconcile --date 2026-11-24 --core statement.csv',
    load: async () => (await import('./reconcile.ts')).reconcile,
  },
  {
    name: 'backup',
    arguments: '[file]',
    summary: 'back up the embedded journal, and the vault’s files, while the product runs',
    description:
      'Copies the journal as of one instant into one new file, checks it, and makes it durable, while payments go on, and beside it as FILE.portal the portal’s users and audit log, where there is a portal; with `--vault` the vault’s files into another, sealed as they are. journal.key and the vault’s master key are in neither: keep them in another place. A journal or vault in PostgreSQL is backed up with its database, one in HashiCorp Vault with that server. See docs/retention.md.',
    options: [
      { flags: '--vault <file>', description: 'a copy of the vault’s files (`vault.store` file), into this new file' },
      { flags: '--json', description: 'one JSON object instead of text' },
      ...JOURNAL_OPTIONS,
    ],
    example: './pm backup /var/backups/journal-2026-11-24.db',
    load: async () => (await import('./journal/backup.ts')).backup,
  },
  {
    name: 'restore',
    arguments: '[file]',
    summary: 'replace the embedded journal, or the vault’s files, by a backup',
    description:
      'For a stopped product. Checks that each backup is whole and belongs to this DFSP and its journal.key or master key, moves the present data aside, and says what must be checked before payments continue. FILE.portal, where it is there, replaces the portal’s users and audit log: then nobody is signed in. A vault that is newer than the backup stays, unless `--force` is given. Interrupted, it is run again; until then the product does not start.',
    options: [
      { flags: '--vault <file>', description: 'replace the vault’s files by this copy' },
      { flags: '--force', description: 'also when the vault that is there is newer' },
      { flags: '--unsigned', description: 'also a backup without a MAC, as versions before made them' },
      { flags: '--yes', description: 'do not ask for confirmation' },
      ...JOURNAL_OPTIONS,
    ],
    example: './pm restore /var/backups/journal-2026-11-24.db',
    load: async () => (await import('./journal/backup.ts')).restore,
  },
  {
    name: 'restored',
    arguments: '',
    summary: 'mark the journal as restored from an older copy, and report the payments since',
    description:
      'Without an option, for a stopped product: marks the journal, as ./pm restore does by itself; for a PostgreSQL that was restored from a base backup or to a point in time, or a standby that was promoted. Refused while any replica runs. With one, for a running product: --report reads the transfers since the copy, each that the journal does not know becomes a tombstone; --lift lets payments be taken again, once a report was read in or --nothing-missing was said. Names and reasons are kept in the journal. See docs/retention.md.',
    options: [
      { flags: '--show', description: 'what is known of the last restore' },
      { flags: '--report <file>', description: 'CSV of transferId, direction, amount, currency, state, as for ./pm reconcile' },
      { flags: '--from <who>', description: 'whose report it is: hub or core' },
      { flags: '--nothing-missing', description: 'no transfer was made between copy and restore (needs --reason)' },
      { flags: '--lift', description: 'take payments again (needs --reason)' },
      { flags: '--reason <text>', description: 'why; kept in the journal' },
      { flags: '--by <name>', description: 'who (default: PM_OPERATOR, else the user of this machine)' },
      { flags: '--yes', description: 'do not ask for confirmation' },
      { flags: '--json', description: 'one JSON object instead of text' },
      ...OPERATIONS_OPTIONS,
    ],
    example: './pm restored --lift --reason "the core’s statement is read in, the books agree"',
    load: async () => (await import('./journal/restored.ts')).restored,
  },
  {
    name: 'verify',
    arguments: '',
    summary: 'prove that no record of the journal was altered, removed or added',
    description:
      'Follows the journal’s hash chains from their beginning, and compares every record with them, while payments go on. Exit code 1 if anything differs: the first record, event and batch are named. What was written after the last anchor is proven to fit together, but not to be whole: it says how much that is. Where there is a portal, its audit log is proven as well. See docs/verify.md.',
    options: [
      { flags: '--anchors <file>', description: 'anchors that were kept outside (default: journal.anchor.file of the configuration)' },
      { flags: '--file <file>', description: 'this SQLite file instead, for example a backup' },
      { flags: '--export <file>', description: 'an export of ./pm prune: whether it is what was pruned' },
      { flags: '--json', description: 'one JSON object instead of text' },
      ...JOURNAL_OPTIONS,
    ],
    example: './pm verify --anchors /mnt/audit/greenbank.anchors',
    load: async () => (await import('./journal/verify.ts')).verify,
  },
  {
    name: 'top',
    arguments: '',
    summary: 'the health of a running product in a terminal, live',
    description:
      'Shows what is broken first, then the parts, the payments of the last hour and the services, anew each three seconds, in 80 columns and 24 rows or whatever the terminal has; q leaves. `--once` prints one look, all of it, `--json` the same as JSON; both end with 1 where no payments are taken or something critical stands. Through `management.sock`, or with `--api`; the product needs its portal.',
    options: [
      { flags: '--once', description: 'one look, for scripts' },
      { flags: '--json', description: 'one look as a JSON object' },
      ...OPERATIONS_OPTIONS.filter(({ flags }) => !flags.startsWith('--url')),
    ],
    example: './pm top --fsp greenbank',
    load: async () => (await import('./top/top.ts')).top,
  },
  {
    name: 'alerts',
    arguments: '[verb] [id]',
    summary: 'incidents, and who was told: list, acknowledge ID, test',
    description:
      'Lists the incidents that are open, with who was told and who looks after them; exit code 1 where a critical one has nobody. `acknowledge ID`: others see that you look after it. `test`: sends a test by webhook and mail, and says what came of it. See docs/operations/alert-delivery.md.',
    options: [
      { flags: '--reason <text>', description: 'for acknowledge and test: why; kept in the audit log' },
      { flags: '--by <name>', description: 'who (default: PM_OPERATOR, else the user of this machine)' },
      API_OPTION,
      ...JOURNAL_OPTIONS,
    ],
    example: "./pm alerts test --reason 'new address'",
    load: async () => (await import('./alerts.ts')).alerts,
  },
  {
    name: 'portal',
    arguments: '[verb]',
    summary: 'ways into the portal: reset-administrator, link, link-account',
    description:
      'Works on the machine of the product, as its user, through `management.sock` in the data folder. `reset-administrator`: a link for the user `administrator`, whose password, second factors and sessions are gone then; for the first start, and for when nobody can sign in; also while the product is stopped. `link --role ROLE`: in a sandbox, a link that signs in with that role. Each link works once, within a day. `link-account`: an account at the provider of single sign-on is linked to a user (docs/operations/single-sign-on.md). See docs/operations/portal.md. In a checkout, for developers, without these options: `build` makes the portal anew of its sources, `screenshots` takes its pictures.',
    options: [
      { flags: '--role <role>', description: 'for link: viewer, operator, engineer, administrator or auditor' },
      { flags: '--user <name>', description: 'for link-account: whose it is' },
      { flags: '--subject <id>', description: 'for link-account: the account at the provider, its claim sub' },
      { flags: '--reason <text>', description: 'for link-account: why; kept in the audit log' },
      { flags: '--by <name>', description: 'who (default: PM_OPERATOR, else the user of this machine)' },
      { flags: '--yes', description: 'do not ask for confirmation' },
      ...JOURNAL_OPTIONS,
    ],
    example: './pm portal reset-administrator --config payment-manager.yaml',
    load: async () => (await import('./portal.ts')).portal,
  },
  {
    name: 'prune',
    arguments: '',
    summary: 'export old payments, and remove their events from the journal',
    description:
      'For payments at rest, with nothing that a person must look at, and older than DATE. First all of them are exported, durably, as compressed NDJSON; then their events are removed, while payments go on. Claims, hashes and outcomes stay: a repeat of a pruned payment gets its old answer and moves no money. Interrupted, the same command goes on where it stood. See docs/retention.md.',
    options: [
      {
        flags: '--before <date>',
        description: 'payments without an event from then on, at least 7 days ago: 2026-01-01 (UTC), or an instant',
      },
      { flags: '--export <file>', description: 'where they go, for example payments-2025.ndjson.gz' },
      { flags: '--dry-run', description: 'only say how many' },
      { flags: '--url <url>', description: 'operations API of the running product (default: as the configuration says)' },
      { flags: '--json', description: 'one JSON object instead of text' },
      ...JOURNAL_OPTIONS,
    ],
    example: './pm prune --before 2026-01-01 --export /var/archive/payments-2025.ndjson.gz',
    load: async () => (await import('./journal/prune.ts')).prune,
  },
  {
    name: 'readmodel',
    arguments: '<verb>',
    summary: 'the rows for lists, search and totals: status, rebuild',
    description:
      '`status`: whether the read model is up to date with the journal, and how many payments it has. `rebuild`: forgets all rows and makes them anew from the journal, while payments go on; a running product does it and the command shows how far it is, else the command does it. Only where `readModel.enabled` is true.',
    options: [{ flags: '--json', description: 'one JSON object instead of text' }, ...JOURNAL_OPTIONS],
    example: './pm readmodel rebuild',
    load: async () => (await import('./journal/readmodel.ts')).readmodel,
  },
  ...connectionCommands,
  ...connectorCommands,
  ...deploymentCommands,
  {
    name: 'support-bundle',
    arguments: '[file]',
    summary: 'what somebody who helps must know, in one file without secrets and persons',
    description:
      'Gathers versions, the configuration with secrets masked, health, the connection to the scheme, alarms, what needs a person, recent warnings and errors, and metrics. Everything is shown first; after a confirmation it is written into one text file (default: support-FSPID-TIME.txt here) that only its owner reads. Works while the product is stopped as well. The log is not kept by the product: name its file, or what `journalctl --unit payment-manager --output cat` or `docker logs` printed.',
    options: [
      { flags: '--log <file>', description: 'the product’s log (of a DFSP of the sandbox: found)' },
      { flags: '--yes', description: 'do not ask for confirmation' },
      ...JOURNAL_OPTIONS,
    ],
    example: './pm support-bundle --config payment-manager.yaml --log payment-manager.log',
    load: async () => (await import('./operations/support-bundle.ts')).supportBundleCommand,
  },
  {
    name: 'config',
    arguments: '',
    summary: 'check a configuration and print what is in force',
    description:
      'Prints every key with its value, secrets masked, and whether the file, the environment or the default gave it; then looks at each file that the configuration names: that it is there, that certificate and key belong together, their dates and names, and that there are keys to sign and to verify with. Exit code 78 when a key or a file cannot be used.',
    options: [
      { flags: '--config <file>', description: 'the configuration (default: PM_CONFIG_FILE, else payment-manager.yaml here)' },
      { flags: '--file <file>', description: 'the same as --config' },
      ENVIRONMENT_OPTION,
      { flags: '--fsp <fspId>', description: 'this DFSP of the sandbox instead' },
      FOLDER_OPTION,
      { flags: '--without-files', description: 'only the settings: for a machine that does not have the files' },
      {
        flags: '--diff',
        description: 'instead: what differs from what runs, and whether a reload or a restart brings it in force (exit code 1)',
      },
      {
        flags: '--reload',
        description: 'instead: the running product reads it anew, and takes over what needs no restart; as SIGHUP does',
      },
    ],
    example: './pm config --config payment-manager.yaml',
    load: async () => (await import('./config.ts')).config,
  },
];
