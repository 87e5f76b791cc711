import type { ReactElement } from 'react';

const SIDES = ['hub', 'us', 'core'] as const;
type OfSides<T> = Readonly<Record<(typeof SIDES)[number], T>>;

interface KnownSidesProps {
  /** Sentences of the server, which speaks English. */
  readonly known: OfSides<readonly string[]>;
  readonly names: OfSides<string>;
  readonly className: string | undefined;
}

/** What each side says of a payment, in the product's own words. */
export function KnownSides({ known, names, className }: KnownSidesProps): ReactElement {
  return (
    <dl className={className}>
      {SIDES.map((side) => (
        <div key={side}>
          <dt>{names[side]}</dt>
          <dd lang="en">
            {known[side].map((sentence) => (
              <p key={sentence}>{sentence}</p>
            ))}
          </dd>
        </div>
      ))}
    </dl>
  );
}
