import { readFile, rename, writeFile } from 'node:fs/promises';
import { type AlarmLedger, EMPTY_LEDGER } from './alarm-ledger.ts';

/** Where the ledger outlives the process. */
export interface LedgerStore {
  /** The empty one when there is none, or none that can be read: then what stands is told once more. */
  read(): Promise<AlarmLedger>;
  /** As a whole or not at all. Rejects with what the file system says. */
  write(ledger: AlarmLedger): Promise<void>;
}

/** A file of this process alone. */
export function ledgerFile(file: string): LedgerStore {
  return {
    async read() {
      try {
        return ledgerOf(JSON.parse(await readFile(file, 'utf8')));
      } catch {
        return EMPTY_LEDGER;
      }
    },
    async write(ledger) {
      const temporary = `${file}.new`;
      await writeFile(temporary, JSON.stringify(ledger), { mode: 0o600 });
      await rename(temporary, file);
    },
  };
}

function ledgerOf({ known, owed }: Partial<AlarmLedger>): AlarmLedger {
  return typeof known === 'object' && known !== null && Array.isArray(owed) ? { known, owed } : EMPTY_LEDGER;
}
