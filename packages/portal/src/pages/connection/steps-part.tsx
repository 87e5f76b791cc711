import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { Mark, type Tone } from '../../components/mark.tsx';
import { Panel } from '../../components/panel.tsx';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
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
    <div className={styles['parts']}>
      <p className={styles['hint']}>{progress.connectionManager ? texts.byManager : texts.byHand}</p>
      {phases.map(({ title, steps, done }) => (
        <Panel key={title} title={texts.phases[title] ?? title} aside={texts.done(String(done), String(steps.length))} flush>
          <div className={styles['bar']}>
            <progress aria-label={texts.phases[title] ?? title} max={steps.length} value={done} />
          </div>
          <ol className={styles['steps']}>
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
          <p className={styles['hint']}>{texts.neverTested}</p>
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
  const { artefact, state, message, nextStep, details = [] } = step;
  return (
    <li>
      <span>
        <Mark tone={TONES[state]}>{texts.states[state]}</Mark>
      </span>
      <div>
        <strong>{texts.artefacts[artefact] ?? artefact}</strong>
        <p lang="en">{message}</p>
        {details.map((detail) => (
          <p key={detail} lang="en">
            {detail}
          </p>
        ))}
        {nextStep !== undefined && (
          <p className={styles['next']} lang="en">
            {nextStep}
          </p>
        )}
      </div>
    </li>
  );
}
