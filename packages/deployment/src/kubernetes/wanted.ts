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
  /** How long it may take to finish what it has begun. Milliseconds. */
  readonly stopMs: number;
  /** On PostgreSQL: so many replicas, and the secret with its URL (`url`) and the journal's key (`journal.key`). Absent: one, on a volume. */
  readonly postgres?: { readonly replicas: number; readonly secret: string };
  /** The secret whose members are variables (`PM_…`), and the one whose members are files in `/etc/payment-manager/secrets`; both may be absent in the cluster. */
  readonly variablesSecret: string;
  readonly filesSecret: string;
  /** The name under which the hub reaches us; absent: something else leads it to the service. */
  readonly host?: string;
  /** Size of the volume, `20Gi`. */
  readonly storage: string;
  readonly extensions: {
    /** The name of a Gateway whose listener passes TLS through. */
    readonly gateway?: string;
    readonly monitor: boolean;
    /** At most so many replicas, by payments under way. */
    readonly autoscaleTo?: number;
  };
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
export const DATA_FOLDER = '/var/lib/payment-manager';
