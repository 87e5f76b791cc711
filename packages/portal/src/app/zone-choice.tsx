import type { ReactElement } from 'react';
import { useMe } from '../api/me.ts';
import { useFrameTexts } from '../text/frame/frame-texts.ts';
import { chooseZone, useShownZone } from '../text/zone.ts';
import { Choices } from './choices.tsx';
import styles from './shell.module.css';

/** UTC, or the zone of the business day; only its name where they are the same. */
export function ZoneChoice(): ReactElement {
  const { zone, zoneUtc } = useFrameTexts();
  const { businessDay } = useMe().process;
  const chosen = useShownZone();
  if (businessDay.zone === 'UTC') return <span className={styles['zone']}>{zoneUtc}</span>;
  const options = { business: businessDay.zone.replace(/^.*\//, '').replaceAll('_', ' '), utc: zoneUtc };
  return <Choices label={zone} options={options} chosen={chosen} choose={chooseZone} />;
}
