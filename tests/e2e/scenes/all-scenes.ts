import { lostMessageScenes } from './lost-messages.ts';
import { ordinaryScenes } from './ordinary.ts';
import { outageScenes } from './outages.ts';
import type { Scene } from './scene.ts';

/** The payment matrix. */
export const ALL_SCENES: readonly Scene[] = [...ordinaryScenes, ...lostMessageScenes, ...outageScenes];
