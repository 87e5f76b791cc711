import type { CommandEntry } from '../commands.ts';
import { ENVIRONMENT_OPTION } from '../usual-options.ts';

/** Commands that bring Payment Manager to where it runs. */
export const deploymentCommands: readonly CommandEntry[] = [
  {
    name: 'install-service',
    arguments: '',
    summary: 'run it as a service of systemd, with its own user and few rights; --uninstall',
    description:
      'Writes and starts a unit of systemd: a user of its own, a file system that it can only read but for its data folder, a limit of memory. As root. The configuration is checked first. --print shows the unit and changes nothing. --uninstall stops and removes it; configuration and data stay.',
    options: [
      { flags: '--config <file>', description: 'the configuration (default: PM_CONFIG_FILE, else payment-manager.yaml here)' },
      ENVIRONMENT_OPTION,
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
    name: 'monitoring',
    arguments: '[folder]',
    summary: 'rules for Prometheus and dashboards for Grafana',
    description:
      'Writes alert rules with their unit tests (promtool test rules) and dashboards into the folder. Without one, the project’s own copies under deploy/ and docs/operations/alerts.md, which says what to do at each alert.',
    options: [],
    example: './pm monitoring /etc/prometheus/payment-manager',
    load: async () => (await import('./monitoring.ts')).monitoring,
  },
];
