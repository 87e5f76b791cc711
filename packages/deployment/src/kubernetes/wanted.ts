/** What is to run in a cluster. */
export interface Wanted {
  /** Of every object; the first label of a DNS name. */
  readonly name: string;
  readonly image: string;
  /** The text of the configuration, without secrets. */
  readonly configuration: string;
  /** Which of its environments; absent: it has only one. */
  readonly environment?: string;
  readonly ports: { readonly inbound: number; readonly outbound: number; readonly operations: number; readonly management?: number };
  /** Two workloads on one PostgreSQL: replicas that take payments, and one process for people. Absent: each does all. */
  readonly split?: boolean;
  /** Which of the two; set by `manifests`. */
  readonly role?: 'payments' | 'management';
  /** How long it may take to leave: to be taken out of the service, and to finish what it has begun. Milliseconds. */
  readonly stopMs: number;
  /** How long it still takes new work when it is told to leave; absent: the configuration says it. Milliseconds. */
  readonly drainMs?: number;
  /** The data folder of its environment: `DATA_FOLDER`, or a folder in it. */
  readonly dataFolder: string;
  /** On PostgreSQL: so many replicas, and the secret with its URL (`url`) and the journal's key (`journal.key`). Absent: one, on a volume. */
  readonly postgres?: { readonly replicas: number; readonly secret: string };
  /** The secret whose members are variables (`PM_…`), and the one whose members are files in `/etc/payment-manager/secrets`; both may be absent in the cluster. */
  readonly variablesSecret: string;
  readonly filesSecret: string;
  /** The ConfigMap whose members are the peers' public keys, and the folder where they are wanted. It must be in the cluster. Absent: they are in a vault. */
  readonly peers?: { readonly configMap: string; readonly folder: string };
  /** The core connector: made into this ConfigMap, and mounted at this folder. Absent: there is none, or it is one of the image. */
  readonly connector?: { readonly configMap: string; readonly folder: string; readonly files: ConnectorFolder };
  /** The name under which the hub reaches us; absent: something else leads it to the service. */
  readonly host?: string;
  /** What the Ingress says of the controller that it is for: one of nginx, which passes TLS through. */
  readonly ingressClass: string;
  /** Size of the volume, `20Gi`. */
  readonly storage: string;
  /** On a volume of its own the folder of the journal's copies, whatever becomes of the data. Absent: none are made. */
  readonly copies?: { readonly folder: string; readonly storage: string };
  readonly extensions: {
    /** A Gateway whose listener passes TLS through; without a namespace it is in that of the manifests. */
    readonly gateway?: { readonly name: string; readonly namespace?: string };
    readonly monitor: boolean;
    /** At most so many replicas, by payments under way. */
    readonly autoscaleTo?: number;
  };
}

/** Text by path in the folder: `operations/party.get.yaml`. */
export type ConnectorFolder = ReadonlyMap<string, string>;

/** The member of a ConfigMap that holds a file of a connector's folder: members have no folders, the volume makes them. */
export function memberOf(path: string): string {
  return path.replaceAll('/', '.');
}

/** The claim of the volume for the journal's copies. */
export function claimOfCopies({ name }: Pick<Wanted, 'name'>): string {
  return `${name}-copies`;
}

/** How each object of one Payment Manager is found. */
export function labelsOf({ name }: Pick<Wanted, 'name'>): Record<string, string> {
  return { 'app.kubernetes.io/name': 'payment-manager', 'app.kubernetes.io/instance': name };
}

/** The doors of a process, by the names of its ports. */
export function doorsOf({ role, ports }: Pick<Wanted, 'role' | 'ports'>): readonly { readonly name: string; readonly port: number }[] {
  const { inbound, outbound, operations, management = 0 } = ports;
  const payments = [
    { name: 'inbound', port: inbound },
    { name: 'outbound', port: outbound },
  ];
  return [...(role === 'management' ? [{ name: 'management', port: management }] : payments), { name: 'operations', port: operations }];
}

export const CONFIG_FOLDER = '/etc/payment-manager';
export const CONFIG_FILE = `${CONFIG_FOLDER}/payment-manager.yaml`;
export const SECRETS_FOLDER = `${CONFIG_FOLDER}/secrets`;
export const DATA_FOLDER = '/var/lib/payment-manager';
/** The connectors that are in the image. */
export const IMAGE_CONNECTORS = '/opt/payment-manager/connectors';
