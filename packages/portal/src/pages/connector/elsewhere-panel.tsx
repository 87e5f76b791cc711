import type { ReactElement } from 'react';
import { Mark } from '../../components/mark.tsx';
import { Panel } from '../../components/panel.tsx';
import { EmptyState } from '../../components/states.tsx';
import { Table } from '../../components/table.tsx';
import { TableHeads } from '../../components/table-heads.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import type { ConnectorAnswer } from './answers.ts';
import { BackEndsPanel } from './back-ends-panel.tsx';
import styles from './connector.module.css';
import { CONNECTOR } from './connector-texts.ts';

type Process = NonNullable<ConnectorAnswer['elsewhere']>[number];

interface ElsewherePanelProps {
  readonly processes: readonly Process[];
  /** That which this process has read of the same folder. */
  readonly version: string;
}

/** Where roles are split: the processes that run the connector, and how each finds what is behind it. */
export function ElsewherePanel({ processes, version }: ElsewherePanelProps): ReactElement {
  const { elsewhere: texts, heads, version: nameOfVersion } = useTexts(CONNECTOR);
  if (processes.length === 0)
    return (
      <Panel title={texts.title}>
        <EmptyState icon="connector" title={texts.noneTitle}>
          <p>{texts.none}</p>
        </EmptyState>
      </Panel>
    );
  return (
    <>
      <Panel title={texts.title} flush>
        <Table label={texts.title} head={<TableHeads names={[texts.process, heads.state, nameOfVersion]} />}>
          {processes.map((one) => (
            <ProcessRow key={one.process} process={one} version={version} />
          ))}
        </Table>
        <div className={styles['inside']}>
          <p className={shapes['quiet']}>{texts.hint}</p>
        </div>
      </Panel>
      {processes.map(
        ({ process, backEnds }) =>
          backEnds && <BackEndsPanel key={process} backEnds={backEnds} title={texts.backEndsOf(process)} hint={texts.backEndsOfHint} />,
      )}
    </>
  );
}

function ProcessRow({ process: one, version }: { readonly process: Process; readonly version: string }): ReactElement {
  const { elsewhere: texts } = useTexts(CONNECTOR);
  return (
    <tr>
      <td className={shapes['mono']}>{one.process}</td>
      <td>
        <Mark tone={one.ready ? 'good' : 'bad'}>{one.ready ? texts.ready : texts.notReady}</Mark>
      </td>
      <td className={styles['wide']}>
        {one.version === undefined ? (
          texts.silent
        ) : (
          <>
            <span className={shapes['mono']}>{one.version}</span>{' '}
            <Mark tone={one.version === version ? 'good' : 'wait'}>{one.version === version ? texts.same : texts.other}</Mark>
          </>
        )}
      </td>
    </tr>
  );
}
