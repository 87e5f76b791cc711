import { Checkbox } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { Panel } from '../../components/panel.tsx';
import { isOfConnector, type Step, stepsOf } from '../../components/timeline.ts';
import shapes from '../../design/shapes.module.css';
import { useActTexts } from '../../text/acts/act-texts.ts';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { HAPPENINGS } from '../../text/happenings/happening-texts.ts';
import { errorMeaning } from './error-meaning.ts';
import type { OnePayment } from './one-payment.ts';
import styles from './payment.module.css';
import { PAYMENT } from './payment-texts.ts';

/** Everything that happened, in words of a bank; the product's own one click deeper. */
export function TimelinePanel({ one: { payment, history } }: { readonly one: OnePayment }): ReactElement {
  const texts = useTexts(PAYMENT);
  const happenings = useTexts(HAPPENINGS);
  const { amount, count } = useFormats();
  const [withConnector, setWithConnector] = useState(false);
  const ofConnector = history.filter(isOfConnector).length;
  const told = withConnector || ofConnector === history.length ? history : history.filter((line) => !isOfConnector(line));
  const steps = stepsOf(told, payment.direction, happenings, amount);
  return (
    <Panel
      title={texts.timeline}
      aside={
        ofConnector > 0 &&
        ofConnector < history.length && (
          <Checkbox
            size="xs"
            label={texts.withConnector(count(ofConnector))}
            checked={withConnector}
            onChange={({ currentTarget }) => setWithConnector(currentTarget.checked)}
          />
        )
      }
    >
      {steps.length === 0 && <p className={shapes['quiet']}>{texts.noHistory}</p>}
      <ol className={shapes['list']}>
        {steps.map((step) => (
          <StepLine key={`${step.at} ${step.place} ${step.exact}`} step={step} />
        ))}
      </ol>
      {steps.length > 0 && (
        <details className={styles['exact']}>
          <summary>{texts.exact}</summary>
          <ol lang="en">
            {history.map(({ at, who, what }) => (
              <ExactLine key={`${at} ${what}`} at={at} who={who} what={what} />
            ))}
          </ol>
        </details>
      )}
    </Panel>
  );
}

function StepLine({ step }: { readonly step: Step }): ReactElement {
  const texts = useTexts(PAYMENT);
  const { places } = useActTexts();
  const { time, duration, exactly, count } = useFormats();
  const meaning = step.error && errorMeaning(texts.errors, step.error);
  return (
    <li className={styles['step']} data-tone={step.tone}>
      <time dateTime={new Date(step.at).toISOString()} title={exactly(step.at)}>
        {time(step.at)}
      </time>
      <span className={styles['place']} data-place={step.place}>
        {places[step.place]}
      </span>
      <div>
        <p>
          {step.text}
          {step.repeats > 0 && <em> · {texts.repeated(count(step.repeats + 1))}</em>}
        </p>
        {meaning !== undefined && <p className={shapes['quiet']}>{meaning}</p>}
      </div>
      <small>{step.sinceMs === 0 ? '' : texts.after(duration(step.sinceMs))}</small>
    </li>
  );
}

function ExactLine({ at, who, what }: { readonly at: number; readonly who: string; readonly what: string }): ReactElement {
  const { time } = useFormats();
  return (
    <li>
      <code>{time(at)}</code> {who}: {what}
    </li>
  );
}
