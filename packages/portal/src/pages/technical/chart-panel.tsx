import { type ReactElement, useRef, useState } from 'react';
import { saveFile } from '../../browser/save-file.ts';
import { Icon } from '../../components/icon.tsx';
import { Panel } from '../../components/panel.tsx';
import { Table } from '../../components/table.tsx';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { saveDrawing } from './chart-file.ts';
import { type ChartLine, csvOf, rowsOf } from './chart-scale.ts';
import { LineChart } from './line-chart.tsx';
import type { Stretch } from './range.ts';
import styles from './technical.module.css';
import { TECHNICAL } from './technical-texts.ts';

interface ChartPanelProps extends Stretch {
  readonly title: string;
  /** Of files. */
  readonly name: string;
  readonly lines: readonly ChartLine[];
  readonly stepMs: number;
  readonly zoom: (one: number, other: number) => void;
}

/** A chart, the same as a table, and the same as a file. */
export function ChartPanel({ title, name, lines, ...rest }: ChartPanelProps): ReactElement {
  const texts = useTexts(TECHNICAL);
  const drawing = useRef<SVGSVGElement>(null);
  const [asTable, setAsTable] = useState(false);
  const save = (kind: 'SVG' | 'PNG' | 'CSV'): void => {
    if (kind === 'CSV') saveFile(`${name}.csv`, 'text/csv', [csvOf(lines)]);
    else if (drawing.current) void saveDrawing(drawing.current, name, kind === 'SVG' ? 'svg' : 'png');
  };
  return (
    <Panel
      title={title}
      flush={asTable}
      aside={
        <span className={styles['tools']}>
          <button type="button" aria-pressed={asTable} aria-label={`${texts.asTable}: ${title}`} onClick={() => setAsTable(!asTable)}>
            {asTable ? texts.asChart : texts.asTable}
          </button>
          {(['SVG', 'PNG', 'CSV'] as const).map((kind) => (
            <button
              key={kind}
              type="button"
              disabled={asTable && kind !== 'CSV'}
              aria-label={`${texts.download(kind)}: ${title}`}
              title={texts.download(kind)}
              onClick={() => save(kind)}
            >
              <Icon name="download" size={12} />
              {kind}
            </button>
          ))}
        </span>
      }
    >
      {asTable ? <ChartTable title={title} lines={lines} /> : <LineChart title={title} lines={lines} drawing={drawing} {...rest} />}
    </Panel>
  );
}

function ChartTable({ title, lines }: { readonly title: string; readonly lines: readonly ChartLine[] }): ReactElement {
  const texts = useTexts(TECHNICAL);
  const { moment } = useFormats();
  return (
    <div className={styles['table']}>
      <Table
        wide
        label={title}
        head={
          <>
            <th>{texts.time}</th>
            {lines.map(({ name }) => (
              <th key={name} data-number>
                {name}
              </th>
            ))}
          </>
        }
      >
        {[...rowsOf(lines)].reverse().map(({ at, values }) => (
          <tr key={at}>
            <td>{moment(at, 0)}</td>
            {values.map((value, place) => (
              <td key={lines[place]?.name} data-number>
                {value ?? '–'}
              </td>
            ))}
          </tr>
        ))}
      </Table>
    </div>
  );
}
