import type { ShownException, ShownExceptionDetail } from '@payment-manager/management-api/types';
import type { ReactElement } from 'react';
import { Fact, Facts } from '../../components/facts.tsx';
import { KnownSides } from '../../components/known-sides.tsx';
import { Panel } from '../../components/panel.tsx';
import { stepsOf } from '../../components/timeline.ts';
import shapes from '../../design/shapes.module.css';
import { useActTexts } from '../../text/acts/act-texts.ts';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { HAPPENINGS } from '../../text/happenings/happening-texts.ts';
import { usePaymentWords } from '../../text/payment/payment-words.ts';
import { nameOf } from './exception-filter.ts';
import styles from './exceptions.module.css';
import { EXCEPTIONS } from './exceptions-texts.ts';

interface FactsPanelProps {
  readonly detail: ShownExceptionDetail;
  readonly row: ShownException | undefined;
}

/** The money, and what each side says of it. */
export function FactsPanel({ detail: { payment, said, history }, row }: FactsPanelProps): ReactElement {
  const texts = useTexts(EXCEPTIONS);
  const { directionHelp } = usePaymentWords();
  const { amount, exactly, instant, time } = useFormats();
  const { places, knownBy, actions } = useActTexts();
  const happenings = useTexts(HAPPENINGS);
  const { flow, startedAt, hub, core, settled } = payment;
  const peer = row?.payment?.peer;
  const steps = stepsOf(history, flow === 'payer' ? 'out' : 'in', happenings, amount);
  return (
    <Panel title={texts.facts}>
      <p className={styles['sum']}>
        {payment.amount !== undefined && <strong className={shapes['figure']}>{amount(payment.amount, payment.currency)}</strong>}
        <span>
          {flow === 'payer' ? directionHelp.out : directionHelp.in}
          {peer !== undefined && ` · ${peer}`}
        </span>
      </p>
      <Facts>
        <Fact name={texts.hub}>{texts.hubWords[hub]}</Fact>
        <Fact name={texts.core}>{texts.coreWords[core]}</Fact>
        {settled !== undefined && (
          <Fact name={texts.settled}>
            {texts.settledAs(actions.ends[settled.as], nameOf(settled.by), instant(settled.at))}: {settled.reason}
          </Fact>
        )}
        <Fact name={texts.begun}>{instant(startedAt)}</Fact>
      </Facts>
      <details className={styles['more']}>
        <summary>{texts.known}</summary>
        <KnownSides said={said} names={knownBy} />
      </details>
      <details className={styles['more']}>
        <summary>{texts.history}</summary>
        <ol className={`${shapes['list']} ${styles['history']}`}>
          {steps.map(({ at, place, text, exact }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a history only grows
            <li key={index}>
              <time title={exactly(at)}>{time(at)}</time> <span title={exact}>{`${places[place]}: ${text}`}</span>
            </li>
          ))}
        </ol>
      </details>
    </Panel>
  );
}
