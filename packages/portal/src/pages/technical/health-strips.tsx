import type { HistoryAnswer } from '@payment-manager/management-api/types';
import { type ReactElement, useState } from 'react';
import { ChoiceButtons } from '../../components/choice-buttons.tsx';
import { Mark, type Tone } from '../../components/mark.tsx';
import { Panel } from '../../components/panel.tsx';
import { Table } from '../../components/table.tsx';
import { TableHeads } from '../../components/table-heads.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { useDirection } from '../../text/language.ts';
import { ticksOf } from './chart-scale.ts';
import { outagesOf, type Strip } from './outages.ts';
import styles from './technical.module.css';
import { TECHNICAL } from './technical-texts.ts';

const TONES = { ok: 'good', warn: 'wait', down: 'bad' } as const satisfies Record<string, Tone>;

/** From two days on a time is told with its day. */
const DAYS_MS = 172_800_000;

/** How every part was, over time: what failed when is seen at a glance. */
export function HealthStrips({ history }: { readonly history: HistoryAnswer }): ReactElement {
  const texts = useTexts(TECHNICAL);
  const [shown, show] = useState<'chart' | 'table'>('chart');
  const parts = history.parts.map(({ part, spans }) => ({ name: texts.parts[part] ?? part, spans }));
  const processes = history.replicas.map(({ replica, spans }) => ({ name: replica, spans }));
  return (
    <Panel
      title={texts.health}
      flush={shown === 'table'}
      aside={
        <ChoiceButtons
          label={texts.health}
          choices={[
            ['chart', texts.asChart],
            ['table', texts.asTable],
          ]}
          chosen={shown}
          choose={show}
        />
      }
    >
      {shown === 'chart' ? (
        <>
          <Outages of={parts} history={history} />
          <Strips of={parts} history={history} />
          <h3 className={styles['subtitle']}>{texts.processes}</h3>
          <Strips of={processes} history={history} />
        </>
      ) : (
        <SpanTable of={[...parts, ...processes]} />
      )}
    </Panel>
  );
}

/** What did not work, from when to when, in words: who comes later sees it at a glance. */
function Outages({ of, history: { from, to } }: { readonly of: readonly Strip[]; readonly history: HistoryAnswer }): ReactElement | null {
  const texts = useTexts(TECHNICAL);
  const { clock, duration, moment } = useFormats();
  const shown = outagesOf(of);
  if (shown.length === 0) return null;
  const name = (at: number): string => (to - from > DAYS_MS ? moment(at, 0) : clock(at));
  return (
    <ul className={styles['outages']}>
      {shown.map((one) => (
        <li key={`${one.name} ${one.from}`}>
          <Mark tone="bad">{`${one.name}: ${texts.states.down}`}</Mark> {name(one.from)} – {name(one.to)} ({duration(one.to - one.from)})
        </li>
      ))}
    </ul>
  );
}

function Strips({ of, history: { from, to } }: { readonly of: readonly Strip[]; readonly history: HistoryAnswer }): ReactElement {
  const texts = useTexts(TECHNICAL);
  const { clock, dayOfYear, moment } = useFormats();
  const backwards = useDirection() === 'rtl';
  const share = (at: number): number => (Math.min(Math.max(at, from), to) - from) / (to - from);
  return (
    <ul className={`${shapes['list']} ${styles['strips']}`}>
      {of.map(({ name, spans }) => {
        const last = spans.at(-1);
        return (
          <li key={name}>
            <span className={styles['name']}>{name}</span>
            <svg viewBox="0 0 1000 14" preserveAspectRatio="none" role="img" aria-label={name}>
              <rect className={styles['gap']} width="1000" height="14" />
              {spans.map((span) => (
                <rect
                  key={span.from}
                  data-state={span.state}
                  x={(backwards ? 1 - share(span.to) : share(span.from)) * 1_000}
                  width={(share(span.to) - share(span.from)) * 1_000}
                  height="14"
                >
                  <title>{`${texts.states[span.state]}, ${moment(span.from, 0)} – ${moment(span.to, 0)}`}</title>
                </rect>
              ))}
            </svg>
            {last && <Mark tone={TONES[last.state]}>{texts.states[last.state]}</Mark>}
          </li>
        );
      })}
      <li aria-hidden="true">
        <span />
        <span className={styles['axis']}>
          {ticksOf(from, to).map((at) => (
            <span key={at} style={{ insetInlineStart: `${share(at) * 100}%` }}>
              {to - from > DAYS_MS ? dayOfYear(at) : clock(at)}
            </span>
          ))}
        </span>
      </li>
    </ul>
  );
}

function SpanTable({ of }: { readonly of: readonly Strip[] }): ReactElement {
  const texts = useTexts(TECHNICAL);
  const { moment } = useFormats();
  const rows = of.flatMap(({ name, spans }) => spans.map((span) => ({ name, ...span })));
  return (
    <div className={styles['table']}>
      <Table label={texts.health} head={<TableHeads names={[texts.part, texts.from, texts.to, texts.state]} />}>
        {rows.map(({ name, from, to, state }) => (
          <tr key={`${name} ${from}`}>
            <td>{name}</td>
            <td>{moment(from, 0)}</td>
            <td>{moment(to, 0)}</td>
            <td>
              <Mark tone={TONES[state]}>{texts.states[state]}</Mark>
            </td>
          </tr>
        ))}
      </Table>
    </div>
  );
}
