import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { EXIT_CODES, nodeOptions } from '@payment-manager/payment-manager';
import { ask, type FailuresReport } from './failures-drill.ts';

/** The portal's own browser and libraries make the pictures; they are in no installation. */
const TOOL = fileURLToPath(new URL('../../../../../packages/portal/tools/failure-pictures.ts', import.meta.url));

/** Photographs the pages of the struck DFSP’s portal. Rejects where the browser does not do it. */
export async function takePictures({
  folder,
  out,
  report: { from, to, away },
}: {
  readonly folder: string;
  readonly out: string;
  readonly report: FailuresReport;
}): Promise<void> {
  const { link } = await ask(folder, 'POST /api/local/sandbox-link', { role: 'engineer' });
  const order = { out, link, from, to, away: away.map(({ failure, from: since, to: until }) => ({ failure, from: since, to: until })) };
  const child = spawn(process.execPath, [...nodeOptions, TOOL, JSON.stringify(order)], { stdio: 'inherit' });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  if (code !== EXIT_CODES.ok) throw new Error(`the pictures could not be taken: ${TOOL} ended with ${code}`);
}
