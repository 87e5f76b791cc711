import { TextInput } from '@mantine/core';
import { dateOfDay } from '@payment-manager/runtime/business-day';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { inSight } from '../../browser/in-sight.ts';
import { Asked } from '../../components/states.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { DayState } from './day-state.tsx';
import styles from './reconciliation.module.css';
import { RECONCILIATION } from './reconciliation-texts.ts';
import { useChoose, useDays } from './use-reconciliation.ts';

const SHOWN_DAYS = 31;

interface DayListProps {
  /** Numbers of business days. */
  readonly today: number;
  readonly chosen: number;
}

/** The last days, also those that nobody compared, and every older one that somebody did. */
export function DayList({ today, chosen }: DayListProps): ReactElement {
  const texts = useTexts(RECONCILIATION);
  const choose = useChoose();
  const { date: written } = useFormats();
  const query = useDays();
  const recent = Array.from({ length: SHOWN_DAYS }, (_, back) => dateOfDay(today - back));
  return (
    <nav className={`${shapes['surface']} ${styles['days']}`} aria-label={texts.days}>
      <TextInput
        type="date"
        size="xs"
        label={texts.otherDay}
        value={dateOfDay(chosen)}
        max={dateOfDay(today)}
        onChange={({ currentTarget }) => choose({ day: currentTarget.value, kind: undefined, all: undefined })}
      />
      <Asked query={query} permission="reconciliation:read">
        {({ days }) => {
          const known = new Map(days.map((day) => [day.date, day]));
          const older = days.map(({ date }) => date).filter((date) => date < (recent.at(-1) ?? ''));
          return (
            <ol className={shapes['list']}>
              {[...recent, ...older].map((date) => (
                <li key={date}>
                  <Link
                    to="/reconciliation"
                    search={{ day: date }}
                    resetScroll={false}
                    preload={false}
                    ref={date === dateOfDay(chosen) ? inSight : undefined}
                    className={styles['dayLink']}
                    aria-current={date === dateOfDay(chosen) ? 'date' : undefined}
                  >
                    <span>{written(date)}</span>
                    {known.has(date) ? (
                      <DayState day={known.get(date)} />
                    ) : (
                      <small>{date === recent[0] ? texts.today : texts.states.none}</small>
                    )}
                  </Link>
                </li>
              ))}
            </ol>
          );
        }}
      </Asked>
    </nav>
  );
}
