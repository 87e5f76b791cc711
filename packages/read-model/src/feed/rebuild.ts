import type { Clock } from '@payment-manager/runtime';
import type { OpenedFeeder } from './source.ts';

/** How far rows are that are made anew. */
export interface RebuildProgress {
  /** From 0 to 1. */
  readonly done: number;
  /** A running product does it; else whoever asks. */
  readonly by: 'the product' | 'this command';
}

export interface RebuildDeps {
  readonly feeder: OpenedFeeder;
  readonly clock: Pick<Clock, 'monotonic'>;
  pause(ms: number): Promise<void>;
  onProgress(progress: RebuildProgress): void;
}

const LOOK_EVERY_MS = 500;
/** A running product that has not moved for so long does not run. */
const PATIENCE_MS = 3_000;

/**
 * Forgets all rows and waits until they are there again. A running product makes them, and this only looks; where none does, it is done here. Both at
 * once do no harm.
 */
export async function rebuild({ feeder, clock, pause, onProgress }: RebuildDeps): Promise<void> {
  await feeder.rebuild();
  let movedAt = clock.monotonic();
  let before = '';
  let alone = false;
  for (;;) {
    if (alone) {
      const { more, built } = await feeder.step();
      onProgress({ done: built ?? 1, by: 'this command' });
      if (!more) return;
      continue;
    }
    const place = await feeder.rows.place();
    const now = JSON.stringify(place);
    if (now !== before) movedAt = clock.monotonic();
    before = now;
    onProgress({ done: place?.building === undefined ? 1 : place.building.ordinal / place.building.until, by: 'the product' });
    if (place !== undefined && place.building === undefined) return;
    if (clock.monotonic() - movedAt > PATIENCE_MS) alone = true;
    await pause(LOOK_EVERY_MS);
  }
}
