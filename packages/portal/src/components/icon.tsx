import type { ReactElement } from 'react';

/** Drawn in a square of 20, by lines. */
const PATHS = {
  payments: 'M3 7h12m-3-3 3 3-3 3M17 13H5m3-3-3 3 3 3',
  exceptions: 'M10 3 2.5 16.5h15zM10 8v4m0 2.2v.3',
  reconciliation: 'M3 5h8M3 10h5M3 15h6M12 13l2 2 4-5',
  connection:
    'M8 12 5.5 14.5a2.5 2.5 0 0 1-3.5-3.5L5 8a2.5 2.5 0 0 1 3.5 0M12 8l2.5-2.5A2.5 2.5 0 0 1 18 9l-3 3a2.5 2.5 0 0 1-3.5 0M8 12l4-4',
  connector: 'M7 3v4m6-4v4M4.500 7h11v2.500a5.500 5.500 0 0 1-11 0zM10 15v3',
  health: 'M2 10h4l2-5 4 10 2-5h4',
  administration:
    'M10 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM10 2.5v3m0 9v3M2.5 10h3m9 0h3M4.7 4.7l2.1 2.1m6.4 6.4 2.1 2.1m0-10.6-2.1 2.1m-6.4 6.4-2.1 2.1',
  overview: 'M3 17V9m4.500 8V4M12 17v-6m4.500 6V7',
  bell: 'M5 14V9a5 5 0 0 1 10 0v5l1.500 1.500h-13zM8.500 15.500a1.600 1.600 0 0 0 3 0',
  positions: 'M10 3v14M4 6h12M4 6l-2.500 5h5zm12 0-2.500 5h5z',
  technical: 'M3 3v14h14M6 13l3.500-4 3 2L17 5',
  search: 'M9 14A5 5 0 1 0 9 4a5 5 0 0 0 0 10Zm3.5-1.5L17 17',
  user: 'M10 10a3.2 3.2 0 1 0 0-6.4A3.2 3.2 0 0 0 10 10Zm-6 6.5c.8-2.8 3-4.2 6-4.2s5.2 1.4 6 4.2',
  copy: 'M7 7V4h9v9h-3M4 7h9v9H4z',
  check: 'm4 10.5 4 4 8-9',
  cross: 'm5 5 10 10M15 5 5 15',
  down: 'm5 8 5 5 5-5',
  more: 'M4 10h.01M10 10h.01M16 10h.01',
  right: 'm8 5 5 5-5 5',
  out: 'M4 10h11m-4-4 4 4-4 4',
  in: 'M16 10H5m4-4-4 4 4 4',
  columns: 'M3 4h14v12H3zM8 4v12M12.5 4v12',
  download: 'M10 3v9m-4-4 4 4 4-4M4 16h12',
  star: 'm10 3 2.2 4.5 4.8.7-3.5 3.4.8 4.9-4.3-2.3-4.3 2.3.8-4.9L3 8.200l4.800-.7z',
  eye: 'M2 10c2-3.700 4.700-5.500 8-5.500s6 1.800 8 5.500c-2 3.700-4.700 5.500-8 5.500S4 13.700 2 10Zm8 2.300a2.300 2.300 0 1 0 0-4.600 2.300 2.300 0 0 0 0 4.600Z',
  shield: 'M10 2.500 4 5v4.500c0 3.700 2.400 6.500 6 8 3.600-1.500 6-4.300 6-8V5zM7.300 10l2 2 3.500-4',
  refresh: 'M16 10a6 6 0 1 1-1.800-4.300M16 3v3.500h-3.500',
  key: 'M12.500 11.500a4 4 0 1 0-3.900-3L3 14v3h3l.8-.8V14H9l1-1.800a4 4 0 0 0 2.500-.7ZM13.500 6.500v.1',
  clock: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14Zm0-11v4.300l2.800 1.700',
  offline: 'M3 3l14 14M5 9a8 8 0 0 1 2-1.400M15 9a8 8 0 0 0-4.500-2M7.500 12a4 4 0 0 1 4-.8M10 15v.2',
} as const;

export type IconName = keyof typeof PATHS;

/** They point where the page goes on, or come from there: the other way round where it is read from right to left. */
const POINTING: ReadonlySet<IconName> = new Set(['right', 'out', 'in', 'technical']);

/** A small drawing beside words; it says nothing by itself. */
export function Icon({ name, size = 18 }: { readonly name: IconName; readonly size?: number }): ReactElement {
  return (
    <svg
      aria-hidden="true"
      data-points={POINTING.has(name) || undefined}
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
