import type { OverviewAnswer, ShownOverview } from '@payment-manager/management-api/types';
import type { ReactElement } from 'react';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { OPEN_STATES, openCount } from './currency-figures.ts';
import { ListLink } from './list-link.tsx';
import styles from './overview.module.css';
import { OVERVIEW } from './overview-texts.ts';

/** How many, how many of them came to their end, and what it was in the period before. */
export function KeyFigures({ now, before }: OverviewAnswer): ReactElement {
  const texts = useTexts(OVERVIEW);
  const { count, percent } = useFormats();
  const rate = ({ successRate }: ShownOverview): string => (successRate === undefined ? '–' : percent(successRate));
  const state = (of: ShownOverview, name: string): string => count(of.states[name] ?? 0);
  const failed = now.states['failed'] ?? 0;
  const open = openCount(now);
  return (
    <section className={`${shapes['surface']} ${styles['keys']}`} aria-label={texts.figures}>
      <Key name={texts.begun} before={count(before.count)}>
        <ListLink>{count(now.count)}</ListLink>
      </Key>
      <Key name={texts.completed} before={state(before, 'completed')}>
        <ListLink chosen={{ state: 'completed' }}>{state(now, 'completed')}</ListLink>
      </Key>
      <Key name={texts.rate} before={rate(before)} title={texts.rateHelp}>
        <ListLink chosen={{ state: 'completed,failed' }}>{rate(now)}</ListLink>
      </Key>
      <Key name={texts.failed} before={state(before, 'failed')} tone={failed > 0 ? 'bad' : undefined}>
        <ListLink chosen={{ state: 'failed' }}>{count(failed)}</ListLink>
      </Key>
      <Key name={texts.open} before={count(openCount(before))} tone={open > 0 ? 'open' : undefined}>
        <ListLink chosen={{ state: OPEN_STATES.join() }}>{count(open)}</ListLink>
      </Key>
    </section>
  );
}

interface KeyProps {
  readonly name: string;
  readonly before: string;
  readonly title?: string;
  readonly tone?: 'bad' | 'open' | undefined;
  readonly children: ReactElement;
}

function Key({ name, before, title, tone, children }: KeyProps): ReactElement {
  const texts = useTexts(OVERVIEW);
  return (
    <div className={styles['key']} data-tone={tone} title={title}>
      <span>{name}</span>
      <strong className={shapes['figure']}>{children}</strong>
      <small>{texts.before(before)}</small>
    </div>
  );
}
