import type { CommandEntry } from '../commands.ts';
import { API_OPTION, JOURNAL_OPTIONS, REASON_OPTION } from '../usual-options.ts';

/** What keeps a DFSP connected to its scheme, in the order in which the help lists them. */
export const connectionCommands: readonly CommandEntry[] = [
  {
    name: 'doctor',
    arguments: '',
    summary: 'find out what is wrong between here, the hub and the core',
    description:
      'Looks at everything that this Payment Manager depends on, from this machine and as this user: vault, certificates and keys, journal, disk, the running product and what it presents, and for each server that it calls (hub, core, Connection Manager, token server) the name, the connection, TLS, the certificate, an answer and the clock; then the token, and whether the Connection Manager knows us. Each is told apart, with what to do. Changes nothing. Exit code 1 when something is broken.',
    options: [{ flags: '--json', description: 'one JSON object instead of text' }, ...JOURNAL_OPTIONS],
    example: './pm doctor --environment production',
    load: async () => (await import('./doctor.ts')).doctor,
  },
  {
    name: 'cert',
    arguments: '[verb] [name]',
    summary: 'certificates: list, renew, which are due, export',
    description:
      'Lists the certificates of the environment’s vault with what they are for and how long they last. `renew client|server|ca` replaces one before its time: through the Connection Manager, else by hand, step by step. `needs-renewal` ends with 1 when one has used up two thirds of its life, has expired, or none is in use (for cron). `export client|server|ca|hub-ca` prints a chain (PEM), of CAs also the former ones that still count; `export server --with-key --out FILE` is for a proxy that ends TLS before us. The product may be running: it takes what is new within seconds.',
    options: [
      { flags: '--activate', description: 'for renew ca, without a Connection Manager: put the new CA in use' },
      { flags: '--out <file>', description: 'for export: into this new file' },
      { flags: '--with-key', description: 'for export server, behind a proxy that ends TLS: with its private key, into --out only' },
      { flags: '--json', description: 'for list and needs-renewal: one JSON object instead of a table' },
      { flags: '--by <name>', description: 'for renew: who (default: PM_OPERATOR, else the user of this machine)' },
      { flags: '--yes', description: 'do not ask for confirmation' },
      REASON_OPTION,
      API_OPTION,
      ...JOURNAL_OPTIONS,
    ],
    example: './pm cert needs-renewal --environment production || mail -s "certificates" ops@greenbank.example',
    load: async () => (await import('./cert.ts')).cert,
  },
  {
    name: 'keys',
    arguments: '[verb] [name]',
    summary: 'keys: list, rotate the JWS key or the vault’s master key, distrust what somebody else may have',
    description:
      'Lists our keys and the peers’, with their states and who brought them there. `rotate jws` makes the successor of our signing key: through the Connection Manager it comes into use by itself, once every peer can have it; by hand with --activate, when they have it. `rotate vault` replaces the master key of a vault in files and seals everything anew; the product may be running. `accept FINGERPRINT` trusts a CA or JWS key of the hub that breaks a pin (`connectionManager.pinnedHubCa`, `jws.pinHubKey`) and waits for a person. `compromised KEY` distrusts a key of ours, of a peer or of the hub at once and for ever.',
    options: [
      { flags: '--activate', description: 'for rotate, without a Connection Manager: sign with the new key from now on' },
      { flags: '--json', description: 'for list: one JSON object instead of a table' },
      { flags: '--by <name>', description: 'who (default: PM_OPERATOR, else the user of this machine)' },
      { flags: '--yes', description: 'do not ask for confirmation' },
      REASON_OPTION,
      API_OPTION,
      ...JOURNAL_OPTIONS,
    ],
    example: './pm keys rotate jws',
    load: async () => (await import('./keys.ts')).keys,
  },
  {
    name: 'export',
    arguments: '<what>',
    summary: 'without a Connection Manager: what the scheme needs from us',
    description:
      'Prints what is given to the scheme, and makes it first where there is none: `csr` (the request for our next certificate; the same until its certificate is imported), `jws` (our public signing key), `ca` (our CA, which signs our server certificate), `endpoints` (where we call from and are called). No private key ever leaves the vault. See docs/onboarding.md.',
    options: [
      { flags: '--for <side>', description: 'for csr: client or server (default: client)' },
      { flags: '--next', description: 'for jws and ca: the one that is to follow' },
      { flags: '--jwks', description: 'for jws: as JSON Web Key Set instead of PEM' },
      { flags: '--out <file>', description: 'into this new file' },
      { flags: '--by <name>', description: 'who (default: PM_OPERATOR, else the user of this machine)' },
      ...JOURNAL_OPTIONS,
    ],
    example: './pm export csr --out greenbank.csr',
    load: async () => (await import('./export.ts')).exportFor,
  },
  {
    name: 'import',
    arguments: '<what> <file>',
    summary: 'import by hand what the scheme gives us',
    description:
      'Takes a `certificate` of ours, the `hub-ca`, or a peer’s keys (`peer-jws`) from a file: PEM, DER, PKCS #7, PKCS #12 or a JSON Web Key Set; and `hub-csr`, the hub’s request for the certificate with which it calls us, which is signed by our CA and printed. Checked first as the Connection Manager client does: our key, chain, dates, usage. What was trusted stays so beside it, so that the other side can move to what is new, until --only ends that. The passphrase of a file comes from PM_PASSPHRASE or --passphrase-file. Where there is a Connection Manager it gives all that, and only its `client-secret` is taken in, and what alerts need (`client-secret --for alert-webhook`, `alert-email`).',
    options: [
      {
        flags: '--for <side>',
        description:
          'for certificate: client or server (default: client); for client-secret: connection-manager (the default), hub, alert-webhook (the key that signs alerts) or alert-email (the password of the mail server)',
      },
      { flags: '--peer <fspId>', description: 'for peer-jws: whose keys' },
      { flags: '--out <file>', description: 'for hub-csr: the certificate into this new file' },
      { flags: '--only', description: 'for hub-ca and peer-jws: distrust all others at once, to end an overlap' },
      { flags: '--passphrase-file <file>', description: 'file with the passphrase of a PKCS #12 file or private key' },
      { flags: '--by <name>', description: 'who (default: PM_OPERATOR, else the user of this machine)' },
      { flags: '--yes', description: 'do not ask for confirmation' },
      ...JOURNAL_OPTIONS,
    ],
    example: './pm import certificate greenbank-client.p7b',
    load: async () => (await import('./import.ts')).importFrom,
  },
  {
    name: 'onboard',
    arguments: '[environment]',
    summary: 'from installed to connected, with live progress and tests',
    description:
      'Walks an environment through business set-up, technical set-up and tests. With a Connection Manager everything is got by itself: by the running product, or by this command where none runs; without one it says which command is next. What fails is told with its reason, the server’s own words, and what to do. Last the connection is tested from end to end: TLS both ways, token, signature, a look-up through the hub, and with --pay a payment. Exit code 0 only when every test passed: then the DFSP is connected. See docs/onboarding.md.',
    options: [
      { flags: '--wait <seconds>', description: 'end when nothing has changed for this time (default: 60)' },
      { flags: '--party <party>', description: 'whom to look up, like MSISDN:27713803912 (default: a number that nobody has)' },
      { flags: '--pay <money>', description: 'pay that, like "1.00 USD", to --party: this moves money' },
      { flags: '--payer <party>', description: 'with --pay: from whose account, like MSISDN:27713803911' },
      { flags: '--yes', description: 'do not ask for confirmation' },
      { flags: '--json', description: 'one JSON object at the end instead of text' },
      REASON_OPTION,
      API_OPTION,
      ...JOURNAL_OPTIONS,
    ],
    example: './pm onboard sandbox',
    load: async () => (await import('./onboard.ts')).onboard,
  },
  {
    name: 'promote',
    arguments: '<from> <to>',
    summary: 'take over what was tried in one environment into another',
    description:
      'Shows in which keys two environments of the configuration differ, copies into the second what the first says and it does not yet (limits, time-outs, versions, what the core can do), after asking, and lists what must be made anew there. Addresses, identities, keys, secrets and what a sandbox lifts are never copied.',
    options: [
      { flags: '--config <file>', description: 'the configuration (default: PM_CONFIG_FILE, else payment-manager.yaml here)' },
      REASON_OPTION,
      API_OPTION,
      { flags: '--yes', description: 'do not ask for confirmation' },
      { flags: '--json', description: 'only show the difference, as one JSON object' },
    ],
    example: './pm promote sandbox production',
    load: async () => (await import('./promote.ts')).promote,
  },
];
