import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { ConfigInvalid, configSchema, divide, listKeys, readTree, shown } from '@payment-manager/configuration';
import { type Difference, differencesOf, promoted, type Verdict } from '@payment-manager/connection-manager-client/onboarding';

/** One key in which two environments differ, as it may be shown. */
export interface ShownDifference {
  readonly path: string;
  readonly from: string;
  readonly to: string;
  readonly verdict: Verdict;
}

/** It cannot be done; the message says why. */
export class PromotionRefused extends Error {}

/**
 * In what two environments of a file differ.
 *
 * @throws ConfigInvalid; PromotionRefused where they are not two environments of it
 */
export async function compareEnvironments(file: string, from: string, to: string): Promise<readonly Difference[]> {
  const keys = listKeys(configSchema);
  const { overlays, problems } = divide(await readTree(file), keys);
  if (problems.length > 0) throw new ConfigInvalid(problems);
  const model = overlays?.get(from);
  if (from === to || overlays === undefined || model === undefined)
    throw new PromotionRefused(
      `'${from}' and '${to}' must be two environments of ${file}. It has ${[...(overlays?.keys() ?? [])].join(', ') || 'none: see docs/configuration.md, environments'}.`,
    );
  return differencesOf(keys, model, overlays.get(to) ?? {});
}

/** Secrets are masked. */
export function shownDifference({ key, from, to, verdict }: Difference): ShownDifference {
  const text = (value: unknown): string => (value === undefined ? '' : shown(key.path, value).replace(/^.*? (?=["[{\d]|true|false)/, ''));
  return { path: key.path, from: text(from), to: text(to), verdict };
}

/** Writes what may be copied, as a whole or not at all, with the rights that the file has. @throws PromotionRefused when it cannot be written, or has aliases in the way */
export async function writePromotion(file: string, to: string, differences: readonly Difference[]): Promise<void> {
  try {
    const text = await promoted(await readFile(file, 'utf8'), to, differences);
    const { mode } = await stat(file);
    const temporary = `${file}.new`;
    await writeFile(temporary, text, { mode });
    await rename(temporary, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === undefined ? 'it has aliases where something is to be written' : `it cannot be written: ${code}`;
    throw new PromotionRefused(`${file} was not changed (${why}). Copy the keys above by hand.`);
  }
}
