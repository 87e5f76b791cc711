import type { CommandEntry } from '../commands.ts';
import { ENVIRONMENT_OPTION } from '../usual-options.ts';

/** Commands that bring Payment Manager to where it runs. */
export const deploymentCommands: readonly CommandEntry[] = [
  {
    name: 'install-service',
    arguments: '',
    summary: 'run it as a service of systemd, with its own user and few rights; --uninstall',
    description:
      'Writes and starts a unit of systemd: a user of its own, a file system that it can only read but for its data folder, a limit of memory. As root. The configuration is checked first, with the variables that the unit gives: those in the files `secrets` and `NAME.env` beside it. One that runs is restarted; whether it still runs after six seconds is told. --print shows the unit and changes nothing. --uninstall stops and removes it; configuration and data stay.',
    options: [
      { flags: '--config <file>', description: 'the configuration (default: PM_CONFIG_FILE, else payment-manager.yaml here)' },
      ENVIRONMENT_OPTION,
      { flags: '--name <name>', description: 'of the unit: several of one machine have one each', default: 'payment-manager' },
      {
        flags: '--role <role>',
        description: 'payments or management, with the journal in PostgreSQL (default: as the configuration says)',
      },
      { flags: '--user <name>', description: 'the user that it runs as, made when it is missing', default: 'payment-manager' },
      { flags: '--memory <limit>', description: 'more memory than this ends it', default: '1G' },
      { flags: '--program <file>', description: 'the pm to start (default: this one; a symbolic link survives upgrades)' },
      { flags: '--print', description: 'show the unit, change nothing' },
      { flags: '--uninstall', description: 'stop it and remove the unit' },
    ],
    example: './pm install-service --config /etc/payment-manager/payment-manager.yaml --program /opt/payment-manager/current/pm',
    load: async () => (await import('./install-service.ts')).installService,
  },
  {
    name: 'kubernetes',
    arguments: '',
    summary: 'manifests for Kubernetes: one process on a volume, or replicas on PostgreSQL',
    description:
      'Prints manifests for `kubectl apply -f -`: a StatefulSet with one process and a volume, or with --postgres a Deployment of several; service, network policy, disruption budget, and an Ingress that passes TLS through where --host is given. The configuration becomes a ConfigMap and is checked first, and so does the folder of a core connector; secrets stay out of it. Nothing is sent to a cluster.',
    options: [
      { flags: '--config <file>', description: 'the configuration (default: PM_CONFIG_FILE, else payment-manager.yaml here)' },
      ENVIRONMENT_OPTION,
      { flags: '--name <name>', description: 'of every object (default: the fspId)' },
      { flags: '--image <image>', description: 'the image, as the nodes pull it; must be given' },
      { flags: '--host <name>', description: 'the name under which the hub reaches you' },
      { flags: '--postgres <secret>', description: 'replicas on PostgreSQL; the secret with `url` and `journal.key`' },
      { flags: '--replicas <number>', description: 'how many (default: 2 on PostgreSQL, else 1)' },
      {
        flags: '--split',
        description: 'on PostgreSQL: replicas for payments and one process for people, as docs/operations/roles.md says',
      },
      { flags: '--storage <size>', description: 'of the volume', default: '20Gi' },
      {
        flags: '--copies-storage <size>',
        description: 'of the volume of journal.backup.folder: journal.backup.keep copies and one more (default: as --storage)',
      },
      { flags: '--ingress-class <name>', description: 'of the Ingress: a controller of nginx that passes TLS through (default: nginx)' },
      { flags: '--gateway <name>', description: 'a TLSRoute of this Gateway, NAME or NAMESPACE/NAME, instead of an Ingress' },
      { flags: '--monitor', description: 'a ServiceMonitor and a PrometheusRule too, for the operator of Prometheus' },
      { flags: '--autoscale-to <number>', description: 'an autoscaler too, up to so many replicas, by payments under way' },
    ],
    example:
      './pm kubernetes --config payment-manager.yaml --image registry.example.org/payment-manager:0.1.0 --host connector.example.org | kubectl apply -f -',
    load: async () => (await import('./kubernetes.ts')).kubernetes,
  },
  {
    name: 'monitoring',
    arguments: '[folder]',
    summary: 'rules for Prometheus and dashboards for Grafana',
    description:
      'Writes alert rules with their unit tests (promtool test rules) and dashboards into the folder. Without one, the project’s own copies under deploy/ and docs/operations/alerts.md and docs/operations/alarms.md, which say what to do at each alert and each alarm. With --ask, instead: asks a Prometheus each query of each panel, and shows what came of it; nothing is written.',
    options: [
      { flags: '--ask <url>', description: 'ask this Prometheus the queries of all panels; exit code 1 where it refuses one' },
      { flags: '--at <instant>', description: 'with --ask: as of then, such as 2026-01-01T06:00:00Z' },
      { flags: '--json', description: 'with --ask: one JSON array instead of a table' },
    ],
    example: './pm monitoring /etc/prometheus/payment-manager',
    load: async () => (await import('./monitoring.ts')).monitoring,
  },
];
