import { useEffect, useState } from 'react';
import { each, now } from '../browser/page-clock.ts';

const EACH_MS = 30_000;

/** Now, for what says how long something lasts; renewed each half minute. */
export function useNow(): number {
  const [at, setAt] = useState(now);
  useEffect(() => each(EACH_MS, () => setAt(now())), []);
  return at;
}
