import { ConfigInvalid } from './problem.ts';

/**
 * The format of `payment-manager.yaml`: it changes when a key gets another meaning, or one that was needed is not read any more. New keys are no new format.
 *
 * | format | what came with it |
 * |---|---|
 * | 1 | everything until now; a file that does not say its format is of it |
 */
export const CONFIG_FORMAT = 1;

/** A file of a later format is not judged by the rules of this one. @throws ConfigInvalid with that alone */
export function refuseNewerFormat(found: unknown): void {
  const format = typeof found === 'string' && /^\d{1,9}$/.test(found) ? Number(found) : found;
  if (typeof format !== 'number' || !Number.isInteger(format) || format <= CONFIG_FORMAT) return;
  throw new ConfigInvalid([
    {
      where: 'format',
      expected: `${CONFIG_FORMAT} or less: the formats that this version reads`,
      found: String(format),
      advice:
        'Run the version of Payment Manager that the file was written for; or use the file from before the upgrade (docs/operations/upgrade.md).',
    },
  ]);
}
