import type { ShownDetail } from '@payment-manager/management-api/types';
import type { ReactElement } from 'react';
import { useSaid } from '../text/said/said-texts.ts';
import { Fact, Facts } from './facts.tsx';

const SIDES = ['hub', 'us', 'core'] as const;

interface KnownSidesProps {
  readonly said: NonNullable<ShownDetail['said']>;
  readonly names: Readonly<Record<(typeof SIDES)[number], string>>;
}

/** What each side says of a payment, in sentences. */
export function KnownSides({ said, names }: KnownSidesProps): ReactElement {
  const sentence = useSaid();
  return (
    <Facts>
      {SIDES.map((side) => (
        <Fact key={side} name={names[side]}>
          {said[side].map((fact) => {
            const text = sentence(fact);
            return text === undefined ? null : <p key={text}>{text}</p>;
          })}
        </Fact>
      ))}
    </Facts>
  );
}
