import type { ListedDay } from '@payment-manager/management-api/types';
import type { ReactElement } from 'react';
import { Mark } from '../../components/mark.tsx';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { RECONCILIATION } from './reconciliation-texts.ts';

/** How a day stands, in a word. */
export function DayState({ day }: { readonly day: Pick<ListedDay, 'left' | 'closed'> | undefined }): ReactElement {
  const { states } = useTexts(RECONCILIATION);
  const { count } = useFormats();
  if (day === undefined) return <Mark tone="still">{states.none}</Mark>;
  if (day.closed !== undefined)
    return day.left === 0 ? <Mark tone="good">{states.closed}</Mark> : <Mark tone="wait">{states.closedWith(count(day.left))}</Mark>;
  return day.left === 0 ? <Mark tone="good">{states.agrees}</Mark> : <Mark tone="bad">{states.differs(count(day.left))}</Mark>;
}
