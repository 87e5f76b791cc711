import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { monitoringFiles, monitoringPages } from '@payment-manager/deployment';
import type { Command } from '../commands.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { style } from '../terminal.ts';

const root = fileURLToPath(new URL('../../../../../', import.meta.url));

/** `./pm monitoring [folder]`: rules for Prometheus and dashboards for Grafana. Without a folder the project's own copies are made anew. `--ask`: the panels’ queries are asked of a Prometheus instead. */
export const monitoring: Command = async ([folder], options, terminal) => {
  const { ask, at } = options;
  if (typeof ask === 'string') {
    const { askPanels } = await import('./ask-prometheus.ts');
    return askPanels(ask, typeof at === 'string' ? at : undefined, options['json'] === true, terminal);
  }
  const target = folder === undefined ? join(root, 'deploy') : resolve(terminal.workingFolder, folder);
  const files = monitoringFiles().map(({ path, text }) => ({ path: join(target, path), text }));
  if (folder === undefined) files.push(...monitoringPages().map(({ path, text }) => ({ path: join(root, path), text })));
  for (const { path, text } of files) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    terminal.out(`${style.good('written')}  ${path}`);
  }
  return EXIT_CODES.ok;
};
