import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { effective, isLoopback, type LoadedConfig } from '@payment-manager/configuration';
import { CONFIG_FOLDER, DATA_FOLDER, manifestsText, type Wanted } from '@payment-manager/deployment';
import type { Command, CommandOptions } from '../commands.ts';
import { configurationFile, loadConfiguration } from '../configuration-file.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import { connectorInPod } from './connector-in-pod.ts';
import { type PodPaths, podPaths } from './pod-paths.ts';

const DNS_LABEL = /^[a-z]([a-z0-9-]{0,50}[a-z0-9])?$/;
const GATEWAY = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\/)?[a-z]([a-z0-9-]{0,50}[a-z0-9])?$/;
const DNS_NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
const SIZE = /^[1-9]\d{0,4}[GT]i$/;
const IMAGE = /^[\w.:/@-]{1,255}$/;
const REPLICAS_MOST = 100;
/** Longer than a cluster needs to take a pod out of the service: replicas that have not said it drain for so long. */
const DRAIN_MS = 10_000;

/** `./pm kubernetes`: manifests, on standard output. */
export const kubernetes: Command = async (_args, options, terminal) => {
  const postgres = postgresOf(options);
  const split = options['split'] === true;
  if (split && postgres === undefined)
    throw new CommandFailed(EXIT_CODES.usage, '--split needs --postgres: what the two say to each other are rows of that database.');
  const there = inCluster(terminal, postgres !== undefined, split);
  const loaded = await loadConfiguration(configurationFile(options, terminal), there, CONFIG_FOLDER);
  const { file, config } = loaded;
  if (file === undefined)
    throw new CommandFailed(EXIT_CODES.usage, 'The cluster needs a configuration file: name it with --config. It becomes a ConfigMap.');
  const name = matching(options, 'name', DNS_LABEL) ?? config.fspId.toLowerCase();
  if (!DNS_LABEL.test(name))
    throw new CommandFailed(EXIT_CODES.usage, `'${name}' cannot be the name of objects in a cluster. Give one with --name.`);
  const image = matching(options, 'image', IMAGE);
  if (image === undefined)
    throw new CommandFailed(
      EXIT_CODES.usage,
      'Name the image with --image, as your nodes pull it: registry.example.org/payment-manager:VERSION (docs/operations/kubernetes.md).',
    );
  const variablesSecret = `${name}-variables`;
  const filesSecret = `${name}-files`;
  const paths = podPaths(config, { filesSecret, onPostgres: postgres !== undefined });
  mustFit(loaded, { variablesSecret, split, paths });
  const storage = matching(options, 'storage', SIZE) ?? '20Gi';
  const copiesStorage = matching(options, 'copiesStorage', SIZE);
  if (copiesStorage !== undefined && paths.copies === undefined)
    throw new CommandFailed(
      EXIT_CODES.usage,
      '--copies-storage is of the volume for journal.backup.folder, which the configuration does not name.',
    );
  const connector = await connectorOf(paths, file, !config.sandbox);
  const environment = typeof options['environment'] === 'string' ? options['environment'] : undefined;
  const host = matching(options, 'host', DNS_NAME);
  const gateway = gatewayOf(options);
  const ingressClass = matching(options, 'ingressClass', DNS_NAME);
  if (ingressClass !== undefined && (host === undefined || gateway !== undefined))
    throw new CommandFailed(EXIT_CODES.usage, '--ingress-class is of the Ingress: it needs --host, and goes not with --gateway.');
  const autoscaleTo = wholeUpTo(options, 'autoscaleTo', REPLICAS_MOST);
  if (autoscaleTo !== undefined && (postgres === undefined || autoscaleTo < postgres.replicas))
    throw new CommandFailed(EXIT_CODES.usage, '--autoscale-to is at least --replicas, and only for replicas on PostgreSQL.');
  if (gateway !== undefined && host === undefined)
    throw new CommandFailed(EXIT_CODES.usage, '--gateway needs --host, the name under which the hub reaches you.');
  const wanted: Wanted = {
    name,
    image,
    configuration: readFileSync(file, 'utf8'),
    ports: {
      inbound: config.inbound.port,
      outbound: config.outbound.port,
      operations: config.operations.port,
      ...(split && { management: config.management.port }),
    },
    split,
    ...leaving(loaded, postgres !== undefined),
    dataFolder: config.dataFolder,
    variablesSecret,
    filesSecret,
    ...(paths.peers !== undefined && { peers: { configMap: `${name}-peers`, folder: paths.peers } }),
    ...(connector !== undefined && { connector: { configMap: `${name}-connector`, ...connector } }),
    ingressClass: ingressClass ?? 'nginx',
    storage,
    ...(paths.copies !== undefined && { copies: { folder: paths.copies, storage: copiesStorage ?? storage } }),
    ...(environment !== undefined && { environment }),
    ...(postgres !== undefined && { postgres }),
    ...(host !== undefined && { host }),
    extensions: {
      monitor: options['monitor'] === true,
      ...(gateway !== undefined && { gateway }),
      ...(autoscaleTo !== undefined && { autoscaleTo }),
    },
  };
  terminal.out(manifestsText(wanted).trimEnd());
  return EXIT_CODES.ok;
};

/** The connector beside the configuration. One of the image is looked at where this installation has it, and needs nothing. */
async function connectorOf(
  { connector, template }: PodPaths,
  file: string,
  production: boolean,
): Promise<Omit<NonNullable<Wanted['connector']>, 'configMap'> | undefined> {
  const ours = fileURLToPath(new URL(`../../../../../connectors/${template}`, import.meta.url));
  if (template !== undefined && existsSync(ours)) await connectorInPod(ours, production);
  if (connector === undefined) return undefined;
  const here = join(dirname(file), relative(CONFIG_FOLDER, connector));
  return { folder: connector, files: await connectorInPod(here, production) };
}

/** A cluster tells a pod to leave while it still sends it work, so replicas drain unless the file says for how long. */
function leaving({ config, origins }: LoadedConfig, onPostgres: boolean): Pick<Wanted, 'stopMs' | 'drainMs'> {
  const { drainMs, graceMs } = config.shutdown;
  const said = ['file', 'overlay'].includes(origins.get('shutdown.drainMs') ?? '');
  return said || !onPostgres ? { stopMs: drainMs + graceMs } : { stopMs: DRAIN_MS + graceMs, drainMs: DRAIN_MS };
}

/** `NAME`, or `NAMESPACE/NAME`: whoever runs the cluster often keeps gateways in a namespace of their own. */
function gatewayOf(options: CommandOptions): Wanted['extensions']['gateway'] {
  const [name = '', namespace] = (matching(options, 'gateway', GATEWAY) ?? '').split('/').reverse();
  return name === '' ? undefined : { name, ...(namespace !== undefined && { namespace }) };
}

function postgresOf(options: CommandOptions): Wanted['postgres'] {
  const secret = matching(options, 'postgres', DNS_LABEL);
  const replicas = wholeUpTo(options, 'replicas', REPLICAS_MOST) ?? (secret === undefined ? 1 : 2);
  if (secret === undefined && replicas > 1)
    throw new CommandFailed(
      EXIT_CODES.usage,
      'Several replicas share a PostgreSQL: name the secret with its URL (url) and the journal’s key (journal.key) with --postgres. See docs/replicas.md.',
    );
  return secret === undefined ? undefined : { replicas, secret };
}

/** The configuration is judged as it will be read there. Its URL of PostgreSQL is not known here. */
function inCluster(terminal: Terminal, onPostgres: boolean, split: boolean): Terminal {
  const there = {
    PM_DATA_FOLDER: DATA_FOLDER,
    // it has the stricter demands of the two
    ...(split && { PM_ROLE: 'management' }),
    ...(onPostgres && { PM_JOURNAL_STORE: 'postgres', PM_JOURNAL_POSTGRES_URL: 'postgresql://payment_manager@127.0.0.1/payments' }),
  };
  return { ...terminal, environment: { ...terminal.environment, ...there } };
}

/** What would not work in a cluster, or would not be kept secret there. @throws CommandFailed (78) with all of it */
function mustFit(
  loaded: LoadedConfig,
  { variablesSecret, split, paths }: { variablesSecret: string; split: boolean; paths: PodPaths },
): void {
  const { config } = loaded;
  const doors = ['inbound', 'outbound', 'operations', ...(split ? (['management'] as const) : [])] as const;
  const secrets = effective(loaded).filter(
    ({ value, origin }) => value === '[secret]' && (origin === 'file' || origin.startsWith('environments.')),
  );
  const wrong = [
    ...doors
      .filter((door) => isLoopback(config[door].host))
      .map(
        (door) =>
          `${door}.host: nobody reaches ${config[door].host} of a pod from outside; set it to 0.0.0.0 (docs/operations/kubernetes.md).`,
      ),
    ...doors.filter((door) => config[door].port === 0).map((door) => `${door}.port: give it a number.`),
    ...secrets.map(
      ({ path }) =>
        `${path}: a ConfigMap is not for secrets; take it out of the file, and put it as a variable into the secret ${variablesSecret}.`,
    ),
    ...paths.wrong,
  ];
  if (wrong.length > 0)
    throw new CommandFailed(EXIT_CODES.config, `This configuration is not for a cluster:\n${wrong.map((line) => `  ${line}`).join('\n')}`);
}

function matching(options: CommandOptions, name: string, pattern: RegExp): string | undefined {
  const value = options[name];
  if (value === undefined) return undefined;
  if (typeof value === 'string' && pattern.test(value)) return value;
  throw new CommandFailed(EXIT_CODES.usage, `--${name} cannot be ${JSON.stringify(value)}; see ./pm kubernetes --help.`);
}

function wholeUpTo(options: CommandOptions, name: string, most: number): number | undefined {
  if (options[name] === undefined) return undefined;
  const value = Number(options[name]);
  if (Number.isSafeInteger(value) && value >= 1 && value <= most) return value;
  throw new CommandFailed(
    EXIT_CODES.usage,
    `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} is a whole number from 1 to ${most}.`,
  );
}
