import { type CommandEntry, FOLDER_OPTION } from '@payment-manager/payment-manager';

const WRITE_OPTION = { flags: '--write', description: 'put it into ARCHITECTURE.md instead' };

/** What proves the product, and measures it, in the order in which the help lists them. */
export const developmentCommands: readonly CommandEntry[] = [
  {
    name: 'test',
    arguments: '[patterns...]',
    summary: 'type check, lint, and all tests',
    description:
      'Checks types, lint and the architecture, and runs every test. Patterns (files, folders or globs, from the root) run only those test files. Says at the end what was skipped, and why. Ctrl-C, SIGTERM and SIGHUP end all that was started: what failed so far is told, and what did not run; exit code 130, 143 or 129.',
    options: [
      {
        flags: '--under-load',
        description: 'while one program takes a core and another writes to the disk without pause: nothing may fail',
      },
    ],
    example: "./pm test 'packages/fspiop/**/*.test.ts'",
    load: async () => (await import('./test/test.ts')).test,
  },
  {
    name: 'bench',
    arguments: '',
    summary: 'measure payments per second, latency and CPU on this machine',
    description: 'Runs payer, payee and a stub hub with signatures, mutual TLS and durability on, and prints what a payment costs.',
    options: [
      { flags: '--quick', description: 'two minutes, concurrency 50 only' },
      { flags: '--overload', description: 'instead: twice and five times what a payer and a payee can do, and a slow core' },
      {
        flags: '--portal',
        description:
          'instead: what the read model costs, and how long every question of the portal takes, warm and cold, with --payments payments (default: 100000)',
      },
      {
        flags: '--seeded <number>',
        description: 'with --portal: so many are fed from a journal, the others filled in like them (default: 20000)',
      },
      { flags: '--cold <number>', description: 'with --portal: how often each question is asked cold (default: 3)' },
      {
        flags: '--sketch',
        description: 'instead: product and bare sketch in turn, in many short rounds; their ratio, and CPU by thread',
      },
      { flags: '--against <folder>', description: 'with --sketch: the product of the version in this folder, too' },
      { flags: '--without-messages', description: 'with --sketch: the product that keeps no messages, too' },
      { flags: '--with-portal', description: 'with --sketch: the product with its portal and read model, too' },
      { flags: '--rounds <number>', description: 'with --sketch: how many (default: 12; with --quick: 3)' },
      { flags: '--json', description: 'one JSON object instead of tables' },
      { flags: '--scenario <scenario>', description: 'both, payer or payee (default: all three)' },
      { flags: '--concurrency <numbers>', description: 'payments at once, separated by commas (default: 1,10,50,200)' },
      { flags: '--payments <number>', description: 'payments per run (default: as many as go into ten seconds)' },
      { flags: '--postgres', description: 'journals in a PostgreSQL that is started for it, instead of files; with --sketch: besides' },
      { flags: '--workers <numbers>', description: 'with --postgres: processes of each Payment Manager, separated by commas (default: 1)' },
      {
        flags: '--confirm <values>',
        description:
          'the payee alone, whose core credits at the prepare, with each of these values of core.confirmAcknowledged in turn: always, near-expiration, never',
      },
      {
        flags: '--connector <folder>',
        description:
          'instead: the payee alone, with the core over HTTP and by this connector, in turn, and what the connector costs more: rest-core',
      },
      {
        flags: '--soak',
        description:
          'instead: payer and payee at a steady rate for long; whether memory, handles or disk grow, and retention keeps the disk bounded',
      },
      {
        flags: '--footprint',
        description: 'instead: memory, CPU, files and the time to be ready of a product that does nothing, without and with its portal',
      },
      { flags: '--rate <number>', description: 'with --soak: payments a second (default: 100)' },
      { flags: '--minutes <number>', description: 'with --soak: for how long (default: 30)' },
      { flags: '--record <file>', description: 'with --soak: keep what the processes’ metrics said, for ./pm monitoring’s test' },
      { flags: '--folder <folder>', description: 'put the journals below this folder (default: a temporary folder)' },
    ],
    example: './pm bench --quick',
    load: async () => (await import('@payment-manager/bench')).bench,
  },
  {
    name: 'simulate',
    arguments: '',
    summary: 'run the product in a simulated world where everything breaks, and check the rules of money',
    description:
      'Runs whole schemes on a virtual clock, one per seed: lost and late messages, crashes, full disks, clocks that jump, hubs that lie. A seed that breaks a rule is shrunk to the shortest history. Ctrl-C ends it with the report of what was run. Exit code 1 on a violation.',
    options: [
      { flags: '--seeds <number>', description: 'how many (default: 500; with --seed: 1)' },
      { flags: '--seed <number>', description: 'the first one (default: 1)' },
      { flags: '--json', description: 'one JSON object instead of text' },
    ],
    example: './pm simulate --seeds 10000',
    load: async () => (await import('./simulation.ts')).simulate,
  },
  {
    name: 'explore',
    arguments: '',
    summary: 'walk every reachable state of one payment, and check the rules of money in each',
    description:
      'Breadth first over both flows, for every combination of what a core can do: all orders of inputs, duplicates, losses, time-outs, contradictions and crashes. Prints states, transitions and depth, or the shortest path to a violation (exit code 1).',
    options: [
      { flags: '--quick', description: 'one core of each kind instead of every combination' },
      { flags: '--dot', description: 'print the graphs of stages for Graphviz instead' },
      { flags: '--json', description: 'one JSON object instead of text' },
      { flags: '--page', description: 'write lab/simulator/docs/flows.md anew instead' },
      { flags: '--check-merging', description: 'look besides whether states that count as one behave alike; some three times as long' },
    ],
    example: './pm explore --quick',
    load: async () => (await import('./simulation.ts')).explore,
  },
  {
    name: 'drill',
    arguments: '<what>',
    summary: 'practise a bad day: restore, failures',
    description:
      'Each in a sandbox of its own. `restore`: greenbank pays and is paid, its journal is copied, it pays on, is killed with a payment under way, and the copy is put back. Then what an operator does: the hub’s report is read in, the mark lifted. Says how old the copy was (RPO), how long it took (RTO), what the mark refuses, and of each payment that the copy did not know whether the journal says now what the hub says. Exit code 1 where it does not. `failures`: the payments of ./pm traffic, and meanwhile the hub, then greenbank’s core, then its disk fails for an eighth of the time each: a hub that takes no connection, a core that answers 503 and then nothing, a file system without room (a small one of its own, mounted in a namespace of its own: Linux, no root). Then it photographs the portal with a Chromium, and says what failed when, what became of the payments, whether cores, hub and journals agree, and how many incidents people were told of. Exit code 1 where money is lost or doubled, or there is not one incident for each failure.',
    options: [
      { flags: '--payments <number>', description: 'restore: of each direction, before the copy and after it', default: '10' },
      { flags: '--json', description: 'restore: one JSON object instead of text' },
      { flags: '--minutes <number>', description: 'failures: for so long, 3 to 1440 (default: 60)' },
      { flags: '--rate <number>', description: 'failures: payments a second, 1 to 100 (default: 4)' },
      { flags: '--out <folder>', description: 'failures: where pictures, texts and report.json go (default: drill-failures)' },
      { flags: '--base-port <port>', description: 'failures: first of the ports that are used; 0 takes free ones', default: '0' },
      { flags: '--folder <folder>', description: 'failures: keep the sandbox there, to look at it with ./pm start --folder' },
    ],
    example: './pm drill restore',
    load: async () => (await import('./drill/drill.ts')).drill,
  },
  {
    name: 'seed',
    arguments: '',
    summary: 'write payments that never happened into the journal of a stopped product, for measurements',
    description:
      'Writes so many payments, half of them made and half received, with failures at every hop, spread over the days until now, into the journal that the configuration names. Never into a journal with real payments: one that has any is refused without --add.',
    options: [
      { flags: '--payments <number>', description: 'how many' },
      { flags: '--days <number>', description: 'the time over which they are spread (default: 90)' },
      { flags: '--seed <number>', description: 'the same number gives the same payments (default: 1)' },
      { flags: '--add', description: 'also into a journal that has payments; with another --seed' },
      { flags: '--config <file>', description: 'the configuration (default: PM_CONFIG_FILE, else payment-manager.yaml here)' },
      { flags: '--fsp <fspId>', description: 'this DFSP of the sandbox instead' },
      FOLDER_OPTION,
    ],
    example: './pm seed --payments 1000000 --config test.yaml',
    load: async () => (await import('./seed.ts')).seed,
  },
  {
    name: 'pack',
    arguments: '[target]',
    summary: 'make an installation with what runs a Payment Manager, and nothing else',
    description:
      'Puts the product with its documents into a folder, or into one file (a name that ends in .tgz; default: payment-manager-VERSION.tgz here): without the lab and without tests, with a package-lock.json of its own in which only what the product imports stands, in the versions and with the hashes of this project. See docs/operations/installing.md.',
    options: [],
    example: './pm pack payment-manager.tgz',
    load: async () => (await import('./pack/pack.ts')).pack,
  },
  {
    name: 'image',
    arguments: '[folder]',
    summary: 'build the images for containers, or run them: --verify',
    description:
      'Builds `payment-manager` (what ./pm pack makes) and `payment-manager-sandbox` (with the scheme to try it with) with buildah, podman or docker, whichever answers first, and puts each as one compressed file into the folder (default: .pm/images), with its bill of materials (CycloneDX), its list of licences, and checksums. The base is made from Debian’s packages (mmdebstrap); no registry of images is asked, unless --base names one’s image. With --verify, instead: runs what was built with little memory and few rights, pays, kills it, starts it on the same data, pays again, and reports sizes, times and memory. See docs/operations/containers.md.',
    options: [
      { flags: '--base <image>', description: 'the base: an image with glibc and libstdc++' },
      { flags: '--engine <engine>', description: 'buildah, podman or docker (default: the first that answers)' },
      {
        flags: '--platform <platform>',
        description: 'linux/amd64 or linux/arm64 (default: this machine’s); another one needs an emulator (qemu-user-static)',
      },
      { flags: '--verify', description: 'run what was built, and pay' },
      { flags: '--base-port <port>', description: 'with --verify: first of the ports that are used', default: '4600' },
      { flags: '--json', description: 'with --verify: one JSON object instead of text' },
    ],
    example: './pm image && ./pm image --verify',
    load: async () => (await import('./image/image.ts')).image,
  },
  {
    name: 'tree',
    arguments: '',
    summary: 'the rooms and their folders, with a line for each',
    description:
      'Prints the tree at depth three: wings, rooms, folders. The lines are those of the table of rooms in ARCHITECTURE.md and of each room’s README.md; a room or folder that has none is an error.',
    options: [WRITE_OPTION],
    example: './pm tree',
    load: async () => (await import('./architecture/tree.ts')).tree,
  },
  {
    name: 'walk',
    arguments: '<what>',
    summary: 'the files of the product in the order in which they act: payer, payee or renewal',
    description:
      'Lets one payment (as its payer’s Payment Manager sees it, or its payee’s) or one renewal of a client certificate happen in a sandbox of its own, follows the running product through its functions, and lists its files in the order in which they act for the first time, by what came in.',
    options: [WRITE_OPTION],
    example: './pm walk payer',
    load: async () => (await import('./walk/walk.ts')).walk,
  },
  {
    name: 'lines',
    arguments: '[commit]',
    summary: 'lines of production code by room, what proves it apart',
    description: 'Counts the lines of TypeScript without tests, by room. With a commit: then, and now.',
    options: [],
    example: './pm lines 5773dd1',
    load: async () => (await import('./architecture/lines.ts')).lines,
  },
];
