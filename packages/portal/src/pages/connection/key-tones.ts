import type { Tone } from '../../components/mark.tsx';

/** How a key stands, as a colour. */
export const KEY_TONES: Readonly<Record<string, Tone>> = {
  active: 'good',
  'pre-active': 'wait',
  retiring: 'still',
  compromised: 'bad',
  destroyed: 'still',
};
