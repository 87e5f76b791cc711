import { Fragment, type ReactElement } from 'react';
import { now } from '../../browser/page-clock.ts';
import { Mark, type Tone } from '../../components/mark.tsx';
import { Panel } from '../../components/panel.tsx';
import { Table } from '../../components/table.tsx';
import { TableHeads } from '../../components/table-heads.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import type { ConnectorAnswer } from './answers.ts';
import styles from './connector.module.css';
import { CONNECTOR } from './connector-texts.ts';

type BackEnd = ConnectorAnswer['backEnds'][number];

const ANSWERS: Readonly<Record<BackEnd['answers'], Tone>> = { yes: 'good', no: 'bad', unknown: 'still' };
const BREAKER: Readonly<Record<BackEnd['breaker'], Tone>> = { closed: 'good', open: 'bad', 'half-open': 'wait' };

interface BackEndsPanelProps extends Pick<ConnectorAnswer, 'backEnds'> {
  /** Absent: they are those of this process. */
  readonly title?: string;
  readonly hint?: string;
}

/** How each system behind the connector is, how much it is given to do, and what came of the last calls. */
export function BackEndsPanel({ backEnds, title, hint }: BackEndsPanelProps): ReactElement {
  const texts = useTexts(CONNECTOR);
  const label = title ?? texts.backEnds;
  const { backEnd, state, breaker, limits, outcomes } = texts.heads;
  return (
    <Panel title={label} flush>
      <Table label={label} head={<TableHeads names={[backEnd, state, breaker, limits, outcomes]} />}>
        {backEnds.map((one) => (
          <BackEndRow key={one.name} backEnd={one} />
        ))}
      </Table>
      <div className={styles['inside']}>
        <p className={shapes['quiet']}>{hint ?? texts.backEndsHint}</p>
        {backEnds.map((one) => (
          <RecentCalls key={one.name} backEnd={one} />
        ))}
      </div>
    </Panel>
  );
}

function BackEndRow({ backEnd }: { readonly backEnd: BackEnd }): ReactElement {
  const texts = useTexts(CONNECTOR);
  const { count, duration } = useFormats();
  const { name, kind, answers, breaker, calls, reason, limits, outcomes } = backEnd;
  const { inFlight, perSecond, connectMs, totalMs } = limits;
  return (
    <tr>
      <td>
        {name} <small>{kind}</small>
      </td>
      <td className={styles['wide']}>
        <Mark tone={ANSWERS[answers]}>{texts.answers[answers]}</Mark>
        {calls > 0 && <small>{texts.underWay(count(calls))}</small>}
        {reason !== undefined && <small lang="en">{reason}</small>}
      </td>
      <td>
        <Mark tone={BREAKER[breaker]}>{texts.breaker[breaker]}</Mark>
      </td>
      <td className={styles['wide']}>
        {texts.limits(count(inFlight), duration(connectMs), duration(totalMs))}
        {perSecond !== undefined && texts.perSecond(count(perSecond))}
      </td>
      <td className={styles['whole']}>
        {Object.entries(outcomes).map(([outcome, times]) => (
          <Fragment key={outcome}>
            {texts.outcomes[outcome] ?? outcome}: {count(times)}
            <br />
          </Fragment>
        ))}
      </td>
    </tr>
  );
}

function RecentCalls({ backEnd: { name, recent } }: { readonly backEnd: BackEnd }): ReactElement {
  const texts = useTexts(CONNECTOR);
  const { moment, duration } = useFormats();
  const { when, took, purpose, outcome } = texts.heads;
  return (
    <details className={styles['more']}>
      <summary>{texts.recent(name)}</summary>
      {recent.length === 0 ? (
        <p className={shapes['quiet']}>{texts.noCalls}</p>
      ) : (
        <Table label={texts.recent(name)} head={<TableHeads names={[when, purpose, took, outcome]} />}>
          {recent.map((call, place) => (
            // two calls may begin in the same millisecond
            // biome-ignore lint/suspicious/noArrayIndexKey: the list is drawn anew as a whole
            <tr key={`${call.at} ${place}`}>
              <td>{moment(call.at, now())}</td>
              <td>{texts.purposes[call.purpose]}</td>
              <td>{duration(call.tookMs)}</td>
              <td>{texts.outcomes[call.outcome] ?? call.outcome}</td>
            </tr>
          ))}
        </Table>
      )}
    </details>
  );
}
