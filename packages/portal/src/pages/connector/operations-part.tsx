import type { ReactElement } from 'react';
import { Panel } from '../../components/panel.tsx';
import { Table } from '../../components/table.tsx';
import { TableHeads } from '../../components/table-heads.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import type { ConnectorAnswer } from './answers.ts';
import styles from './connector.module.css';
import { CONNECTOR } from './connector-texts.ts';

/** What the connector does, and what an answer of the core means to the other side. */
export function OperationsPart({ connector: { operations, errors } }: { readonly connector: ConnectorAnswer }): ReactElement {
  const texts = useTexts(CONNECTOR);
  const { count } = useFormats();
  const { operation, steps, effects, condition, code, message } = texts.heads;
  return (
    <div className={shapes['page']}>
      <Panel title={texts.part.operations} flush>
        <Table label={texts.part.operations} head={<TableHeads names={[operation, steps, effects]} />}>
          {operations.map((one) => (
            <tr key={one.name}>
              <td className={shapes['mono']}>{one.name}</td>
              <td data-number>{count(one.steps)}</td>
              <td className={styles['wide']}>
                {one.effects.length === 0
                  ? texts.readsOnly
                  : one.effects.map(({ name, kind, settledBy }) => (
                      <p key={name} className={styles['effect']}>
                        <strong>{kind}</strong> <code>{name}</code>
                        <small>{texts.settledBy(settledBy.map((way) => texts.ways[way] ?? way).join(', '))}</small>
                      </p>
                    ))}
              </td>
            </tr>
          ))}
        </Table>
      </Panel>
      <Panel title={texts.errors} flush={errors.length > 0}>
        {errors.length === 0 ? (
          <p className={shapes['quiet']}>{texts.noErrors}</p>
        ) : (
          <>
            <p className={`${shapes['quiet']} ${styles['inside']}`}>{texts.errorsHint}</p>
            <Table label={texts.errors} head={<TableHeads names={[condition, code, message]} />}>
              {errors.map((line) => (
                <tr key={`${line.when} ${line.code}`}>
                  <td className={shapes['mono']}>{line.when}</td>
                  <td className={shapes['mono']}>{line.code}</td>
                  <td className={styles['wide']}>{line.message}</td>
                </tr>
              ))}
            </Table>
          </>
        )}
      </Panel>
    </div>
  );
}
