import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Beside a connector: what its last certification came to. */
export const CERTIFIED = 'certification.json';

interface Sums {
  readonly connector: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly payments: number;
  readonly seconds: number;
}

/** `certification.json`. */
export interface KeptCertification extends Sums {
  /** Of the connector's files: that of others says nothing of these. */
  readonly version: string;
  /** ISO 8601. */
  readonly at: string;
  readonly failedCases: readonly { readonly id: string; readonly name: string }[];
}

/** Keeps the result of a whole certification beside the connector. `at`: milliseconds since the epoch. */
export async function keepCertification(
  folder: string,
  { version, at }: { readonly version: string; readonly at: number },
  certification: Sums & { readonly cases: readonly { readonly id: string; readonly name: string; readonly result: string }[] },
): Promise<void> {
  const { connector, passed, failed, skipped, cases, payments, seconds } = certification;
  const kept: KeptCertification = {
    ...{ connector, version, at: new Date(at).toISOString(), passed, failed, skipped, payments, seconds },
    failedCases: cases.flatMap(({ id, name, result }) => (result === 'failed' ? [{ id, name }] : [])),
  };
  await writeFile(join(folder, CERTIFIED), `${JSON.stringify(kept, undefined, 2)}\n`);
}
