import type { ShownException, ShownExceptionDetail } from '@payment-manager/management-api/types';
import type { ReactElement } from 'react';
import { KnownSides } from '../../components/known-sides.tsx';
import { Panel } from '../../components/panel.tsx';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { usePaymentWords } from '../../text/payment/payment-words.ts';
import { nameOf } from './exception-filter.ts';
import styles from './exceptions.module.css';
import { EXCEPTIONS } from './exceptions-texts.ts';

interface FactsPanelProps {
  readonly detail: ShownExceptionDetail;
  readonly row: ShownException | undefined;
}

/** The money, and what each side says of it. */
export function FactsPanel({ detail: { payment, known, history }, row }: FactsPanelProps): ReactElement {
  const texts = useTexts(EXCEPTIONS);
  const { directionHelp } = usePaymentWords();
  const { amount, exactly, time } = useFormats();
  const { flow, startedAt, hub, core, settled } = payment;
  const peer = row?.payment?.peer;
  return (
    <Panel title={texts.facts}>
      <p className={styles['sum']}>
        {payment.amount !== undefined && <strong>{amount(payment.amount, payment.currency)}</strong>}
        <span>
          {flow === 'payer' ? directionHelp.out : directionHelp.in}
          {peer !== undefined && ` · ${peer}`}
        </span>
      </p>
      <dl className={styles['facts']}>
        <div>
          <dt>{texts.hub}</dt>
          <dd>{texts.hubWords[hub]}</dd>
        </div>
        <div>
          <dt>{texts.core}</dt>
          <dd>{texts.coreWords[core]}</dd>
        </div>
        {settled !== undefined && (
          <div>
            <dt>{texts.settled}</dt>
            <dd>
              {texts.settledAs(texts.actions.ends[settled.as], nameOf(settled.by), exactly(settled.at))}: {settled.reason}
            </dd>
          </div>
        )}
        <div>
          <dt>{texts.begun}</dt>
          <dd>{exactly(startedAt)}</dd>
        </div>
      </dl>
      <details className={styles['more']}>
        <summary>{texts.known}</summary>
        <KnownSides known={known} names={texts.knownBy} className={styles['facts']} />
      </details>
      <details className={styles['more']}>
        <summary>{texts.history}</summary>
        <ol className={styles['history']}>
          {history.map(({ at, who, what }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a history only grows
            <li key={index}>
              <time title={exactly(at)}>{time(at)}</time> <span lang="en">{`${who}: ${what}`}</span>
            </li>
          ))}
        </ol>
      </details>
    </Panel>
  );
}
