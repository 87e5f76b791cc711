import { open, readFile, rename } from 'node:fs/promises';
import type { AlertStore, StoredIncidents } from './alert-store.ts';
import type { Incidents } from './incident.ts';

/** A file of this process alone; it is written as a whole, and on the disk before a write resolves. One that cannot be read is as none. */
export function fileStore(file: string): AlertStore {
  let kept: StoredIncidents | undefined;
  const read = async (): Promise<StoredIncidents> => {
    kept ??= { incidents: await incidentsIn(file), version: 0 };
    return kept;
  };
  return {
    read,
    async write(incidents, seen) {
      const { version } = await read();
      if (version !== seen) return false;
      kept = { incidents, version: version + 1 };
      const handle = await open(`${file}.new`, 'w', 0o600);
      try {
        await handle.writeFile(JSON.stringify(incidents));
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(`${file}.new`, file);
      return true;
    },
    close: async () => {},
  };
}

async function incidentsIn(file: string): Promise<Incidents> {
  try {
    const read: unknown = JSON.parse(await readFile(file, 'utf8'));
    return Array.isArray(read) ? (read as Incidents) : [];
  } catch {
    return [];
  }
}
