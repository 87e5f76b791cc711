import { Button } from '@mantine/core';
import type { PositionsAnswer } from '@payment-manager/management-api/types';
import { businessDays } from '@payment-manager/runtime/business-day';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { ask } from '../../api/ask.ts';
import { useMay, useMe } from '../../api/me.ts';
import { now } from '../../browser/page-clock.ts';
import { Mark } from '../../components/mark.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { Panel } from '../../components/panel.tsx';
import { Asked, EmptyState } from '../../components/states.tsx';
import { Table } from '../../components/table.tsx';
import { TableHeads } from '../../components/table-heads.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { todayIn } from '../payments/period.ts';
import { CapDialog, type CapWish } from './cap-dialog.tsx';
import { PositionRow } from './position-row.tsx';
import styles from './positions.module.css';
import { POSITIONS } from './positions-texts.ts';

const BEHIND_MS = 5_000;

/** What we owe the scheme in each currency, computed of our payments, and how near that is to its cap. */
export default function PositionsPage(): ReactElement {
  const texts = useTexts(POSITIONS);
  const mayEnter = useMay('positions:cap');
  const { businessDay } = useMe().process;
  const [wish, setWish] = useState<CapWish>();
  const positions = useQuery({
    queryKey: ['positions'],
    queryFn: ({ signal }) => ask<PositionsAnswer>('GET /positions', { signal }),
    meta: { live: 'slow' },
  });
  return (
    <div className={`${shapes['page']} ${styles['page']}`}>
      <PageHead title={texts.title} aside={<Mark tone="still">{texts.computed}</Mark>}>
        {mayEnter && (
          <Button variant="default" size="xs" onClick={() => setWish({ act: 'enter' })}>
            {texts.another}
          </Button>
        )}
      </PageHead>
      <p className={styles['about']}>{texts.about}</p>
      <Panel flush>
        <Asked query={positions} permission="payments:read">
          {(answer) => <Positions answer={answer} wish={setWish} />}
        </Asked>
      </Panel>
      {wish && <CapDialog wish={wish} today={todayIn(now(), businessDays(businessDay))} close={() => setWish(undefined)} />}
    </div>
  );
}

function Positions({ answer, wish }: { readonly answer: PositionsAnswer; readonly wish: (wish: CapWish) => void }): ReactElement {
  const texts = useTexts(POSITIONS);
  const mayEnter = useMay('positions:cap');
  const { duration, percent } = useFormats();
  const { positions, warnPercent, behindMs } = answer;
  const { currency, since, sent, reserved, received, position, cap } = texts.heads;
  if (positions.length === 0)
    return (
      <EmptyState icon="positions" title={texts.noneTitle}>
        <p>{texts.none}</p>
      </EmptyState>
    );
  return (
    <>
      <Table
        label={texts.title}
        head={
          <>
            <TableHeads names={[currency, since]} />
            {[sent, reserved, received, position].map((name) => (
              <th key={name} data-number>
                {name}
              </th>
            ))}
            <TableHeads names={[cap]} acts={mayEnter} />
          </>
        }
      >
        {positions.map((one) => (
          <PositionRow key={one.currency} of={one} wish={mayEnter ? wish : undefined} />
        ))}
      </Table>
      <p className={`${shapes['note']} ${styles['note']}`}>
        {texts.warnedFrom(percent(warnPercent / 100))}
        {behindMs > BEHIND_MS && <strong> {texts.behind(duration(behindMs))}</strong>}
      </p>
    </>
  );
}
