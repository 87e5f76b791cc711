import type { ReactElement } from 'react';
import { useLive, useLiveNews } from '../api/live.ts';
import { useFormats } from '../text/formats.ts';
import { useFrameTexts } from '../text/frame/frame-texts.ts';
import styles from './shell.module.css';

const BEHIND_SHOWN_MS = 1_000;

/** Whether news come, and how far the lists are behind where that is more than a second. */
export function LiveMark(): ReactElement {
  useLiveNews();
  const { state, behindMs } = useLive();
  const { live } = useFrameTexts();
  const { duration } = useFormats();
  const isBehind = state === 'live' && behindMs > BEHIND_SHOWN_MS;
  return (
    <span className={styles['live']} data-state={isBehind ? 'behind' : state} role="status">
      {isBehind ? live.behind(duration(behindMs)) : live[state]}
    </span>
  );
}
