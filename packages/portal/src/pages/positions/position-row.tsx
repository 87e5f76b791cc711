import { Button } from '@mantine/core';
import type { ShownPosition } from '@payment-manager/management-api/types';
import type { ReactElement } from 'react';
import { now } from '../../browser/page-clock.ts';
import { Mark, type Tone } from '../../components/mark.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import type { CapWish } from './cap-dialog.tsx';
import styles from './positions.module.css';
import { POSITIONS } from './positions-texts.ts';

const TONES = { below: 'good', near: 'wait', over: 'bad' } as const satisfies Record<string, Tone>;

interface PositionRowProps {
  readonly of: ShownPosition;
  /** Absent: who looks may not. */
  readonly wish: ((wish: CapWish) => void) | undefined;
}

/** One currency with its cap. */
export function PositionRow({ of, wish }: PositionRowProps): ReactElement {
  const texts = useTexts(POSITIONS);
  const { figure, instant } = useFormats();
  const { currency, since, sent, reserved, received, position, cap } = of;
  return (
    <tr>
      <th scope="row">{currency}</th>
      <td>
        {instant(since)}
        {cap?.settled !== undefined && (
          <small className={styles['quiet']}>
            {texts.heads.opening}: {figure(cap.settled.opening, currency)}
          </small>
        )}
      </td>
      {[sent, reserved, received].map((amount, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: columns do not move
        <td key={at} data-number>
          {figure(amount, currency)}
        </td>
      ))}
      <td data-number>
        <strong>{figure(position, currency)}</strong>
        {position.startsWith('-') && <small className={styles['quiet']}>{texts.owed}</small>}
      </td>
      <td>
        <CapUseBar of={of} />
      </td>
      {wish && (
        <td>
          <div className={shapes['buttons']}>
            <Button
              variant="default"
              size="compact-sm"
              aria-label={`${cap === undefined ? texts.enter : texts.change}: ${currency}`}
              onClick={() => wish({ act: 'enter', position: of })}
            >
              {cap === undefined ? texts.enter : texts.change}
            </Button>
            {cap !== undefined && (
              <Button
                variant="default"
                size="compact-sm"
                aria-label={`${texts.remove}: ${currency}`}
                onClick={() => wish({ act: 'remove', position: of })}
              >
                {texts.remove}
              </Button>
            )}
          </div>
        </td>
      )}
    </tr>
  );
}

function CapUseBar({ of: { cap, currency } }: { readonly of: ShownPosition }): ReactElement {
  const texts = useTexts(POSITIONS);
  const { amount, percent, moment } = useFormats();
  if (cap === undefined) return <span className={styles['quiet']}>{texts.noCap}</span>;
  const { usedPercent, left, level, by, at } = cap;
  const share = percent(usedPercent / 100);
  return (
    <div className={styles['cap']}>
      <span>
        <strong>{amount(cap.cap, currency)}</strong> <Mark tone={TONES[level]}>{texts.levels[level]}</Mark>
      </span>
      <progress data-level={level} max={100} value={Math.min(100, usedPercent)} aria-label={`${texts.heads.cap}: ${currency}`} />
      <small>
        {left.startsWith('-') ? texts.usedOver(share, amount(left.slice(1), currency)) : texts.used(share, amount(left, currency))}
      </small>
      <small>{texts.enteredBy(by.replace(/^\w+:/, ''), moment(at, now()))}</small>
    </div>
  );
}
