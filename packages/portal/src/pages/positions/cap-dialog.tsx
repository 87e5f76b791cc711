import { NativeSelect, TextInput } from '@mantine/core';
import type { ShownPosition } from '@payment-manager/management-api/types';
import { type ReactElement, useState } from 'react';
import { ask } from '../../api/ask.ts';
import { ActDialog } from '../../components/act-dialog.tsx';
import { useTexts } from '../../text/catalogue.ts';
import { POSITIONS } from './positions-texts.ts';

export interface CapWish {
  readonly act: 'enter' | 'remove';
  /** Absent: of a currency that is not there yet. */
  readonly position?: ShownPosition;
}

/** Enters the net debit cap of a currency, or takes it away. */
export function CapDialog({
  wish,
  today,
  close,
}: {
  readonly wish: CapWish;
  readonly today: string;
  readonly close: () => void;
}): ReactElement {
  const texts = useTexts(POSITIONS);
  const { act, position } = wish;
  const before = position?.cap;
  const [currency, setCurrency] = useState(position?.currency ?? '');
  const [cap, setCap] = useState(before?.cap ?? '');
  const [counts, setCounts] = useState(before?.settled === undefined ? 'day' : 'since');
  const [since, setSince] = useState(before?.settled?.since ?? today);
  const [opening, setOpening] = useState(before?.settled?.opening ?? '0');
  const asked = (reason: string): Promise<unknown> => {
    if (act === 'remove') return ask('POST /positions/:currency/cap/remove', { params: { currency }, body: { reason } });
    const settled = counts === 'since' ? { settled: { since, opening } } : {};
    return ask('POST /positions/:currency/cap', { params: { currency: currency.toUpperCase() }, body: { cap, ...settled, reason } });
  };
  const title = act === 'remove' ? texts.remove : before === undefined ? texts.enter : texts.change;
  return (
    <ActDialog
      title={position === undefined ? title : `${title}: ${position.currency}`}
      confirm={title}
      ready={act === 'remove' || (cap !== '' && /^[A-Za-z]{3}$/.test(currency))}
      changes={[['positions']]}
      act={asked}
      close={close}
    >
      {act === 'remove' ? (
        <p>{texts.removeHelp}</p>
      ) : (
        <>
          {position === undefined && (
            <TextInput
              label={texts.currency}
              value={currency}
              maxLength={3}
              onChange={({ currentTarget }) => setCurrency(currentTarget.value)}
            />
          )}
          <TextInput
            label={texts.cap}
            value={cap}
            inputMode="decimal"
            onChange={({ currentTarget }) => setCap(currentTarget.value.trim())}
          />
          <NativeSelect
            label={texts.counts}
            value={counts}
            data={[
              { value: 'day', label: texts.eachDay },
              { value: 'since', label: texts.sinceDay },
            ]}
            onChange={({ currentTarget }) => setCounts(currentTarget.value)}
          />
          {counts === 'since' && (
            <>
              <TextInput
                type="date"
                label={texts.since}
                max={today}
                value={since}
                onChange={({ currentTarget }) => setSince(currentTarget.value)}
              />
              <TextInput label={texts.opening} value={opening} onChange={({ currentTarget }) => setOpening(currentTarget.value.trim())} />
            </>
          )}
        </>
      )}
    </ActDialog>
  );
}
