import type { IContainer } from 'kubernetes-models/v1/Container';
import type { IPodTemplateSpec } from 'kubernetes-models/v1/PodTemplateSpec';
import type { IVolume } from 'kubernetes-models/v1/Volume';
import { CONFIG_FILE, claimOfCopies, DATA_FOLDER, doorsOf, labelsOf, memberOf, SECRETS_FOLDER, type Wanted } from './wanted.ts';

/** Who it runs as in the image; the volume is given to this group. */
const USER = 1000;
/** Keys are read by owner and group, and by nobody else. */
const SECRET_MODE = 0o440;

/** A pod with one process: no rights, nothing to write to but its data and a small `/tmp`. */
export function podTemplate(wanted: Wanted): IPodTemplateSpec {
  const { name, postgres, filesSecret, copies } = wanted;
  const labels = labelsOf(wanted);
  return {
    metadata: { labels },
    spec: {
      serviceAccountName: name,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: Math.ceil(wanted.stopMs / 1_000) + 10,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: USER,
        runAsGroup: USER,
        fsGroup: USER,
        fsGroupChangePolicy: 'OnRootMismatch',
        seccompProfile: { type: 'RuntimeDefault' },
      },
      ...(postgres !== undefined && {
        topologySpreadConstraints: ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((topologyKey) => ({
          maxSkew: 1,
          topologyKey,
          whenUnsatisfiable: 'ScheduleAnyway',
          labelSelector: { matchLabels: labels },
        })),
      }),
      containers: [container(wanted)],
      volumes: [
        { name: 'configuration', configMap: { name } },
        { name: 'secrets', secret: { secretName: filesSecret, optional: true, defaultMode: SECRET_MODE } },
        { name: 'temporary', emptyDir: { sizeLimit: '64Mi' } },
        ...ownFolders(wanted).map(({ volume }) => volume),
        ...(postgres === undefined
          ? copies === undefined
            ? []
            : [{ name: 'copies', persistentVolumeClaim: { claimName: claimOfCopies(wanted) } }]
          : [
              { name: 'data', emptyDir: { sizeLimit: '1Gi' } },
              {
                name: 'journal-key',
                secret: { secretName: postgres.secret, items: [{ key: 'journal.key', path: 'journal.key' }], defaultMode: SECRET_MODE },
              },
            ]),
      ],
    },
  };
}

function container(wanted: Wanted): IContainer {
  const { image, postgres, copies } = wanted;
  const probe = (path: string) => ({ httpGet: { path, port: 'operations' } });
  return {
    name: 'payment-manager',
    image,
    args: ['run', '--config', CONFIG_FILE],
    env: environment(wanted),
    envFrom: [{ secretRef: { name: wanted.variablesSecret, optional: true } }],
    ports: doorsOf(wanted).map(({ name, port }) => ({ name, containerPort: port })),
    // what was begun before a restart is looked through first: a journal with many open payments takes its time
    startupProbe: { ...probe('/health/live'), periodSeconds: 2, failureThreshold: 60 },
    livenessProbe: { ...probe('/health/live'), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
    readinessProbe: { ...probe('/health/ready'), periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 2 },
    resources: { requests: { cpu: '250m', memory: '192Mi' }, limits: { memory: '512Mi' } },
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
    volumeMounts: [
      { name: 'configuration', mountPath: CONFIG_FILE, subPath: 'payment-manager.yaml', readOnly: true },
      { name: 'secrets', mountPath: SECRETS_FOLDER, readOnly: true },
      { name: 'temporary', mountPath: '/tmp' },
      ...ownFolders(wanted).map(({ volume: { name }, folder }) => ({ name, mountPath: folder, readOnly: true })),
      ...(postgres === undefined
        ? [{ name: 'data', mountPath: DATA_FOLDER }, ...(copies === undefined ? [] : [{ name: 'copies', mountPath: copies.folder }])]
        : [
            // a folder made for the sake of the key alone would belong to root, and nothing else could be put there
            { name: 'data', mountPath: wanted.dataFolder },
            { name: 'journal-key', mountPath: `${wanted.dataFolder}/journal.key`, subPath: 'journal.key', readOnly: true },
          ]),
    ],
  };
}

/** Folders that the configuration names, each of a ConfigMap of its own: nothing else is in them. */
function ownFolders({ peers, connector }: Wanted): readonly { readonly volume: IVolume; readonly folder: string }[] {
  return [
    ...(peers === undefined ? [] : [{ volume: { name: 'peers', configMap: { name: peers.configMap } }, folder: peers.folder }]),
    ...(connector === undefined
      ? []
      : [
          {
            volume: {
              name: 'connector',
              configMap: {
                name: connector.configMap,
                items: [...connector.files.keys()].map((path) => ({ key: memberOf(path), path })),
              },
            },
            folder: connector.folder,
          },
        ]),
  ];
}

function environment({ environment: name, postgres, role, drainMs }: Wanted): NonNullable<IContainer['env']> {
  return [
    { name: 'PM_DATA_FOLDER', value: DATA_FOLDER },
    ...(role === undefined ? [] : [{ name: 'PM_ROLE', value: role }]),
    ...(name === undefined ? [] : [{ name: 'PM_ENVIRONMENT', value: name }]),
    ...(drainMs === undefined ? [] : [{ name: 'PM_SHUTDOWN_DRAIN_MS', value: `${drainMs}` }]),
    ...(postgres === undefined
      ? []
      : [
          { name: 'PM_JOURNAL_STORE', value: 'postgres' },
          { name: 'PM_JOURNAL_POSTGRES_URL', valueFrom: { secretKeyRef: { name: postgres.secret, key: 'url' } } },
          { name: 'PM_JOURNAL_REPLICA_ID', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        ]),
  ];
}
