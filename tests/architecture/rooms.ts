/**
 * Which room may import which (ARCHITECTURE.md, "Rooms"). An arrow that is not here is an error; so is a room that is not
 * here.
 */
export const arrows: Readonly<Record<string, readonly string[]>> = {
  fspiop: [],
  runtime: ['fspiop'],
  deployment: [],
  database: ['runtime'],
  journal: ['database', 'runtime', 'fspiop'],
  messages: ['database', 'runtime'],
  configuration: ['database', 'runtime'],
  vault: ['configuration', 'database', 'runtime'],
  'connection-manager-client': ['configuration', 'vault', 'database', 'runtime'],
  credentials: ['configuration', 'connection-manager-client', 'vault', 'runtime'],
  engine: ['journal', 'runtime'],
  'core-connector': ['mojaloop-connector', 'engine', 'journal', 'messages', 'database', 'runtime', 'fspiop'],
  'mojaloop-connector': ['engine', 'journal', 'messages', 'database', 'runtime', 'fspiop'],
  'read-model': ['mojaloop-connector', 'journal', 'database', 'runtime', 'fspiop'],
  sandbox: ['database', 'runtime', 'fspiop'],
  simulator: ['sandbox', 'core-connector', 'mojaloop-connector', 'engine', 'journal', 'database', 'runtime', 'fspiop'],
  operations: [
    'core-connector',
    'mojaloop-connector',
    'credentials',
    'connection-manager-client',
    'vault',
    'configuration',
    'journal',
    'messages',
    'database',
    'runtime',
    'fspiop',
  ],
  // of the management API types alone: nothing of it comes into a browser
  portal: ['management-api', 'runtime'],
  'management-api': ['read-model', 'mojaloop-connector', 'configuration', 'database', 'runtime'],
  'payment-manager': [
    'deployment',
    'management-api',
    'read-model',
    'operations',
    'credentials',
    'configuration',
    'core-connector',
    'mojaloop-connector',
    'engine',
    'connection-manager-client',
    'vault',
    'journal',
    'messages',
    'database',
    'runtime',
    'fspiop',
  ],
  'local-scheme': ['payment-manager', 'sandbox', 'credentials', 'connection-manager-client', 'database', 'journal', 'runtime'],
  seed: ['mojaloop-connector', 'journal', 'fspiop', 'runtime'],
  bench: ['local-scheme', 'payment-manager', 'sandbox', 'seed', 'read-model', 'journal', 'database', 'runtime', 'fspiop'],
  commands: [
    'bench',
    'deployment',
    'seed',
    'simulator',
    'local-scheme',
    'sandbox',
    'payment-manager',
    'management-api',
    'configuration',
    'connection-manager-client',
    'core-connector',
    'mojaloop-connector',
    'runtime',
  ],
};

/**
 * Within large rooms: which folder may import which. Files directly in `src` put the folders together; the few that folders may import are named
 * here like folders. No circle is possible where each folder names only folders above it (a test looks).
 */
export const folderArrows: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'mojaloop-connector': {
    transfer: [],
    'core-client': ['transfer'],
    'hub-client': ['transfer'],
    admission: ['hub-client'],
    payee: ['core-client', 'hub-client', 'transfer'],
    payer: ['hub-client', 'transfer'],
    retention: ['payee', 'payer'],
    summary: ['payee', 'payer', 'transfer'],
    restored: ['payee', 'payer', 'hub-client', 'transfer'],
    'hub-api': ['restored', 'payee', 'payer', 'core-client', 'hub-client', 'transfer'],
    exceptions: ['restored', 'payee', 'payer', 'core-client', 'transfer'],
    reconcile: ['exceptions', 'transfer'],
    'api-pages': [],
    'core-api': ['api-pages', 'core-client'],
    'dfsp-api': ['core-api', 'api-pages', 'transfer'],
  },
  operations: {
    access: [],
    'configured-lead': [],
    alarms: ['configured-lead'],
    alerts: ['configured-lead'],
    anchor: ['alarms'],
    backup: [],
    retention: [],
    messages: [],
    support: [],
    tracing: [],
    doctor: ['access'],
    'readiness-test': ['doctor', 'access'],
    connection: ['readiness-test', 'alarms', 'configured-lead'],
    api: ['connection', 'readiness-test', 'alarms', 'retention', 'messages', 'access'],
  },
  'core-connector': {
    expression: [],
    codec: ['expression'],
    language: ['codec', 'expression'],
    run: ['language', 'codec', 'expression'],
    record: ['run', 'language', 'codec', 'expression'],
    'back-end': ['record', 'run', 'language', 'codec', 'expression'],
    door: ['record', 'run', 'language', 'codec', 'expression'],
    send: ['door', 'record', 'run', 'language', 'codec', 'expression'],
    'backend-api': ['door', 'record', 'language', 'codec', 'expression'],
    fixture: ['record', 'run', 'language', 'codec', 'expression'],
    replay: ['fixture', 'back-end', 'record', 'run', 'language', 'codec', 'expression'],
    loading: ['fixture', 'door', 'back-end', 'record', 'run', 'language', 'expression'],
    showing: ['loading', 'replay', 'fixture', 'back-end', 'record', 'run', 'language'],
    reference: ['certify', 'language', 'expression'],
    certify: ['fixture', 'send', 'door', 'back-end', 'record', 'run', 'language', 'codec', 'expression'],
    importing: ['language'],
    probe: ['certify', 'loading', 'door', 'record', 'run', 'language', 'codec', 'expression'],
  },
};

/** What tests of any room may use besides, since it knows none of those that use it: a hub, a Connection Manager and authorities to be tested against. */
export const roomForTests = 'sandbox';

/** The same for what runs in a browser: only there clocks, timers and the network of a browser are called. */
export const browserFolder = 'packages/portal/src/browser/';

/** The room whose libraries are in its build output: for who installs the product they are none of its dependencies. */
export const builtRoom = 'portal';

/** What only `runtime` may do, so that the simulator can run everything else on a virtual clock. */
export const bannedOutsideRuntime: readonly { readonly pattern: RegExp; readonly instead: string; readonly but?: RegExp }[] = [
  { pattern: /\bDate\.now\b/, instead: 'Clock.now' },
  { pattern: /\bnew Date\(\s*\)/, instead: 'Clock.now' },
  { pattern: /(?<!new )\bDate\(\s*\)/, instead: 'Clock.now' },
  { pattern: /\bMath\.random\b/, instead: 'Random.fraction' },
  { pattern: /\bset(?:Timeout|Interval|Immediate)\b/, instead: 'Timers.after' },
  { pattern: /\btimers\/promises\b/, instead: 'Timers.after' },
  { pattern: /(?<![.\w])fetch\(/, instead: 'HttpClient' },
  { pattern: /\bprocess\.hrtime\b/, instead: 'Clock.monotonic' },
  { pattern: /\bperformance\.now\b/, instead: 'Clock.monotonic' },
  { pattern: /\brandom(?:UUID|Bytes|Int|FillSync)\b/, instead: 'Random' },
  { pattern: /\bgetRandomValues\b/, instead: 'Random.bytes' },
  { pattern: /from '(?:undici|pino|prom-client)'/, instead: 'the interfaces of runtime' },
  { pattern: /from 'fastify'/, instead: 'the interfaces of runtime', but: /^packages\/management-api\/src\/server\// },
];

/** What nobody may write. */
export const bannedEverywhere: readonly {
  readonly pattern: RegExp;
  readonly why: string;
  readonly where: 'everywhere' | 'product code';
}[] = [
  { pattern: /@ts-(?:ignore|expect-error|nocheck)/, why: 'the type checker is not silenced', where: 'everywhere' },
  { pattern: /\b(?:TODO|FIXME|HACK)\b/, why: 'unfinished things belong into an issue', where: 'everywhere' },
  {
    pattern: /^import (?!type )[^;]*from 'node:http';/m,
    why: 'importing node:http loads 15 MB; see runtime/src/node-http.ts',
    where: 'product code',
  },
  { pattern: /(?::\s*|<|\bas )any\b(?=(?:\[\])?\s*(?:[;,)>=|&]|$))/m, why: 'no `any`', where: 'product code' },
  { pattern: /biome-ignore(?!(?:-all|-start|-end)?[^\n]*: \S)/, why: 'a silenced lint rule needs its reason', where: 'everywhere' },
];

/** Files of more than 350 lines, each with the reason why it is one thing. */
export const longFiles: Readonly<Record<string, string>> = {};

/** File names that say nothing about what is in the file. */
export const emptyNames = /(?:^|[/-])(?:utils?|helpers?|common|misc|managers?|stuff)\.ts$/;
