import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { Mark, type Tone } from '../../components/mark.tsx';
import { Panel } from '../../components/panel.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { CONDITIONS } from '../../text/conditions/condition-texts.ts';
import { useFormats } from '../../text/formats.ts';
import { useLanguage } from '../../text/language.ts';
import type { Progress, Step } from './answers.ts';
import styles from './connection.module.css';
import { CONNECTION } from './connection-texts.ts';

const TONES: Readonly<Record<Step['state'], Tone>> = { Ready: 'good', Progressing: 'wait', Failed: 'bad' };

/** The phases with their steps, live, and whether the connection was tested. */
export function StepsPart({ progress }: { readonly progress: Progress }): ReactElement {
  const texts = useTexts(CONNECTION);
  const { day } = useFormats();
  const { phases, readinessTest } = progress;
  return (
    <div className={shapes['page']}>
      <p className={shapes['quiet']}>{progress.connectionManager ? texts.byManager : texts.byHand}</p>
      {phases.map(({ title, steps, done }) => (
        <Panel
          key={title}
          title={texts.phases[title] ?? title}
          aside={<span className={shapes['quiet']}>{texts.done(String(done), String(steps.length))}</span>}
          flush
        >
          <div className={styles['bar']}>
            <progress aria-label={texts.phases[title] ?? title} max={steps.length} value={done} />
          </div>
          <ol className={`${shapes['list']} ${styles['steps']}`}>
            {steps.map((step) => (
              <StepLine key={step.artefact} step={step} />
            ))}
          </ol>
        </Panel>
      ))}
      <Panel
        title={texts.testPhase}
        aside={
          <Link to="/connection" search={{ part: 'test' }}>
            {texts.part.test}
          </Link>
        }
      >
        {readinessTest === undefined ? (
          <p className={shapes['quiet']}>{texts.neverTested}</p>
        ) : (
          <>
            <Mark tone={readinessTest.changed.length > 0 ? 'wait' : readinessTest.passed ? 'good' : 'bad'}>
              {readinessTest.passed ? texts.passed : texts.failed}
            </Mark>{' '}
            {texts.testedOn(day(readinessTest.at), readinessTest.by.replace(/^\w+:/, ''))}
            {readinessTest.changed.length > 0 && <p className={styles['next']}>{texts.changedSince(readinessTest.changed.join(', '))}</p>}
          </>
        )}
      </Panel>
    </div>
  );
}

function StepLine({ step }: { readonly step: Step }): ReactElement {
  const texts = useTexts(CONNECTION);
  const { steps, exactly } = useTexts(CONDITIONS);
  const { artefact, state, reason } = step;
  // in English the product's own sentence is the better one
  const words = useLanguage() === 'en' ? undefined : steps[reason];
  return (
    <li>
      <span>
        <Mark tone={TONES[state]}>{texts.states[state]}</Mark>
      </span>
      <div>
        <strong>{texts.artefacts[artefact] ?? artefact}</strong>
        {words === undefined ? (
          <OwnWords step={step} />
        ) : (
          <>
            <p>{words}.</p>
            <details>
              <summary>{exactly}</summary>
              <OwnWords step={step} />
            </details>
          </>
        )}
      </div>
    </li>
  );
}

/** What the product says of a step, and what to do: exact, and English. */
function OwnWords({ step: { message, details = [], nextStep } }: { readonly step: Step }): ReactElement {
  return (
    <div lang="en">
      <p>{message}</p>
      {details.map((detail) => (
        <p key={detail}>{detail}</p>
      ))}
      {nextStep !== undefined && <p className={styles['next']}>{nextStep}</p>}
    </div>
  );
}
