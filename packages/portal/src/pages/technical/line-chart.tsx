import { type PointerEvent, type ReactElement, type Ref, useState } from 'react';
import { useFormats } from '../../text/formats.ts';
import { useDirection } from '../../text/language.ts';
import { type ChartLine, niceAbove, ticksOf, unbroken } from './chart-scale.ts';
import type { Stretch } from './range.ts';
import styles from './technical.module.css';

interface LineChartProps extends Stretch {
  readonly title: string;
  readonly lines: readonly ChartLine[];
  readonly stepMs: number;
  readonly zoom: (one: number, other: number) => void;
  readonly drawing: Ref<SVGSVGElement>;
}

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [640, 220, 52, 8, 10, 24];
/** A shorter one is a click. */
const DRAG_MIN_MS = 60_000;

/** Lines over time. A stretch that is drawn over with the pointer is looked at more closely; the buttons above do the same. */
export function LineChart({ title, lines, from, to, stepMs, zoom, drawing }: LineChartProps): ReactElement {
  const { clock, dayOfYear, moment } = useFormats();
  const [drag, setDrag] = useState<readonly [number, number]>();
  const [hovered, hover] = useState<number>();
  const most = niceAbove(Math.max(0, ...lines.flatMap(({ points }) => points.map(([, value]) => value))));
  const floor = HEIGHT - BOTTOM;
  // time runs as the page is read: what was first stands where a line begins, and the scale beside it
  const backwards = useDirection() === 'rtl';
  const across = (place: number): number => (backwards ? WIDTH - place : place);
  const x = (at: number): number => across(LEFT + ((at - from) / (to - from)) * (WIDTH - LEFT - RIGHT));
  const y = (value: number): number => floor - (value / most) * (floor - TOP);
  const timeAt = ({ currentTarget, clientX }: PointerEvent<SVGSVGElement>): number => {
    const { left, width } = currentTarget.getBoundingClientRect();
    const within = (across(((clientX - left) / width) * WIDTH) - LEFT) / (WIDTH - LEFT - RIGHT);
    return from + Math.min(1, Math.max(0, within)) * (to - from);
  };
  const end = (): void => {
    if (drag !== undefined && Math.abs(drag[0] - drag[1]) >= DRAG_MIN_MS) zoom(...drag);
    setDrag(undefined);
  };
  const nameOf = to - from > 86_400_000 * 2 ? dayOfYear : clock;
  const nearest = hovered === undefined ? undefined : Math.floor(hovered / stepMs) * stepMs;
  return (
    <>
      <svg
        ref={drawing}
        className={styles['chart']}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={title}
        onPointerDown={(event) => setDrag([timeAt(event), timeAt(event)])}
        onPointerMove={(event) => {
          const at = timeAt(event);
          hover(at);
          if (drag !== undefined) setDrag([drag[0], at]);
        }}
        onPointerUp={end}
        onPointerLeave={() => {
          hover(undefined);
          setDrag(undefined);
        }}
      >
        {[0, 0.25, 0.5, 0.75, 1].map((share) => (
          <g key={share}>
            <line x1={across(LEFT)} x2={across(WIDTH - RIGHT)} y1={y(most * share)} y2={y(most * share)} />
            <text x={across(LEFT - 6)} y={y(most * share) + 4} textAnchor="end">
              {shortNumber(most * share)}
            </text>
          </g>
        ))}
        {ticksOf(from, to).map((at) => (
          <text key={at} x={x(at)} y={HEIGHT - 6} textAnchor="middle">
            {nameOf(at)}
          </text>
        ))}
        {lines.map(({ name, points }, at) => (
          <g key={name} data-line={at % 6}>
            {unbroken(points, stepMs).map((part) =>
              part.length === 1 ? (
                <circle key={part[0]?.[0]} cx={x((part[0]?.[0] ?? 0) + stepMs / 2)} cy={y(part[0]?.[1] ?? 0)} r="2.5" />
              ) : (
                <polyline
                  key={part[0]?.[0]}
                  points={part.map(([when, value]) => `${x(when + stepMs / 2).toFixed(1)},${y(value).toFixed(1)}`).join(' ')}
                />
              ),
            )}
          </g>
        ))}
        {nearest !== undefined && drag === undefined && (
          <line className={styles['hover']} x1={x(nearest + stepMs / 2)} x2={x(nearest + stepMs / 2)} y1={TOP} y2={floor} />
        )}
        {drag !== undefined && (
          <rect
            className={styles['drag']}
            x={Math.min(x(drag[0]), x(drag[1]))}
            width={Math.abs(x(drag[0]) - x(drag[1]))}
            y={TOP}
            height={floor - TOP}
          />
        )}
      </svg>
      <p className={styles['legend']}>
        {lines.map(({ name, points }, at) => {
          const value = nearest === undefined ? undefined : points.find(([when]) => when === nearest)?.[1];
          return (
            <span key={name} data-line={at % 6}>
              {name}
              {value !== undefined && <strong> {shortNumber(value)}</strong>}
            </span>
          );
        })}
        {nearest !== undefined && <span className={styles['when']}>{moment(nearest, 0)}</span>}
      </p>
    </>
  );
}

/** `1200` is short enough; `12500` is `12.5k`. */
function shortNumber(value: number): string {
  if (value >= 10_000) return `${Math.round(value / 100) / 10}k`;
  return String(Math.round(value * 1_000) / 1_000);
}
