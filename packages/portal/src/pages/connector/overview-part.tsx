import type { ReactElement } from 'react';
import { now } from '../../browser/page-clock.ts';
import { Fact, Facts } from '../../components/facts.tsx';
import { Mark, type Tone } from '../../components/mark.tsx';
import { Panel } from '../../components/panel.tsx';
import { Table } from '../../components/table.tsx';
import { TableHeads } from '../../components/table-heads.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import type { ConnectorAnswer } from './answers.ts';
import { BackEndsPanel } from './back-ends-panel.tsx';
import styles from './connector.module.css';
import { CONNECTOR } from './connector-texts.ts';
import { ElsewherePanel } from './elsewhere-panel.tsx';

const STANDINGS: Readonly<Record<ConnectorAnswer['guesses'][number]['standing'], Tone>> = {
  probed: 'good',
  'signed-off': 'wait',
  open: 'bad',
};

/** What runs, how the core answers, and what is known of it besides. */
export function OverviewPart({ connector }: { readonly connector: ConnectorAnswer }): ReactElement {
  const texts = useTexts(CONNECTOR);
  const { name, version, candidate } = connector;
  const tone: Tone = candidate.problems.length > 0 ? 'bad' : candidate.version === version ? 'good' : 'wait';
  const says = { bad: texts.unusable, good: texts.sameAsRunning, wait: texts.otherThanRunning, open: '', still: '' }[tone];
  return (
    <div className={shapes['page']}>
      <Panel title={texts.running}>
        <Facts>
          <Fact name={texts.name}>{name}</Fact>
          <Fact name={texts.version}>
            <span className={shapes['mono']}>{version}</span>
          </Fact>
          <Fact name={texts.inFolder}>
            <Mark tone={tone}>{says}</Mark>
          </Fact>
        </Facts>
      </Panel>
      {connector.elsewhere === undefined ? (
        <BackEndsPanel backEnds={connector.backEnds} />
      ) : (
        <ElsewherePanel processes={connector.elsewhere} version={version} />
      )}
      <div className={`${shapes['beside']} ${styles['row']}`}>
        <CertificationPanel certification={connector.certification} />
        <GuessesPanel guesses={connector.guesses} />
      </div>
      <ProbePanel probe={connector.probe} />
    </div>
  );
}

function CertificationPanel({ certification }: { readonly certification: ConnectorAnswer['certification'] }): ReactElement {
  const texts = useTexts(CONNECTOR);
  const { count, moment } = useFormats();
  if (certification === undefined)
    return (
      <Panel title={texts.certification}>
        <p className={shapes['quiet']}>{texts.notCertified}</p>
      </Panel>
    );
  const { at, sameFiles, passed, failed, payments, failedCases } = certification;
  return (
    <Panel
      title={texts.certification}
      aside={
        <span className={shapes['quiet']}>
          {moment(Date.parse(at), now())}{' '}
          <Mark tone={failed > 0 ? 'bad' : sameFiles ? 'good' : 'wait'}>{`${count(passed)} / ${count(passed + failed)}`}</Mark>
        </span>
      }
    >
      <p className={styles['text']}>{texts.certified(count(passed), count(passed + failed), count(payments))}</p>
      {!sameFiles && <p className={shapes['quiet']}>{texts.otherFiles}</p>}
      <ul className={styles['list']}>
        {failedCases.map(({ id, name }) => (
          <li key={id} lang="en">
            {id}: {name}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function GuessesPanel({ guesses }: Pick<ConnectorAnswer, 'guesses'>): ReactElement {
  const texts = useTexts(CONNECTOR);
  return (
    <Panel title={texts.guesses} flush={guesses.length > 0}>
      {guesses.length === 0 ? (
        <p className={shapes['quiet']}>{texts.noGuesses}</p>
      ) : (
        <Table label={texts.guesses} head={<TableHeads names={[texts.heads.guess, texts.heads.standing]} />}>
          {guesses.map(({ id, text, standing, why }) => (
            <tr key={id}>
              <td className={styles['wide']}>
                <span lang="en">{text}</span>
                <small>{id}</small>
              </td>
              <td>
                <Mark tone={STANDINGS[standing]} {...(why !== undefined && { title: why })}>
                  {texts.standings[standing]}
                </Mark>
              </td>
            </tr>
          ))}
        </Table>
      )}
    </Panel>
  );
}

function ProbePanel({ probe }: { readonly probe: ConnectorAnswer['probe'] }): ReactElement {
  const texts = useTexts(CONNECTOR);
  const { moment } = useFormats();
  if (probe === undefined)
    return (
      <Panel title={texts.probe}>
        <p className={shapes['quiet']}>{texts.notProbed}</p>
      </Panel>
    );
  const { at, environment, sameFiles, observations } = probe;
  const { probe: question, operation, outcome, seen } = texts.heads;
  return (
    <Panel
      title={`${texts.probe} ${texts.probed(environment)}`}
      aside={<Mark tone={sameFiles ? 'good' : 'wait'}>{sameFiles ? moment(Date.parse(at), now()) : texts.otherFiles}</Mark>}
      flush
    >
      <Table label={texts.probe} head={<TableHeads names={[question, operation, outcome, seen]} />}>
        {observations.map((one) => (
          <tr key={`${one.probe} ${one.step}`}>
            <td className={shapes['mono']}>{one.probe}</td>
            <td className={shapes['mono']}>{one.step}</td>
            <td>
              <Mark tone={one.result === 'as-guessed' ? 'good' : one.result === 'otherwise' ? 'bad' : 'wait'}>
                {texts.results[one.result] ?? one.result}
              </Mark>
            </td>
            <td className={styles['wide']} lang="en">
              {one.saw}
            </td>
          </tr>
        ))}
      </Table>
    </Panel>
  );
}
