import type { LoadedConfig } from '@payment-manager/configuration';
import type { PromotionDoor } from '@payment-manager/management-api';
import { compareEnvironments, shownDifference, writePromotion } from '../onboarding/promotion.ts';
import { explained } from './explained.ts';

/** Over the file of this process’s configuration; undefined: it has not got several environments. */
export function promotionDoor({ file, environments }: Pick<LoadedConfig, 'file' | 'environments'>): PromotionDoor | undefined {
  if (file === undefined || environments.length < 2) return undefined;
  return {
    environments,
    compare: (from, to) =>
      explained(async () => ({ from, to, differences: (await compareEnvironments(file, from, to)).map(shownDifference) })),
    write: (from, to) =>
      explained(async () => {
        const differences = await compareEnvironments(file, from, to);
        const copied = differences.filter(({ verdict }) => verdict === 'copied');
        if (copied.length > 0) await writePromotion(file, to, differences);
        return { from, to, copied: copied.map(({ key }) => key.path) };
      }),
  };
}
