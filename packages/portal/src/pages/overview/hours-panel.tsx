import type { Overview } from '@payment-manager/management-api/types';
import { type ReactElement, useState } from 'react';
import { useMe } from '../../api/me.ts';
import { ChoiceButtons } from '../../components/choice-buttons.tsx';
import { Panel } from '../../components/panel.tsx';
import { Table } from '../../components/table.tsx';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { useDirection } from '../../text/language.ts';
import styles from './overview.module.css';
import { OVERVIEW } from './overview-texts.ts';

type Hours = Overview['hours'];

const [WIDTH, HEIGHT, BOTTOM, TOP] = [720, 220, 24, 10];
/** Of a digit, and of what lies before and behind a number at the side. */
const [DIGIT, BESIDE, LEFT_LEAST] = [8, 14, 44];

/** When payments were begun, and how many of them failed; as bars or as a table. */
export function HoursPanel({ hours }: { readonly hours: Hours }): ReactElement {
  const texts = useTexts(OVERVIEW);
  const [shown, show] = useState<'chart' | 'table'>('chart');
  return (
    <Panel
      title={texts.hours}
      aside={
        <ChoiceButtons
          label={texts.hours}
          choices={[
            ['chart', texts.asChart],
            ['table', texts.asTable],
          ]}
          chosen={shown}
          choose={show}
        />
      }
      flush={shown === 'table'}
    >
      {shown === 'chart' ? <HourBars hours={hours} /> : <HourTable hours={hours} />}
    </Panel>
  );
}

/** `08:00`, from the hour of the cut-off on. */
function useHourName(): (hour: number) => string {
  const { cutOff } = useMe().process.businessDay;
  const [first = 0, minutes = '00'] = [Number(cutOff.split(':')[0]), cutOff.split(':')[1]];
  return (hour) => `${String((first + hour) % 24).padStart(2, '0')}:${minutes}`;
}

function HourBars({ hours }: { readonly hours: Hours }): ReactElement {
  const texts = useTexts(OVERVIEW);
  const { count } = useFormats();
  const nameOf = useHourName();
  const most = niceAbove(Math.max(1, ...hours.map((one) => one.count)));
  const left = Math.max(LEFT_LEAST, BESIDE + DIGIT * count(most).length);
  const wide = (WIDTH - left) / hours.length;
  const high = (value: number): number => ((HEIGHT - BOTTOM - TOP) * value) / most;
  const floor = HEIGHT - BOTTOM;
  // hours run as the page is read
  const backwards = useDirection() === 'rtl';
  const across = (place: number, width = 0): number => (backwards ? WIDTH - place - width : place);
  return (
    <>
      <svg className={styles['bars']} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={texts.hours}>
        {[0, 0.5, 1].map((share) => (
          <g key={share}>
            <line x1={across(left)} x2={across(WIDTH)} y1={floor - high(most * share)} y2={floor - high(most * share)} />
            <text x={across(left - 6)} y={floor - high(most * share) + 4} textAnchor="end">
              {count(most * share)}
            </text>
          </g>
        ))}
        {hours.map(({ hour, count: all, completed, failed }) => {
          const x = across(left + hour * wide + wide * 0.15, wide * 0.7);
          const parts = [
            { tone: 'good', value: completed, below: 0 },
            { tone: 'still', value: all - completed - failed, below: completed },
            { tone: 'bad', value: failed, below: all - failed },
          ];
          return (
            <g key={hour}>
              <title>{texts.hourLabel(nameOf(hour), count(all), count(failed))}</title>
              {/* all of its height can be pointed at */}
              <rect x={x} y={TOP} width={wide * 0.7} height={floor - TOP} fill="transparent" />
              {parts.map(({ tone, value, below }) => (
                <rect key={tone} data-tone={tone} x={x} y={floor - high(below + value)} width={wide * 0.7} height={high(value)} />
              ))}
              {hour % 3 === 0 && (
                <text x={x + wide * 0.35} y={HEIGHT - 6} textAnchor="middle">
                  {nameOf(hour)}
                </text>
              )}
            </g>
          );
        })}
      </svg>
      <p className={styles['legend']}>
        <span data-tone="good">{texts.completed}</span>
        <span data-tone="bad">{texts.failed}</span>
        <span data-tone="still">{texts.other}</span>
      </p>
    </>
  );
}

/** The next of 2, 4, 10, 20, 40, 100 …: half of it is a whole number, too. */
function niceAbove(value: number): number {
  const ten = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 4, 10].map((step) => step * ten).find((step) => step >= value && step % 2 === 0) ?? ten * 10;
}

function HourTable({ hours }: { readonly hours: Hours }): ReactElement {
  const texts = useTexts(OVERVIEW);
  const { count } = useFormats();
  const nameOf = useHourName();
  return (
    <Table
      wide
      label={texts.hours}
      head={
        <>
          <th>{texts.hour}</th>
          {[texts.count, texts.completed, texts.failed].map((name) => (
            <th key={name} data-number>
              {name}
            </th>
          ))}
        </>
      }
    >
      {hours.map(({ hour, count: all, completed, failed }) => (
        <tr key={hour}>
          <th scope="row">{nameOf(hour)}</th>
          {[all, completed, failed].map((value, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: columns do not move
            <td key={at} data-number>
              {count(value)}
            </td>
          ))}
        </tr>
      ))}
    </Table>
  );
}
