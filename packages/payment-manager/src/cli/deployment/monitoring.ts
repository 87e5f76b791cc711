import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { alertsDocument, monitoringFiles } from '@payment-manager/deployment';
import type { Command } from '../commands.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { style } from '../terminal.ts';

const root = fileURLToPath(new URL('../../../../../', import.meta.url));

/** `./pm monitoring [folder]`: rules for Prometheus and dashboards for Grafana. Without a folder the project's own copies are made anew. */
export const monitoring: Command = async ([folder], _options, terminal) => {
  const target = folder === undefined ? join(root, 'deploy') : resolve(terminal.workingFolder, folder);
  const files = monitoringFiles().map(({ path, text }) => ({ path: join(target, path), text }));
  const page = alertsDocument();
  if (folder === undefined) files.push({ path: join(root, page.path), text: page.text });
  for (const { path, text } of files) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    terminal.out(`${style.good('written')}  ${path}`);
  }
  return EXIT_CODES.ok;
};
