import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { type Finding, findingsOf } from './finding.ts';

const findings = findingsOf('disk');

export interface DiskOrder {
  readonly dataFolder: string;
  readonly minimumFreeBytes: number;
}

/** Whether the data folder can be written, and has room. */
export async function lookAtDisk({ dataFolder, minimumFreeBytes }: DiskOrder): Promise<readonly Finding[]> {
  try {
    await access(dataFolder, constants.W_OK);
    const { bavail, bsize } = await statfs(dataFolder);
    const free = bavail * bsize;
    const shown = `${dataFolder}: ${Math.floor(free / 1_048_576)} MiB free`;
    return [
      free < minimumFreeBytes
        ? findings.failed(
            'space',
            shown,
            'Free disk space: below `operations.minimumFreeBytes` this process is not ready, and a write that fails refuses payments: docs/operations/disk-full.md.',
          )
        : findings.passed('space', shown),
    ];
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    if (code === 'ENOENT') return [findings.skipped('space', `${dataFolder} does not exist yet; the first start creates it`)];
    return [
      findings.failed(
        'space',
        `${dataFolder} cannot be written (${code})`,
        'Give this user write permission there, or correct `dataFolder`.',
      ),
    ];
  }
}
