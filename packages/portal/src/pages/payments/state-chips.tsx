import type { ReactElement } from 'react';
import { inSight } from '../../browser/in-sight.ts';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { usePaymentWords } from '../../text/payment/payment-words.ts';
import type { FacetQuery, PaymentsSearch } from './payment-filter.ts';
import styles from './payments.module.css';
import { PAYMENTS } from './payments-texts.ts';
import { useChoose } from './use-choose.ts';
import { useTotals } from './use-totals.ts';

const STATES = ['completed', 'pending', 'acknowledged', 'failed', 'declined', 'quoted', 'unread'] as const;
/** Shown also where there are none. */
const ALWAYS: ReadonlySet<string> = new Set(['completed', 'pending', 'failed']);

/** States as they can be chosen, each with its count under the other filters. */
export function StateChips({ search, facets }: { readonly search: PaymentsSearch; readonly facets: FacetQuery }): ReactElement {
  const texts = useTexts(PAYMENTS);
  const { states, stateHelp, attention } = usePaymentWords();
  const { count } = useFormats();
  const choose = useChoose();
  const { data } = useTotals({ ...facets, state: undefined, attention: undefined });
  const counts = data?.counts;
  const shown = STATES.filter((state) => ALWAYS.has(state) || (counts?.state[state] ?? 0) > 0 || search.state === state);
  const chip = (key: string, pressed: boolean, text: string, of: number | undefined, act: () => void, help?: string): ReactElement => (
    <button
      key={key}
      ref={pressed ? inSight : undefined}
      type="button"
      className={shapes['chip']}
      aria-pressed={pressed}
      title={help}
      onClick={act}
    >
      {text}
      <small>{of === undefined ? '' : count(of)}</small>
    </button>
  );
  return (
    <div className={styles['chips']}>
      {chip('all', search.state === undefined, texts.all, data?.count, () => choose({ state: undefined }))}
      {shown.map((state) =>
        chip(
          state,
          search.state === state,
          states[state],
          counts?.state[state] ?? (counts && 0),
          () => choose({ state: search.state === state ? undefined : state }),
          stateHelp[state],
        ),
      )}
      {chip('attention', search.attention === 'exception', attention, counts && (counts.attention['exception'] ?? 0), () =>
        choose({ attention: search.attention === 'exception' ? undefined : 'exception' }),
      )}
    </div>
  );
}
